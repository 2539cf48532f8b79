"""Understand a question: the papers it names, the words it uses, and the kind of answer it wants."""
