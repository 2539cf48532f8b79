"""The words that carry hard facts: numbers spelled out, scales, units, negations, opposites."""

from __future__ import annotations

from ingest.words import stem

SPELLED = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
SPELLED_UNSURE = frozenset({"zero", "one"})  # "one can see": rarely a count
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
NEGATIONS = frozenset(
    "not no never neither nor none nothing without cannot can't don't doesn't didn't isn't aren't "
    "wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't nobody nowhere hardly "
    "barely lack lacks lacking fail fails failed unable".split()
)
NOT_BUT_ALSO = frozenset({"only", "just", "merely", "simply"})  # "not only" denies nothing
CONNECTIVES = frozenset(  # with a capital they only stand first; most others are stop words
    "accordingly additionally although another consequently conversely currently despite finally "
    "furthermore hence however importantly instead lastly likewise many meanwhile moreover "
    "nevertheless notably often others otherwise overall several similarly since sometimes "
    "specifically still therefore though thus today typically usually whereas yet".split()
)
PREFIXES = ("un", "non", "non-", "in", "im", "dis", "ir", "il", "a")
_OPPOSITES = [
    ("increase", "decrease reduce lower drop decline"),
    ("rise", "fall drop decline decrease sink"),
    ("gain", "drop lose loss"),
    ("improve", "worsen degrade hurt harm"),
    ("high", "low"),
    ("higher", "lower"),
    ("highest", "lowest"),
    ("large", "small"),
    ("larger", "smaller"),
    ("largest", "smallest"),
    ("more", "less fewer"),
    ("most", "least fewest"),
    ("better", "worse"),
    ("best", "worst"),
    ("faster", "slower"),
    ("fast", "slow"),
    ("long", "short"),
    ("longer", "shorter"),
    ("before", "after"),
    ("above", "below"),
    ("over", "under"),
    ("maximum", "minimum"),
    ("maximize", "minimize"),
    ("first", "last"),
    ("same", "different"),
    ("positive", "negative"),
    ("always", "never"),
    ("all", "none"),
    ("easy", "hard difficult"),
    ("strong", "weak"),
    ("with", "without"),
    ("outperform", "underperform"),
    ("activate", "inhibit"),
    ("promote", "inhibit prevent suppress"),
    ("encourage", "discourage"),
    ("enable", "prevent"),
]
OPPOSITES = frozenset(
    (stem(word), stem(other)) for word, others in _OPPOSITES for other in others.split()
)

# Words that reverse a statement, beyond grammatical negations: where only one of claim and text has
# such a word, the claim is more often contradicted than supported.
_DENYING = """
    decrease lower low less fewer reduce reduction impair inhibit inhibition suppress prevent
    downregulate loss lose lack deficient deficiency negative block smaller shorter worse slower decline
    attenuate diminish weaker abolish absence absent unnecessary independent independently dispensable
    resistant ineffective protect limit
"""
DENYING = frozenset(stem(word) for word in _DENYING.split()) | NEGATIONS
