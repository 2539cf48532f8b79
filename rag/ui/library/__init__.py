"""The tab with the reading list: the table, and, where that is allowed, changes to the list."""
