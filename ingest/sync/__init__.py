"""Make the index equal to the list, repeating only the work for what has changed."""
