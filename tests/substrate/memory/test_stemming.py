"""Words without their inflection."""

from __future__ import annotations

import random
import re

import pytest
import snowballstemmer

from substrate.memory.embedding import VOCABULARY
from substrate.memory.stemming import stem

_ENDINGS = re.findall(
    r"\S+",
    """
    ' 's s' s ss us sses ies ied ed edly ing ingly eed eedly y e l ll ly tting ational tional ization iveness
    fulness ousness alism ator ogi ogist biliti icate ative alize iciti ical ful ness ic ance ement ion
    """,
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("running", "run"),
        ("runs", "run"),
        ("dying", "die"),
        ("ties", "tie"),
        ("gas", "gas"),
        ("hoping", "hope"),
        ("added", "add"),
        ("evening", "evening"),
        ("skies", "sky"),
        ("news", "news"),
        ("relational", "relat"),
        ("generously", "generous"),
        ("happy", "happi"),
        ("youth", "youth"),
        ("o'clock", "o'clock"),
        ("42", "42"),
        ("", ""),
        ("s", "s"),
    ],
)
def test_a_word_and_its_inflections_have_one_stem(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_stems_are_those_of_the_snowball_project() -> None:
    """Over a whole vocabulary, and over endings that pile up as no word's do."""
    generator = snowballstemmer.stemmer("english")
    words = [piece.removeprefix("##") for piece in VOCABULARY.read_text(encoding="utf-8").split("\n")]
    chance = random.Random(7)
    piled = [
        chance.choice(words)[: chance.randint(1, 8)]
        + "".join(chance.choices(_ENDINGS, k=chance.randint(1, 3)))
        for _ in range(20_000)
    ]
    differing = [word for word in (*words, *piled) if stem(word) != generator.stemWord(word)]
    assert not differing
