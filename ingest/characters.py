"""Remove characters that control a terminal or are invisible, from what is shown and what models read."""

from __future__ import annotations

import re

# Escape sequences: strings such as a title or a link (OSC, DCS, ...), and commands (CSI).
_SEQUENCE = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,2000}(?:\x07|\x9c|\x1b\\)"
    r"|(?:\x1b\[[0-?]*[ -/]*|\x9b[0-?]*)[@-~]"
)
# Unicode's Cc except tab and line feed, and its Cf except the joiners that some scripts need.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def without_controls(text: str) -> str:
    """``text`` without escape sequences, control characters and invisible characters."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text))
