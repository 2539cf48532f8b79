"""The files on disk, written so that they survive a crash."""
