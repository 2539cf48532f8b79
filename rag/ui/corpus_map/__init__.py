"""The tab that pictures the corpus: a map of the papers, and a time line by year."""
