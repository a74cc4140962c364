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
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

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


def name_key(name: str) -> str:
    """Names that differ only in case, in space, or in how Unicode writes them, are one name: people address
    by it."""
    return " ".join(_folded(name).split())


def _folded(text: str) -> str:
    """In one writing also behind the change of case, which takes some letters apart."""
    return one_writing(one_writing(text).casefold())


_IN_A_WORD = re.compile(rf"[^\W{UNSPACED}]|[{MARKS}]")
_NO_WORD_BEFORE = rf"(?<![^\W{UNSPACED}])(?<![{MARKS}])"
_NO_WORD_BEHIND = rf"(?![^\W{UNSPACED}]|[{MARKS}])"
_NOWHERE = r"(?!)"


def _borders(words: str) -> tuple[str, str]:
    """What has to stand before and behind them, as patterns; nothing where the script has no borders."""
    return (
        _NO_WORD_BEFORE if _IN_A_WORD.match(words[0]) else "",
        _NO_WORD_BEHIND if _IN_A_WORD.match(words[-1]) else "",
    )


def _spelled(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


class Words:
    """What is looked for: whole words, whatever their case and the space between them."""

    def __init__(self, words: str) -> None:
        wanted = " ".join(one_writing(words).split())
        pattern = _NOWHERE
        if wanted:
            before, behind = _borders(wanted)
            pattern = before + _spelled(wanted) + behind
        self._pattern = re.compile(pattern, re.IGNORECASE)

    def search(self, text: str) -> bool:
        """Whether they are in a text, however either is written."""
        return self._pattern.search(one_writing(text)) is not None

    def across(self, parts: Sequence[str], between: Sequence[str]) -> set[int]:
        """Of the parts of one text, the numbers of those that they stand in where they go over a border;
        `between` (one less than `parts`) is what stood at the borders."""
        whole, spans = "", []
        for part, border in zip(parts, (*between, ""), strict=True):
            begin = len(whole)
            whole += one_writing(part)
            spans.append((begin, len(whole)))
            whole += border
        touched: set[int] = set()
        at = 0
        while found := self._pattern.search(whole, at):
            of_it = [i for i, (begin, end) in enumerate(spans) if found.start() < end and begin < found.end()]
            if len(of_it) > 1:
                touched.update(of_it)
            at = found.start() + 1
        return touched


class Names:
    """Several names that may stand in one text; of two that begin alike, the longer one is meant."""

    def __init__(self, names: Iterable[str]) -> None:
        keys = sorted(filter(None, map(name_key, names)), key=len, reverse=True)
        patterns = [
            before + f"(?:{'|'.join(map(_spelled, alike))})" + behind
            for (before, behind), alike in groupby(keys, _borders)
        ]
        self._pattern = re.compile("|".join(patterns) or _NOWHERE)

    def in_order(self, text: str) -> Iterator[str]:
        """The `name_key` of each name that stands in a text, as often as it does."""
        return (" ".join(found.split()) for found in self._pattern.findall(_folded(text)))
