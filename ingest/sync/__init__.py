"""Make the index equal to the list, redoing only what has changed."""
