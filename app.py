"""The chat as a web page: ``python app.py`` does what ``askpapers chat`` does."""

from __future__ import annotations

import sys

from rag.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["chat", *sys.argv[1:]]))
