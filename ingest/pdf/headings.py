"""Find a paper's section headings in its clean text, with the help of the PDF's outline.

A heading is a line that the outline contains, or that is a common name ("References"), or whose number
continues the numbers of the headings before it.  Missing a heading is better than taking a table row or
a list item for one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from ingest.corpus import Page, Section
from ingest.pdf.numbering import NumberedHeading, Style, best_chain, parse_number

MAX_HEADING_CHARS = 160
MIN_OUTLINE_SHARE = 0.6  # of an outline that is found in the text, to trust it to be complete
MIN_OUTLINE_ENTRIES = 5  # found in the text, as well
MIN_NUMBERED = 3  # fewer consecutive numbered headings are not trusted
REFERENCE_WINDOW = 1500  # characters after a "References" heading in which years must appear

_COMMON_HEADINGS = """
    abstract introduction conclusion conclusions references reference bibliography appendix
    appendices acknowledgement acknowledgements acknowledgment acknowledgments limitations
    limitation checklist contents discussion background relatedwork relatedworks
    conclusionandfuturework conclusionsandfuturework futurework discussionandconclusion
    concludingremarks ethicsstatement ethicalconsiderations ethicalconsideration broaderimpact
    broaderimpacts broaderimpactstatement impactstatement reproducibilitystatement
    supplementarymaterial supplementarymaterials supplementalmaterial authorcontributions
    contributions referencesandnotes literaturecited workscited tableofcontents
    摘要 引言 绪论 前言 背景 相关工作 结论 总结 结语 讨论 参考文献 致谢 附录 目录
"""
_COMMON_NAMES = frozenset(_COMMON_HEADINGS.split())
_REFERENCES = re.compile(
    r"(?:supplementary|additional|appendix|main|补充)?"
    r"(?:references?|bibliography|referencesandnotes|literaturecited|workscited|参考文献)"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")
_AUTHORS = re.compile(r"\b(?:19|20)\d\d\b|,.*,|\bet al\b|\. \w|\beditors?\b")
_RUN_IN = re.compile(r"(Abstract|ABSTRACT|摘\s*要)\s*[.:：—–-]\s*\S")
_FUNCTION_WORDS = "a an and as at between by for from in of on or the to using via with"
_NEVER_LAST = frozenset(_FUNCTION_WORDS.split())
_LEADERS = re.compile(r"(?:\. ?){3,}|\s\d{1,4}$")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A title in the PDF's outline, and the page (from 1) that it points to."""

    title: str
    page: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str


def find_sections(
    text: str, pages: Sequence[Page], outline: Sequence[OutlineEntry] = ()
) -> tuple[Section, ...]:
    """The sections in order; each starts at the first character of its heading."""
    by_page = [_lines(text, page) for page in pages]
    lines = [line for page_lines in by_page for line in page_lines]
    found, trusted = _from_outline(by_page, outline)
    found.update(_find_named(lines, text))
    for start, heading in _find_numbered(lines, _end_of_body(found), with_body=not trusted).items():
        found.setdefault(start, heading)
    sections = [Section(_clean(heading), start) for start, heading in sorted(found.items())]
    return tuple(_end_references(sections, text, pages))


def looks_like_heading(line: str) -> bool:
    """Whether a line by itself looks like a heading: a common name, or a number and a title."""
    if not line or len(line) > 70 or line[-1] in ".:":
        return False
    numbered = parse_number(line)
    return _is_named(line) or (numbered is not None and _is_plausible(numbered, line, ""))


def is_references(heading: str) -> bool:
    """Whether a section with this heading is a list of references.

    >>> is_references("7. REFERENCES"), is_references("References to prior art")
    (True, False)
    """
    return any(_REFERENCES.fullmatch(spelling) for spelling in _spellings(heading))


def _lines(text: str, page: Page) -> list[_Line]:
    lines, start = [], page.start
    for line in text[page.start : page.end].split("\n"):
        if line:
            lines.append(_Line(start, line))
        start += len(line) + 1
    return lines


def _clean(heading: str) -> str:
    return " ".join(heading.split()).rstrip(".:： ")[:MAX_HEADING_CHARS]


def _squash(heading: str) -> str:
    """The letters and digits of a heading without its number, for comparison."""
    parsed = parse_number(heading)
    title = parsed.title if parsed else heading
    return "".join(filter(str.isalnum, title)).casefold()


def _spellings(heading: str) -> tuple[str, str]:
    """A heading without its number, and with it: the "R" in "R EFERENCES" is not a number."""
    return _squash(heading), "".join(filter(str.isalnum, heading)).casefold()


def _from_outline(
    by_page: Sequence[list[_Line]], outline: Sequence[OutlineEntry]
) -> tuple[dict[int, str], bool]:
    """Headings that the outline contains, and whether it can be trusted to contain all of them."""
    found: dict[int, str] = {}
    anywhere: dict[str, _Line] = {}
    if outline:  # the last line of each title: the first may be in a table of contents
        anywhere = {_squash(line.text): line for lines in by_page for line in lines}
    for entry in outline:
        near = (entry.page, entry.page + 1, entry.page - 1)
        lines = (by_page[page - 1] for page in near if 1 <= page <= len(by_page))
        match = next(filter(None, (_match_title(entry.title, page, found) for page in lines)), None)
        if match is None and parse_number(entry.title):  # pages of an outline are often wrong
            match = anywhere.get(_squash(entry.title))
        if match and _same_number(entry.title, match.text):
            found.setdefault(match.start, match.text)
    return found, len(found) >= max(MIN_OUTLINE_ENTRIES, MIN_OUTLINE_SHARE * len(outline))


def _match_title(title: str, lines: Sequence[_Line], taken: Container[int]) -> _Line | None:
    """The line that is this title, or the two or three lines that a long title is broken into."""
    wanted = _squash(title)
    for i, line in enumerate(lines):
        squashed = _squash(line.text)
        if not squashed or not wanted.startswith(squashed) or line.start in taken:
            continue
        whole = line.text
        for following in ("", *(after.text for after in lines[i + 1 : i + 3])):
            whole = f"{whole} {following}".rstrip()
            if _squash(whole) == wanted and _same_number(title, whole):
                return _Line(line.start, whole)
    return None


def _same_number(title: str, line: str) -> bool:
    in_title, in_line = parse_number(title), parse_number(line)
    return not (in_title and in_line) or in_title.number == in_line.number


def _find_named(lines: Sequence[_Line], text: str) -> dict[int, str]:
    """Lines that are a common name, numbered or not."""
    found: dict[int, str] = {}
    for line in lines:
        if run_in := _RUN_IN.match(line.text):
            found[line.start] = run_in[1]
        elif _is_named(line.text) and (
            not is_references(line.text) or _precedes_references(text, line)
        ):
            found[line.start] = line.text
    return found


def _is_named(line: str) -> bool:
    if len(line) > 60 or line[0].islower() or not line[0].isalnum():
        return False
    return not _COMMON_NAMES.isdisjoint(_spellings(line)) and _is_whole(line)


def _is_whole(line: str) -> bool:
    return line[-1] not in ",;-" and not _LEADERS.search(line)


def _precedes_references(text: str, line: _Line) -> bool:
    """Whether publication years follow, as after "References" but not in a table of contents."""
    if _squash(line.text) == "reference" and line.start < len(text) / 2:
        return False  # this word is also used as the head of a column
    after = line.start + len(line.text)
    return len(_YEAR.findall(text[after : after + REFERENCE_WINDOW])) >= 2


def _end_of_body(found: dict[int, str]) -> int | None:
    """Where the last list of references begins; after it, letters may number the appendices."""
    return max((start for start, heading in found.items() if is_references(heading)), default=None)


def _find_numbered(
    lines: Sequence[_Line], end_of_body: int | None, *, with_body: bool
) -> dict[int, str]:
    """Numbered headings: the best chain of consecutive numbers in one style, and the appendices."""
    candidates: list[NumberedHeading] = []
    for line, following in zip(lines, [*lines[1:], _Line(0, "")], strict=False):
        candidate = parse_number(line.text)
        if candidate and _is_plausible(candidate, line.text, following.text):
            heading = _whole_heading(line.text, following.text)
            known = _squash(line.text) in _COMMON_NAMES
            candidates.append(candidate.located(line.start, heading, known=known))
    appendix = [c for c in candidates if c.style == "letter" and c.start > (end_of_body or c.start)]
    chosen = best_chain(appendix)
    if with_body:
        styles: tuple[Style, ...] = ("plain", "dotted", "roman")
        chains = [best_chain([c for c in candidates if c.style == style]) for style in styles]
        body = max(chains, key=lambda chain: sum(c.weight for c in chain))
        chosen += body if len(body) >= MIN_NUMBERED else []
    return {c.start: c.text for c in chosen}


def _is_plausible(candidate: NumberedHeading, line: str, following: str) -> bool:
    """Whether a numbered line looks like a heading, and not like a table row or a sentence."""
    title = candidate.title
    words = title.split()
    long_words = [word for word in words if len(word) > 3]
    n_capital = sum(word[0].isupper() for word in long_words)
    is_titled = bool(long_words) and n_capital >= 0.7 * len(long_words)
    if len(line) > MAX_HEADING_CHARS or len(words) > 16 or not _is_whole(line) or title[-1] == ":":
        return False
    if candidate.style == "letter" and _AUTHORS.search(title):
        return False  # an initial, not a number
    n_letters = sum(character.isalpha() for character in title)
    if n_letters < 2 or n_letters < 0.7 * len("".join(words)):
        return False
    return is_titled or not (title[-1] == "." or following[:1].islower())


def _whole_heading(line: str, following: str) -> str:
    """The heading with its second line, if the first line ends with a word that cannot be the last."""
    goes_on = line.rsplit(maxsplit=1)[-1].lower() in _NEVER_LAST and len(following) < 60
    return f"{line} {following}" if goes_on else line


def _end_references(
    sections: Sequence[Section], text: str, pages: Sequence[Page]
) -> Iterator[Section]:
    """The sections, with a section without a name where other pages follow the references.

    Those are figures and appendices without a heading, which are not references.
    """
    ends = [*(section.start for section in sections[1:]), len(text)]
    for section, end in zip(sections, ends, strict=False):
        yield section
        if not is_references(section.heading):
            continue
        heading = section.heading
        for page in pages:
            if section.start < page.start < page.end <= end:
                new = section.heading if _lists_references(text[page.start : page.end]) else ""
                if new != heading:
                    yield Section(new, page.start)
                heading = new


def _lists_references(page: str) -> bool:
    """Whether a page of a references section still has references: years, or many commas."""
    n_years = len(_YEAR.findall(page))
    return n_years > len(page) / 1000 or page.count(",") > len(page) / 60
