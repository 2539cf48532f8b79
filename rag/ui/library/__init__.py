"""The tab with the reading list: viewed, and, where that is allowed, changed."""
