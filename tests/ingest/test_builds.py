"""The build that serves stays until another has taken its place."""

from __future__ import annotations

from pathlib import Path

from small_library import SmallLibrary

from ingest.index import open_build
from ingest.manifest_edit import remove_papers


def _serving(library: SmallLibrary) -> Path:
    build = library.workspace.current_build()
    assert build is not None
    return build


def test_a_clock_set_back_costs_no_build(library: SmallLibrary) -> None:
    """The serving build and the one before it stay, whatever the dates in the others' names."""
    library.sync()
    before = _serving(library)
    for year in (2098, 2099):
        before.with_name(f"{year}0101T000000000000-abcdef01").mkdir()
    remove_papers(library.manifest, ["slim"])
    library.sync(yes=True)
    assert list(open_build(_serving(library)).papers) == ["herd"]
    builds = {path for path in library.workspace.builds.iterdir() if path.is_dir()}
    assert builds == {_serving(library), before}
