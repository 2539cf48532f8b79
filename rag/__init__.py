"""Answer questions from the index, every claim with the page that it comes from."""
