"""Relations between words: opposites, counterparts, degrees and synonyms."""

from __future__ import annotations

from ingest.indexing.words import stem

_OPPOSITES = """
    increase - decrease reduce lower drop decline
    rise - fall drop decline decrease sink
    gain - drop lose loss
    improve - worsen degrade hurt harm
    high - low
    higher - lower
    highest - lowest
    large - small
    larger - smaller
    largest - smallest
    more - less fewer
    most - least fewest
    better - worse
    best - worst
    faster - slower
    fast - slow
    long - short
    longer - shorter
    before - after
    above - below
    over - under
    maximum - minimum
    maximize - minimize
    first - last
    same - different
    positive - negative
    always - never
    all - none
    easy - hard difficult
    strong - weak
    with - without
    outperform - underperform
    activate - inhibit
    promote - inhibit prevent suppress
    encourage - discourage
    enable - prevent
"""
# Neither word of a pair can replace the other, although both are often used of the same thing.
_COUNTERPARTS = """
    accept - reject
    active - passive
    add - remove subtract
    automatic automatically - manual manually
    beginning start begin - end
    big bigger biggest - small smaller smallest
    cheap cheaper cheapest - expensive costly
    closed - open
    coarse - fine
    column - row
    correct right - wrong incorrect false
    decoder decode decoding - encoder encode encoding
    deep deeper - shallow shallower
    dense - sparse
    discrete - continuous
    discriminator - generator
    dynamic dynamically - static statically fixed
    early earlier earliest - late later latest
    exclude - include
    explicit explicitly - implicit implicitly
    external externally - internal internally
    fail failure - succeed success
    female - male
    forward - backward
    frozen freeze - trainable train update tune
    general - specific
    global globally - local locally
    hard - soft
    horizontal - vertical
    human - machine
    improvement - reduction degradation
    inference - train training
    input - output
    key - query
    left - right
    linear - quadratic exponential
    lossless - lossy
    multiple - single
    natural - artificial
    new newer - old older
    next - previous
    numerator - denominator
    offline - online
    parallel - sequential
    precision - recall
    premise - hypothesis
    private - public
    quality - quantity
    only - also
    relative - absolute
    similar similarly alike - different differently unlike
    simple simpler - complex
    source - target
    student - teacher
    subject - object
    syntactic - semantic
    top - bottom
    true - false
    upper - lower
    wide wider - narrow narrower
    win - lose
"""
# From next to nothing to everything; "no" and "never" are negations.
_DEGREES = """
    few rarely seldom
    some several sometimes occasionally partly
    many most mostly often usually mainly largely frequently primarily
    all every each both always only entirely exclusively solely
"""
_SYNONYMS = """
    achieve attain gain get obtain reach yield
    adapt alter change modify
    add inject insert
    additional extra further more other
    address tackle
    adopt apply employ exploit leverage use utilize
    aid assist help
    aim goal objective purpose
    allow enable let permit
    amount number quantity
    analyze examine explore investigate study
    annotate label
    annotator labeler rater
    answer reply response
    approach method technique
    area place region
    article paper study work
    aspect part
    assess benchmark evaluate examine measure test
    author researcher writer
    begin start
    big considerable great huge large sizable substantial
    bigger greater larger
    boost enhance improve
    build construct create
    care caution
    carry conduct perform run
    cause contribute lead result
    certain particular specific
    challenge difficulty issue problem
    choose pick select
    claim said say state statement
    collect gather
    combine integrate join merge
    comparable similar
    compare contrast relative
    complete entire full whole
    component part portion
    comprise consist contain include
    consider regard treat view
    considerably greatly markedly much significantly strongly substantially
    corpus data dataset set
    critical crucial essential important key main major primary
    delete discard drop eliminate filter remove
    demonstrate find illustrate indicate note observe report reveal see show suggest
    depend rely
    describe develop introduce present propose
    describe explain
    different diverse various
    divide partition split
    effect impact influence
    example instance sample
    fast quick rapid
    feasible possible
    finding outcome result
    give offer provide supply
    hence therefore thus
    hold keep save store
    however nevertheless yet
    human people person user
    identical same
    job task
    kind sort type
    labeler labeller
    licence license
    maintain preserve retain
    manner way
    need require
    replace substitute
    small tiny
"""


def are_counterparts(a: str, b: str) -> bool:
    """Whether two stems are opposites or the two sides of a pair."""
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    has_prefix = len(shorter) >= 4 and any(longer == prefix + shorter for prefix in _PREFIXES)
    return has_prefix or (a, b) in OPPOSITES or (a, b) in _COUNTERPART_PAIRS


def are_synonyms(a: str, b: str) -> bool:
    """Whether two stems mean the same: synonyms, "set" and "subset", "flavor" and "flavour"."""
    a, b = a.replace("our", "or"), b.replace("our", "or")
    return (a, b) in _SYNONYM_PAIRS or a in b or b in a


def _pairs(table: str) -> frozenset[tuple[str, str]]:
    """Each word left of the hyphen paired with each word right of it, stemmed, in both orders."""
    lines = [line.partition(" - ") for line in _lines(table)]
    pairs = [(stem(a), stem(b)) for x, _, y in lines for a in x.split() for b in y.split()]
    return frozenset(pairs) | {(b, a) for a, b in pairs}


def _alike(table: str) -> frozenset[tuple[str, str]]:
    """Each pair of words in a line, stemmed, in both orders."""
    lines = [[stem(word) for word in line.split()] for line in _lines(table)]
    return frozenset((a, b) for line in lines for a in line for b in line if a != b)


def _lines(table: str) -> list[str]:
    return table.strip().splitlines()


_PREFIXES = ("un", "non", "non-", "in", "im", "dis", "ir", "il", "a")
OPPOSITES = _pairs(_OPPOSITES)
_COUNTERPART_PAIRS = _pairs(_COUNTERPARTS)
_SYNONYM_PAIRS = _alike(_SYNONYMS)
DEGREES = {stem(word): i for i, line in enumerate(_lines(_DEGREES)) for word in line.split()}
