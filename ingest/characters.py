"""Characters that steer a terminal or hide: dropped from what is shown, and from what models read."""

from __future__ import annotations

import re

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


def without_controls(text: str) -> str:
    """``text`` without the characters that would steer a terminal, and without invisible ones."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text))
