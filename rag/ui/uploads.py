"""The files that people give to the page and take from it: where they lie, and how long."""

from __future__ import annotations

import os
import time
from pathlib import Path

KEPT_SECONDS = 86_400
LOOK_SECONDS = 3_600  # between two looks of gradio for what is older


def keep_uploads_in(folder: Path) -> None:
    """Have gradio keep them in ``folder``; to be called before the page is built.

    gradio deletes what is too old, and at its end everything; what a chat left there that was killed
    is deleted here.
    """
    os.environ["GRADIO_TEMP_DIR"] = str(folder.resolve())
    too_old = time.time() - KEPT_SECONDS
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < too_old:
            path.unlink(missing_ok=True)
