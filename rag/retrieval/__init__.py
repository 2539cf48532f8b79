"""Find the pages that hold the answer."""
