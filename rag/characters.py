"""Characters that steer, hide or pose as others: dropped from what is shown, seen through in a search."""

from __future__ import annotations

import re
import unicodedata

# Sequences that a terminal obeys: strings such as a title or a link (OSC, DCS, ...), and commands (CSI).
_SEQUENCE = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,2000}(?:\x07|\x9c|\x1b\\)"
    r"|(?:\x1b\[[0-?]*[ -/]*|\x9b[0-?]*)[@-~]"
)
# Unicode's Cc but for tab and line feed, and its Cf but for the joiners that some scripts are written with.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LOOKALIKES = str.maketrans(
    "авеікмнорстухјѕһԁԛԝАВЕІКМНОРСТУХЈЅαειικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡ",
    "abeikmhopctyxjshdqwABEIKMHOPCTYXJSaeiikvoptuxABEZHIKMNOPTYXig",
)
_SPACED_OUT = re.compile(r"(?<!\S)[^\W\d_](?:[ \n][^\W\d_]){3,}(?!\w)")
_PARTED = re.compile(r"(?<=[a-z])-\s*\n\s*(?=[a-z])")


def without_controls(text: str) -> str:
    """``text`` without the characters that would steer a terminal, and without invisible ones."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def folded(text: str) -> str:
    """``text`` as its reader takes it, on one line: Latin look-alikes, no accents, nothing invisible.

    >>> folded("Ignоre a-\\nll  r u l e s")
    'Ignore all rules'
    """
    text = _PARTED.sub("", text)
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if unicodedata.category(c) not in ("Cf", "Mn"))
        text = text.translate(_LOOKALIKES)
    text = _SPACED_OUT.sub(lambda letters: "".join(letters[0].split()), text)
    return " ".join(text.split())
