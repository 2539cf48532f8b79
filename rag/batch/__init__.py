"""Answer many questions from a file, and write the answers to a file."""
