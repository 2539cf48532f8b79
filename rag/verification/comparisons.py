"""Find swapped sides of a comparison: "A outperforms B" does not mean that B outperforms A."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.indexing.words import STOP_WORDS, stem
from rag.verification.fact_words import BETTER, COMPARATIVES, NO_COMPARATIVES, WORSE
from rag.verification.facts import Facts
from rag.verification.tokens import Token
from rag.verification.word_pairs import OPPOSITES

BEFORE_THAN = 5  # words before "than", among which the comparative is
BEFORE_OVER = 8  # words from "prefer" to "over" or "to"
NEAR = 3  # content words on either side that may be what is compared


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two sides: ``how`` they compare, and on which ``scale``.

    ``how`` is the stem of the comparative, "better" or "prefer"; ``scale`` the words between the comparative
    and "than".  The content words of each side have the nearest first.
    """

    how: str
    scale: frozenset[str]
    before: Sequence[Token]
    behind: Sequence[Token]

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """The words with a capital on either side, the nearest first."""
        before, behind = (
            [token.form for token in side if token.is_capital]
            for side in (self.before, self.behind)
        )
        return before, behind

    @property
    def words(self) -> tuple[set[str], set[str]]:
        """The nearest words that only one of the sides has."""
        before, behind = ({t.form for t in side[:NEAR]} for side in (self.before, self.behind))
        return before - behind, behind - before


def sides_swapped(claim: Facts, sentences: Iterable[Facts]) -> bool:
    """Whether a sentence makes the claim's comparison with swapped sides, and none makes it as it is."""
    ours = list(_comparisons(claim))
    if not ours:
        return False
    denies = claim.n_negations % 2
    theirs = [c for s in sentences if s.n_negations % 2 == denies for c in _comparisons(s)]
    orders = {_order(a, b) for a in ours for b in theirs}
    return -1 in orders and 1 not in orders


def _order(ours: Comparison, theirs: Comparison) -> int:
    """1 if both comparisons say the same, -1 if their sides are swapped, 0 if neither is known."""
    if ours.how != theirs.how and (ours.how, theirs.how) not in OPPOSITES:
        return 0
    if ours.scale and theirs.scale and not ours.scale & theirs.scale:
        return 0
    order = _order_of_names(ours.names, theirs.names)
    if not order and ours.how != "prefer":
        order = _order_of_words(ours.words, theirs.words)
    return order if ours.how == theirs.how else -order


def _order_of_names(ours: tuple[list[str], list[str]], theirs: tuple[list[str], list[str]]) -> int:
    """The order, as in ``_order``, of the claim's nearest names among those of the sentence."""
    if not all((*ours, *theirs)) or ours[0][0] == ours[1][0]:
        return 0
    pair, nearest = (ours[0][0], ours[1][0]), (theirs[0][0], theirs[1][0])
    only = [set(theirs[0]) - set(theirs[1]), set(theirs[1]) - set(theirs[0])]
    for order, (a, b) in ((1, pair), (-1, pair[::-1])):
        if (a, b) == nearest or (a in only[0] and b in only[1]):
            return order
    return 0


def _order_of_words(ours: tuple[set[str], set[str]], theirs: tuple[set[str], set[str]]) -> int:
    """The order, as in ``_order``, by the words that only one side of each comparison has."""
    kept = [bool(a & b) for a, b in zip(ours, theirs, strict=True)]
    swapped = [bool(a & b) for a, b in zip(ours, theirs[::-1], strict=True)]
    return all(kept) - all(swapped)


def _comparisons(facts: Facts) -> Iterator[Comparison]:
    """All comparisons in a text."""
    tokens = facts.tokens
    keys = [token.key for token in tokens]
    for i, key in enumerate(keys):
        if key in ("than", "instead"):
            yield from _by_than(tokens, keys, i)
        elif key == "prefer":
            yield _by_preference(tokens, keys, i)
        elif key in BETTER or (key in WORSE and (key != "lose" or keys[i + 1 : i + 2] == ["to"])):
            how = "better" if key in BETTER else stem("worse")
            before, behind = _content(tokens[:i][::-1]), _content(tokens[i + 1 :])
            if "by" in keys[i + 1 : i + 3]:
                before, behind = behind, before
            yield Comparison(how, frozenset(), before, behind)


def _by_than(tokens: Sequence[Token], keys: Sequence[str], i: int) -> Iterator[Comparison]:
    """The comparison whose "than" or "instead" is the token ``i``."""
    behind = _content(tokens[i + 1 :])
    if keys[i] == "instead" or keys[i - 1 : i] == ["rather"]:
        yield Comparison("prefer", frozenset(), _content(tokens[:i][::-1]), behind)
        return
    for j in range(i - 1, max(-1, i - 1 - BEFORE_THAN), -1):
        is_plain = tokens[j].is_content and keys[j] not in NO_COMPARATIVES
        if keys[j] in COMPARATIVES or (is_plain and keys[j].endswith("er")):
            scale = frozenset(keys[j + 1 : i]) - STOP_WORDS
            yield Comparison(keys[j], scale, _content(tokens[:j][::-1]), behind)
            return


def _by_preference(tokens: Sequence[Token], keys: Sequence[str], i: int) -> Comparison:
    """The comparison of "A is preferred to B" or "they prefer A over B"."""
    end = next(
        (j for j in range(i + 2, min(len(keys), i + BEFORE_OVER)) if keys[j] in ("over", "to")), 0
    )
    between = _content(tokens[i + 1 : end])
    before = between or _content(tokens[:i][::-1])
    return Comparison("prefer", frozenset(), before, _content(tokens[max(end, i) + 1 :]))


def _content(tokens: Sequence[Token]) -> list[Token]:
    """The content words, in order."""
    return [token for token in tokens if token.is_content]
