"""Finding words in a text as a person means them: `ann` is not in `annoyed`.

Scripts that put no spaces between words have no such borders: there a name is found wherever it stands.
"""

from __future__ import annotations

import re

UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
"""The characters of scripts without spaces between words, as they stand in a class of a pattern."""

_IN_A_WORD = re.compile(rf"[^\W{UNSPACED}]")


def whole_words(words: str) -> re.Pattern[str]:
    """Finds them, whatever their case and the space between them, but not as parts of longer words."""
    wanted = words.split()
    first, last = "".join(wanted)[:1], "".join(wanted)[-1:]
    before = rf"(?<![^\W{UNSPACED}])" if _IN_A_WORD.match(first) else ""
    behind = rf"(?![^\W{UNSPACED}])" if _IN_A_WORD.match(last) else ""
    return re.compile(before + r"\s+".join(map(re.escape, wanted)) + behind, re.IGNORECASE)
