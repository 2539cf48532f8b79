"""Cut clean text into passages, and write them to a searchable index."""
