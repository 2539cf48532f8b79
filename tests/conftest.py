"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_library import SmallLibrary

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real papers beside the project; the test is skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED.name} with real papers beside the project")
    return SHARED


@pytest.fixture
def library(tmp_path: Path) -> SmallLibrary:
    """Two papers in a list, their PDFs not yet there."""
    return SmallLibrary(tmp_path)
