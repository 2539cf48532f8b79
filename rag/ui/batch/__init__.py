"""The tab that answers a file of questions."""
