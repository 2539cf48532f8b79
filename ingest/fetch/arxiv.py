"""Parse arXiv's ids and its Atom feed; nothing here touches the network.

Sources: https://info.arxiv.org/help/arxiv_identifier.html and
https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from ingest.corpus import Paper
from ingest.errors import Refused

TRY_SOON_HINT = "Try again in a few minutes."

# New ids have had no archive since April 2007, so this list is complete.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_VERSION = r"(?:v([1-9]\d*+))?+"
_FLAGS = re.IGNORECASE | re.ASCII
_NEW_ID = re.compile(rf"(\d{{4}}\.\d{{4,5}}){_VERSION}", _FLAGS)
_OLD_ID = re.compile(rf"({_ARCHIVES})(?:\.[a-z]{{2}})?/(\d{{7}}){_VERSION}", _FLAGS)
# In file names: never part of a longer number, and the slash of old ids is replaced or left out.
_NEW_IN_NAME = re.compile(rf"(?<!\d)(?<!\d\.){_NEW_ID.pattern}(?!\d)(?!\.\d)", _FLAGS)
_OLD_IN_NAME = re.compile(
    rf"(?<![a-z])({_ARCHIVES})(?:\.[a-z]{{2}})?[-/_ ]?(\d{{7}}){_VERSION}(?!\d)", _FLAGS
)
_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ATOM = {"atom": "http://www.w3.org/2005/Atom"}


def split_id(arxiv_id: str) -> tuple[str, str | None] | None:
    """The id without its version, in its canonical spelling, and the version ("v2") or None.

    None if ``arxiv_id`` is not an arXiv id.  ``math.GT/0309136v1`` gives ``("math/0309136", "v1")``:
    arXiv itself leaves the subject class out.
    """
    if new := _NEW_ID.fullmatch(arxiv_id):
        return new[1], _version(new[2])
    if old := _OLD_ID.fullmatch(arxiv_id):
        return f"{old[1].lower()}/{old[2]}", _version(old[3])
    return None


def find_arxiv_id(name: str) -> tuple[str, str | None] | None:
    """The one arXiv id in a file's name (without suffix), split as by ``split_id``.

    None if there is no id or more than one: the file could be either paper.
    """
    found = {(m[1], _version(m[2])) for m in _NEW_IN_NAME.finditer(name)}
    found |= {(f"{m[1].lower()}/{m[2]}", _version(m[3])) for m in _OLD_IN_NAME.finditer(name)}
    return found.pop() if len(found) == 1 else None


def find_version(arxiv_id: str, places: Sequence[str]) -> str | None:
    """The version ("v2") of the id in the first of ``places`` (addresses, headers) that has one."""
    split = split_id(arxiv_id)
    if split is None:
        return None
    number = re.escape(split[0].rpartition("/")[2])
    for place in places:
        if match := re.search(rf"(?<!\d){number}v([1-9]\d*)", place):
            return _version(match[1])
    return None


def parse_feed(feed: str, arxiv_ids: Sequence[str]) -> list[Paper | None]:
    """One paper for each of ``arxiv_ids``, in order; None for an id that the feed does not have.

    A paper has the arXiv id as given; its own ``id`` is "" (the caller makes one) and its year is that of
    the first version.  Raises ``Refused`` if the feed is not Atom, declares a document type or
    entities, or reports an error of arXiv.
    """
    root = _parse_xml(feed)
    entries: dict[tuple[str, str | None], ET.Element] = {}
    newest_last = sorted(root.findall("atom:entry", _ATOM), key=_entry_version)
    for entry in newest_last:
        address = _text(entry, "id")
        if "/api/errors" in address:
            raise Refused(
                f"arXiv rejected the request: {_text(entry, 'summary')}", "Check the ids."
            )
        if split := split_id(address.rpartition("/abs/")[2]):
            entries[split] = entries[split[0], None] = entry
    return [
        _paper(arxiv_id, entries.get(split_id(arxiv_id) or ("", None))) for arxiv_id in arxiv_ids
    ]


def _parse_xml(feed: str) -> ET.Element:
    if _DTD.search(feed):
        raise Refused(
            "arXiv's answer declares XML entities, which a genuine feed does not", TRY_SOON_HINT
        )
    try:
        return ET.fromstring(feed)
    except ET.ParseError as error:
        raise Refused("arXiv's answer is not an Atom feed", TRY_SOON_HINT) from error


def _entry_version(entry: ET.Element) -> int:
    split = split_id(_text(entry, "id").rpartition("/abs/")[2])
    return int(split[1][1:]) if split and split[1] else 0


def _paper(arxiv_id: str, entry: ET.Element | None) -> Paper | None:
    title = "" if entry is None else _text(entry, "title")
    if entry is None or not title:
        return None
    names = (_collapse_spaces(name.text) for name in entry.findall("atom:author/atom:name", _ATOM))
    year = _text(entry, "published")[:4]
    return Paper(
        id="",
        title=title,
        authors=tuple(name for name in names if name),
        year=int(year) if year.isascii() and year.isdigit() else None,
        arxiv=arxiv_id,
    )


def _text(entry: ET.Element, tag: str) -> str:
    return _collapse_spaces(entry.findtext(f"atom:{tag}", "", _ATOM))


def _collapse_spaces(text: str | None) -> str:
    return " ".join((text or "").split())


def _version(number: str | None) -> str | None:
    return f"v{number}" if number else None
