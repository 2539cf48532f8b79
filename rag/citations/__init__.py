"""Read a model's reply: its sentences, and the marks that point to passages."""
