"""Make the index equal to the reading list: read the list, fetch, parse, chunk, embed, build."""
