"""The tab for many questions at once: a file in, a file of answers out."""
