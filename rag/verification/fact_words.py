"""Words that express hard facts: spelled-out numbers, scales, units, negations."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ingest.indexing.words import stem


class Amount(NamedTuple):
    """The range of numbers, from ``low`` to ``high``, that a word of quantity may stand for."""

    kind: Literal["count", "ordinal"]
    low: float
    high: float


_ONES = "one two three four five six seven eight nine".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPELLED = {
    word: value
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split(),
        start=2,
    )
}
SPELLED |= {tens: 10 * i for i, tens in enumerate(_TENS, start=2)}
SPELLED |= {f"{t}-{one}": SPELLED[t] + k for t in _TENS for k, one in enumerate(_ONES, start=1)}
# Quantities that are not numbers: "the first", "few-shot", "one can see".
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
)
_COUNTS = {
    "zero": (0, 0),
    "quarter": (0.25, 0.25),
    "half halve halves halved": (0.5, 0.5),
    "one once single": (1, 1),
    "twice double doubles doubled": (2, 2),
    "thrice triple triples tripled": (3, 3),
    "few": (2, 11),
    "several": (2, 99),
    "dozen dozens": (12, 99),
    "hundred hundreds": (100, 999),
    "thousand thousands": (1e3, 1e6 - 1),
    "million millions": (1e6, 1e9 - 1),
    "billion billions": (1e9, 1e12 - 1),
    "trillion trillions": (1e12, 1e15 - 1),
}
AMOUNTS = {word: Amount("ordinal", i, i) for i, word in enumerate(_ORDINALS, start=1)}
AMOUNTS |= {w: Amount("count", *span) for words, span in _COUNTS.items() for w in words.split()}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "M": 1e6,
    "billion": 1e9,
    "B": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "T": 1e12,
}
UNITS = {
    name: group.split()[0]
    for group in (
        "% percent percentage pct",
        "points point pp",
        "× x times fold",
        "ms millisecond milliseconds",
        "s sec secs second seconds",
        "min mins minute minutes",
        "h hr hrs hour hours",
        "day days",
        "week weeks",
        "month months",
        "year years",
        "B byte bytes",
        "KB kilobyte kilobytes KiB",
        "MB megabyte megabytes MiB",
        "GB gigabyte gigabytes GiB",
        "TB terabyte terabytes TiB",
        "bit bits",
        "token tokens",
        "word words",
        "parameter parameters param params",
        "layer layers",
        "head heads",
        "step steps",
        "iteration iterations",
        "epoch epochs",
        "GPU GPUs",
        "TPU TPUs",
        "core cores",
        "sample samples",
        "example examples",
        "dimension dimensions",
        "$ dollar dollars USD",
        "€ euro euros EUR",
        "FLOP FLOPs FLOPS",
        "° degree degrees",
        "km kilometer kilometers",
        "kg kilogram kilograms",
        "mg milligram milligrams",
        "Hz hertz",
        "kHz",
        "MHz",
        "GHz",
        "W watt watts",
        "kWh",
    )
    for name in group.split()
}
MEASURES = frozenset(  # in which results are reported
    stem(word)
    for word in "accuracy auc bleu cider correlation cost em error f1 latency loss match memory meteor "
    "perplexity precision recall reward rouge runtime similarity speed throughput".split()
)
BETTER = frozenset(stem(word) for word in "beat exceed outperform surpass".split())
WORSE = frozenset(stem(word) for word in "lose trail underperform".split())
COMPARATIVES = frozenset(
    stem(word)
    for word in "better cheaper fewer faster higher larger less longer lower more shorter slower smaller "
    "stronger weaker worse".split()
)
NO_COMPARATIVES = frozenset("layer number order paper power rather".split())  # despite their -er
NEGATIONS = frozenset(
    "not no never neither nor none nothing without cannot can't don't doesn't didn't isn't aren't "
    "wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't nobody nowhere hardly "
    "barely lack lacks lacking fail fails failed unable inversely".split()
)
NOT_BUT_ALSO = frozenset({"only", "just", "merely", "simply"})  # "not only" denies nothing
CONNECTIVES = frozenset(  # capitalised only at the start of a sentence; others are stop words
    "accordingly additionally although another consequently conversely currently despite finally "
    "furthermore hence however importantly instead lastly likewise many meanwhile moreover "
    "nevertheless notably often others otherwise overall several similarly since sometimes "
    "specifically still therefore though thus today typically usually whereas yet".split()
)
# Words that reverse a statement besides grammatical negations: "lower", "prevents", "deficient".  If claim
# and text differ by an odd number of them, the claim is more often contradicted than supported.
_REVERSALS = """
    abate ablate abolish abrogate absence absent alleviate ameliorate antagonist antagonize arrest
    attenuate avert avoid block blockade blunt cease combat constrain counteract curb curtail cut
    dampen deactivate decay decline decrease defect deficient deficit degrade delay delete deplete
    depress deprive destabilize destroy deteriorate diminish disable discontinue discourage
    dispensable disrupt dissociate downregulate drop dysfunction eliminate eradicate exclude
    failure fall few fewer halt hamper hinder impair impede inability inaccurate inactivate
    inactive incapable independent ineffective inferior inhibit inhibitor insensitive insufficient
    interfere knockdown knockout less lessen limit little lose loss low lower minimal mitigate
    negative neutralize null obstruct oppose poor preclude prevent prohibit protect quench rare
    reduce reduction redundant refractory remove repress resistant restrain restrict retard reverse
    scarce short shorten shorter shrink silence slow slower small smaller sparse stop suppress
    terminate unaffected unaltered uncommon unlikely unnecessary unrelated weak weaken weaker
    withdraw worse
"""
REVERSALS = frozenset(stem(word) for word in _REVERSALS.split()) | NEGATIONS
