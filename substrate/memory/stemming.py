"""Words without their inflection: `running` and `runs` are the same term.

The English stemmer of the Snowball project in its third version (Porter 2001,
https://snowballstem.org/algorithms/english/stemmer.html), written out by hand: 6 us a word, where what a
generator makes of its rules takes 25, and a message that is waited for brings words that nobody has said
before. And stems stand in every memory's file: they must not become others because a library was updated.

The rules speak of two regions of a word: R1 is what follows the first consonant after a vowel, R2 the same
within R1. A `y` that stands for a consonant is written `Y` while they are applied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_VOWELS = frozenset("aeiouy")
_VOWEL = re.compile(r"[aeiouy]")
_VOWEL_Y = re.compile(r"([aeiouy])y")
_REGION_BEFORE = re.compile(r"[aeiouy][^aeiouy]")
_SHORT_END = re.compile(r"(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|past)\Z")
_OPENING = re.compile(r"arsen|commun|emerg|gener|inter|later|organ|past|univers")
"""Beginnings after which R1 begins."""
_POSSESSIVE = re.compile(r"'(?:s'?)?\Z")
_DOUBLES = frozenset(("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"))
_BEFORE_LI = frozenset("cdeghkmnrt")
_KEEP_EED = frozenset(("succ", "proc", "exc"))
_KEEP_ING = frozenset(("even", "cann", "inn", "earr", "herr", "out"))

_WHOLE = {
    **{word: word for word in ("andes", "atlas", "bias", "cosmos", "howe", "news", "sky")},
    **{"skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl", "ugly": "ugli"},
    **{"early": "earli", "only": "onli", "singly": "singl"},
}
"""Words that the rules would make something else of."""
_PAST = {"eed": "ee", "eedly": "ee", "ed": "", "edly": "", "ing": "", "ingly": ""}
_DERIVED = {
    **{"anci": "ance", "enci": "ence", "ogi": "og", "li": "", "bli": "ble", "abli": "able", "alli": "al"},
    **{"fulli": "ful", "lessli": "less", "ousli": "ous", "entli": "ent", "aliti": "al", "biliti": "ble"},
    **{"iviti": "ive", "tional": "tion", "ational": "ate", "alism": "al", "ation": "ate"},
    **{"ization": "ize", "izer": "ize", "ator": "ate", "iveness": "ive", "fulness": "ful"},
    **{"ousness": "ous", "ogist": "og"},
}
_DERIVED_AGAIN = {
    **{"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "tional": "tion"},
    **{"ational": "ate", "ful": "", "ness": ""},
}
_ENDINGS = {
    **{"ic": "", "ance": "", "ence": "", "able": "", "ible": "", "ate": "", "ive": "", "ize": "", "iti": ""},
    **{"al": "", "ism": "", "ion": "", "er": "", "ous": "", "ant": "", "ent": "", "ment": "", "ement": ""},
}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of a lower-case word. Cached: the same words come back all day."""
    known = _WHOLE.get(word)
    if known is not None or len(word) < 3:
        return word if known is None else known
    word = word.removeprefix("'")
    if "y" in word:
        word = _VOWEL_Y.sub(r"\1Y", f"Y{word[1:]}" if word[0] == "y" else word)
    opening = _OPENING.match(word) or _REGION_BEFORE.search(word)
    r1 = opening.end() if opening else len(word)
    behind = _REGION_BEFORE.search(word, r1)
    r2 = behind.end() if behind else len(word)

    word = _without_plural(_POSSESSIVE.sub("", word))
    word = _without_past(word, r1)
    if word[-1:] in ("y", "Y") and len(word) > 2 and word[-2] not in _VOWELS:
        word = f"{word[:-1]}i"
    word = _without_derivation(word, r1)
    word = _without_second_derivation(word, r1, r2)
    word = _without_ending(word, r2)
    return _without_last_letter(word, r1, r2).replace("Y", "y")


def _without_plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us")) and _VOWEL.search(word, 0, len(word) - 2):
        return word[:-1]
    return word


def _without_past(word: str, r1: int) -> str:
    ending = _longest_ending(word, _PAST)
    if not ending:
        return word
    rest = word[: -len(ending)]
    if ending.startswith("eed"):
        return f"{rest}ee" if len(rest) >= r1 and rest not in _KEEP_EED else word
    if ending == "ing" and rest in _KEEP_ING:
        return word
    if ending == "ing" and len(rest) == 2 and rest[1] == "y" and rest[0] not in _VOWELS:
        return f"{rest[0]}ie"
    if not _VOWEL.search(rest):
        return word
    if rest.endswith(("at", "bl", "iz")):
        return f"{rest}e"
    if rest[-2:] in _DOUBLES:
        return rest if len(rest) == 3 and rest[0] in "aeo" else rest[:-1]
    return f"{rest}e" if len(rest) == r1 and _SHORT_END.search(rest) else rest


def _without_derivation(word: str, r1: int) -> str:
    ending = _longest_ending(word, _DERIVED)
    rest = word[: len(word) - len(ending)]
    if not ending or len(rest) < r1:
        return word
    if (ending == "ogi" and rest[-1:] != "l") or (ending == "li" and rest[-1:] not in _BEFORE_LI):
        return word
    return rest + _DERIVED[ending]


def _without_second_derivation(word: str, r1: int, r2: int) -> str:
    ending = _longest_ending(word, _DERIVED_AGAIN)
    rest = word[: len(word) - len(ending)]
    if not ending or len(rest) < (r2 if ending == "ative" else r1):
        return word
    return rest + _DERIVED_AGAIN[ending]


def _without_ending(word: str, r2: int) -> str:
    ending = _longest_ending(word, _ENDINGS)
    rest = word[: len(word) - len(ending)]
    if not ending or len(rest) < r2 or (ending == "ion" and rest[-1:] not in ("s", "t")):
        return word
    return rest


def _without_last_letter(word: str, r1: int, r2: int) -> str:
    rest = word[:-1]
    if word.endswith("e") and (len(rest) >= r2 or (len(rest) >= r1 and not _SHORT_END.search(rest))):
        return rest
    return rest if word.endswith("ll") and len(rest) >= r2 else word


def _longest_ending(word: str, endings: Mapping[str, str]) -> str:
    """The longest of the endings that a word has, or nothing."""
    for length in range(min(7, len(word)), 1, -1):
        if word[-length:] in endings:
            return word[-length:]
    return ""
