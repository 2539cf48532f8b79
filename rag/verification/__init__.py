"""Whether the pages support what an answer says."""
