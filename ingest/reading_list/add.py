"""Make new entries for the list, from arXiv ids, addresses and PDF files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.corpus import Paper
from ingest.errors import AssistantError, SourceError, Unreachable, UsageError
from ingest.fetch.download import Downloader
from ingest.reading_list.edit import slug_for
from ingest.reading_list.rules import parse_arxiv_id


def make_entries(
    sources: Sequence[str],
    title: str | None,
    taken: Collection[str],
    home: Path,
    open_downloader: Callable[[], Downloader],
) -> list[Paper]:
    """An entry for each of ``sources``, with an id that is not in ``taken``.

    Titles and authors of all arXiv ids are requested at once, unless ``title`` is given.  A file must be
    in ``home``, the list's folder.  Raises ``UsageError``, or ``SourceError`` if arXiv cannot answer.
    """
    if title and len(sources) > 1:
        raise UsageError("--title can be used with one paper only.", "Add the papers one by one.")
    ids = [arxiv for source in sources if (arxiv := parse_arxiv_id(source))]
    known = {} if title else _ask_arxiv(ids, open_downloader)
    used = set(taken)
    papers: list[Paper] = []
    for source in sources:
        arxiv = parse_arxiv_id(source)
        paper = known.get(arxiv or "") or _entry_for(source, arxiv, title, home)
        papers.append(replace(paper, id=slug_for(paper.title, used)))
        used.add(papers[-1].id)
    return papers


def _ask_arxiv(ids: Sequence[str], open_downloader: Callable[[], Downloader]) -> dict[str, Paper]:
    if not ids:
        return {}
    try:
        with open_downloader() as downloader:
            papers = downloader.fetch_metadata(ids)
    except Unreachable as error:
        raise Unreachable(
            "arXiv cannot be reached, so the title cannot be looked up.",
            "Check the network (and HTTPS_PROXY). With --title a paper is added now and fetched later.",
        ) from error
    except AssistantError as error:
        hint = f"{error.hint} To add one paper without asking arXiv, use --title."
        raise SourceError(error.message, hint) from error
    return dict(zip(ids, papers, strict=True))


def _entry_for(source: str, arxiv: str | None, title: str | None, home: Path) -> Paper:
    if arxiv:
        return Paper(id="", title=title or "", arxiv=arxiv)
    if source.startswith("https://"):
        if not title:
            raise UsageError(f"What is the title of {source}?", "Give it with --title.")
        return Paper(id="", title=title, url=source)
    path = Path(source)
    if path.suffix.lower() != ".pdf" or not path.is_file():
        raise UsageError(
            f"{source!r} is not an arXiv id, an https address or a PDF file.",
            "Give one, for example 2106.09685 or https://arxiv.org/abs/2106.09685.",
        )
    try:
        inside = path.resolve().relative_to(home.resolve())
    except ValueError as error:
        raise UsageError(
            f"{source} is outside the list's folder.", f"Copy it to {home}."
        ) from error
    return Paper(id="", title=title or path.stem.replace("_", " "), file=inside.as_posix())
