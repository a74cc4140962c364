"""Finding words in a text as a person means them: `ann` is not in `annoyed`, and `Zoë` is `Zoë`.

Unicode writes many letters in two ways, as one character or as a letter with marks (NFC, NFD); which one a
text has depends on the keyboard and the system that it comes from. So texts and words are compared in one
writing. The vowel points of Hebrew and Arabic, which people may write or leave out, are left out.

A mark belongs to the letter before it, and a word goes on behind it. Scripts that put no spaces between words
have no such borders: there a name is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata

UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
"""The characters of scripts without spaces between words, as they stand in a class of a pattern."""

_WITH_MARKS = (range(0x300, 0x3100), range(0xA66F, 0xAC00))
MARKS = "".join(
    chr(code) for codes in _WITH_MARKS for code in codes if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
"""The characters that stand on, under or around a letter, as they stand in a class of a pattern; not those
that only choose how a character is drawn."""

_OPTIONAL = re.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]")
"""Hebrew points and accents; Arabic vowels, and the line that only stretches a word."""


def one_writing(text: str) -> str:
    """The text in the one way of writing it in which texts are compared."""
    if text.isascii():
        return text
    return _OPTIONAL.sub("", unicodedata.normalize("NFC", text))


_IN_A_WORD = re.compile(rf"[^\W{UNSPACED}]|[{MARKS}]")


class Words:
    """What is looked for: whole words, whatever their case and the space between them."""

    def __init__(self, words: str) -> None:
        wanted = one_writing(words).split()
        first, last = "".join(wanted)[:1], "".join(wanted)[-1:]
        before = rf"(?<![^\W{UNSPACED}])(?<![{MARKS}])" if _IN_A_WORD.match(first) else ""
        behind = rf"(?![^\W{UNSPACED}]|[{MARKS}])" if _IN_A_WORD.match(last) else ""
        said = r"\s+".join(map(re.escape, wanted)) or r"(?!)"  # nothing is found nowhere
        self._pattern = re.compile(before + said + behind, re.IGNORECASE)

    def search(self, text: str) -> bool:
        """Whether they are in a text, however either is written."""
        return self._pattern.search(one_writing(text)) is not None
