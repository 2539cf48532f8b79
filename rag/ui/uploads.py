"""Files that visitors upload and download: where they are kept, and how long."""

from __future__ import annotations

import os
import time
from pathlib import Path

MAX_AGE_SECONDS = 86_400
CLEANUP_SECONDS = 3_600  # between gradio's checks for older files


def keep_uploads_in(folder: Path) -> None:
    """Have gradio keep them in ``folder``; call it before the page is built."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder.resolve())


def delete_old_uploads(folder: Path) -> None:
    """Delete what a killed chat left in ``folder``.

    gradio itself deletes files that are too old while it runs, and all of them when it ends.
    """
    too_old = time.time() - MAX_AGE_SECONDS
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < too_old:
            path.unlink(missing_ok=True)
