"""What counts as right: the answer as whole words, and no other value of the prompt."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from benchmarks.exam_questions.questions import Question

MOST_TOKENS = 60
_DOUBT = re.compile(r"\b(do not|don't) know\b|\bnot sure\b|\bmaybe\b|\bperhaps\b", re.IGNORECASE)
"""Nobody is told an answer by this."""
_LOOP = re.compile(r"(\S.{2,}?)\1{2,}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote. `ended`: by itself, within the token limit."""

    data: bytes
    tokens: int
    ended: bool

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", errors="replace")


def is_right(question: Question, reply: Reply) -> bool:
    """Whether the reply answers the question."""
    if question.will_respond is not None:
        try:
            return bool(json.loads(reply.text)["will_respond"] is question.will_respond)
        except (ValueError, KeyError, TypeError):
            return False
    text = reply.text
    if not all(_says(text, value) for value in question.wanted):
        return False
    if any(_says(text, value) for value in question.forbidden):
        return False
    if question.wanted and _DOUBT.search(text):
        return False
    return question.pattern is None or question.pattern.search(text) is not None


def is_well_formed(reply: Reply) -> bool:
    """Ends by itself, no loop (a stretch three times in a row), valid UTF-8, at most 60 tokens, not empty."""
    try:
        text = reply.data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return reply.ended and reply.tokens <= MOST_TOKENS and bool(text.strip()) and _LOOP.search(text) is None


def _says(text: str, value: str) -> bool:
    """As whole words, whatever the case."""
    if not value[-1].isalnum():
        return value in text
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None
