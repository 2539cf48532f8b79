"""Uploads and downloads of the page: where the files are kept, and how long."""

from __future__ import annotations

import os
import time
from pathlib import Path

KEPT_SECONDS = 86_400
LOOK_SECONDS = 3_600  # between gradio's checks for older files


def keep_uploads_in(folder: Path) -> None:
    """Have gradio keep them in ``folder``; call it before the page is built.

    gradio deletes files that are too old, and all of them when it ends; what a killed chat left there
    is deleted here.
    """
    os.environ["GRADIO_TEMP_DIR"] = str(folder.resolve())
    too_old = time.time() - KEPT_SECONDS
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < too_old:
            path.unlink(missing_ok=True)
