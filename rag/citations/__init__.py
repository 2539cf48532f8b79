"""Read what a model wrote: its sentences, and the marks that point to passages."""
