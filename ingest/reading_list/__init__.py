"""The reading list and the notes beside it: read, checked and edited."""
