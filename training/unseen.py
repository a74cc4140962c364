"""Keeps the sentences of the exam out of training: composed wordings could hit one by chance.

A sentence is compared without capitals and punctuation, with its value, its people and the persona replaced
by marks, as the exam writes its own templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.exam_questions import talk
from benchmarks.exam_questions.kinds import KINDS
from training.wording import INTRODUCTIONS

_SPELT = {"color": "colour", "favorite": "favourite", "neighbor": "neighbour"}
"""American spellings of the exam's words."""
_INTRODUCED = re.compile(rf"\b(?:{'|'.join(map(re.escape, INTRODUCTIONS))}) (?={{p}})")


def plain(text: str) -> str:
    """Lower case, no punctuation but apostrophes and marks, contractions written out, in British spelling."""
    text = text.casefold().replace("i'm", "i am").replace("what's", "what is").replace("'ve", " have")
    text = re.sub(r"\b(there|it|that|where|who|when|how)'s\b", r"\1 is", text)
    text = text.replace("can't", "cannot").replace("won't", "will not").replace("n't", " not")
    text = re.sub(rf"\b({'|'.join(_SPELT)})(?=s?\b)", lambda match: _SPELT[match[1]], text)
    return _INTRODUCED.sub("", " ".join(re.findall(r"[\w'{}]+", text)))


def _templates() -> Iterator[str]:
    for kind in KINDS:
        yield from (
            kind.statements + kind.questions + kind.newer + kind.third_statements + kind.third_questions
        )
    for intent in talk.SMALL_TALK:
        yield from intent.said
    yield from talk.NAME_QUESTIONS + talk.ROLE_QUESTIONS + talk.BOTH_QUESTIONS + talk.WRONG_NAME_QUESTIONS
    yield from talk.ASKED + talk.BETWEEN_OTHERS + talk.CHATTER


EXAM_TEMPLATES = frozenset(plain(re.sub(r"{(name|other)}", "{p}", text)) for text in _templates())
"""With `{p}` for whoever is named, `{v}` for a value and `{x}` for what the fact is about."""
_NOW = re.compile(r" (?:now|nowadays|these days|at present|at the moment|by now|lately)$")
"""What may end a sentence and leaves it what it is."""
_WHOLE = frozenset(text for text in EXAM_TEMPLATES if "{x}" not in text)
_ABOUT_ANYTHING = re.compile(
    "|".join(
        re.escape(text).replace(r"\{x\}", r"[\w'{}]+(?: \w+){0,2}")
        for text in sorted(EXAM_TEMPLATES - _WHOLE)
    )
)
_WORDS = frozenset(word for text in EXAM_TEMPLATES for word in text.split())


def is_of_exam(text: str, *names: str, value: str = "") -> bool:
    """Whether `text` is a sentence of the exam, whatever it is about, once `names` and `value` are marks.

    Whoever is called like a word of the exam is looked for as a name and as that word.
    """
    marked = _marked(text, value, "{v}")
    words = [name for name in names if name.casefold() in _WORDS]
    readings = [names, [name for name in names if name not in words]] if words else [names]
    for named in readings:
        said = marked
        for name in named:
            said = _marked(said, name, "{p}")
        said = plain(said)
        if any(it in _WHOLE or _ABOUT_ANYTHING.fullmatch(it) for it in (said, _NOW.sub("", said))):
            return True
    return False


def _marked(text: str, said: str, mark: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", mark, text, flags=re.IGNORECASE) if said else text
