"""Read, check and edit the reading list and the notes beside it."""
