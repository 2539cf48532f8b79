"""Who is compared with whom: "A outperforms B" does not say that B outperforms A."""

from __future__ import annotations

from rag.fact_words import COMPARATIVES, COMPARING
from rag.facts import Facts

BEFORE_THAN = 5  # words before "than" of which one says how the two compare


def roles_exchanged(claim: Facts, sentence: Facts) -> bool:
    """Whether both compare the same in the same way, and the claim has exchanged the sides."""
    how, ours, theirs = _sides(claim)
    said, first, second = _sides(sentence)
    is_same = how == said != ""
    return (
        is_same and bool(ours & second and theirs & first) and not (ours & first or theirs & second)
    )


def _sides(facts: Facts) -> tuple[str, set[str], set[str]]:
    """How a text compares ("" if it does not), and the names on either side; a passive is turned."""
    keys = [token.key for token in facts.tokens]
    for i, key in enumerate(keys):
        how = key if key in COMPARING else ""
        if key == "than":
            how = next(
                (k for k in reversed(keys[max(0, i - BEFORE_THAN) : i]) if k in COMPARATIVES), ""
            )
        if how:
            before, behind = (
                {t.form for t in part if t.is_capital}
                for part in (facts.tokens[:i], facts.tokens[i:])
            )
            return (how, behind, before) if "by" in keys[i + 1 : i + 3] else (how, before, behind)
    return "", set(), set()
