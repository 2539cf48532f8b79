"""The tab with the map of the papers and the timeline by year."""
