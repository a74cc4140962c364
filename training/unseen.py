"""Keeps the sentences of the exam out of training: composed wordings could hit one by chance.

A sentence is compared without capitals and punctuation, with its value, its people and the persona replaced
by marks, as the exam writes its own templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.exam_questions import talk
from benchmarks.exam_questions.kinds import KINDS


def plain(text: str) -> str:
    """Lower case, no punctuation but apostrophes and marks, contractions written out."""
    text = text.casefold().replace("i'm", "i am").replace("what's", "what is").replace("'ve", " have")
    text = re.sub(r"\b(there|it|that|where|who|when|how)'s\b", r"\1 is", text)
    return " ".join(re.findall(r"[\w'{}]+", text))


def _sentences() -> Iterator[str]:
    for kind in KINDS:
        said = kind.statements + kind.questions + kind.newer + kind.third_statements + kind.third_questions
        for text in said:
            for about in kind.about:
                yield text.replace("{x}", about)
    for intent in talk.SMALL_TALK:
        yield from intent.said
    yield from talk.NAME_QUESTIONS + talk.ROLE_QUESTIONS + talk.BOTH_QUESTIONS + talk.WRONG_NAME_QUESTIONS
    yield from talk.ASKED + talk.BETWEEN_OTHERS + talk.CHATTER


EXAM_SENTENCES = frozenset(plain(re.sub(r"{(name|other)}", "{p}", text)) for text in _sentences())
"""With `{p}` for whoever is named and `{v}` for a value."""


def is_of_exam(text: str, *names: str, value: str = "") -> bool:
    """Whether `text` is a sentence of the exam once `names` and `value` are replaced by marks."""
    for said, mark in ((value, "{v}"), *((name, "{p}") for name in names)):
        if said:
            text = re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", mark, text, flags=re.IGNORECASE)
    return plain(text) in EXAM_SENTENCES
