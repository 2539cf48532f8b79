"""Language models: in this process, on a server of one's own, or hosted."""
