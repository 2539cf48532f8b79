"""How good the answers are, measured on gold questions."""
