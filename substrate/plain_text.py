"""What a text, and what a name, may hold: no control characters, because a terminal would obey them.

A text may hold line feeds and tabs, a name is one line. Halves of a surrogate pair are left out with the
control characters: no UTF-8 can hold them.
"""

from __future__ import annotations

import re

NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
NOT_IN_TEXTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


ALLOWED = "a text may hold line feed and tab, all else no control character at all"
"""What to do about a text or a name that is refused."""


def refusal(text: str, refused: re.Pattern[str]) -> str:
    """Which of the characters that it may not hold a text holds, and where; empty when it holds none."""
    found = refused.search(text)
    if found is None:
        return ""
    what = "half of a character" if "\ud800" <= found[0] <= "\udfff" else "the control character"
    return f"{what}, U+{ord(found[0]):04X}, at position {found.start()}"


def plain_text(text: str) -> str:
    """The text without the characters that none may hold."""
    return NOT_IN_TEXTS.sub("", text)
