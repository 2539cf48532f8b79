"""Many questions from a file, and their answers to a file."""
