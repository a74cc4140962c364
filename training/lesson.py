"""What training is made of: a prompt in the run-time layout, plus which replies carry loss."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random

from substrate.inference.protocol import Prompt
from training.templates import small_talk as talk_templates

NOW_S = 1.7e9


def as_decision(reply: str | None) -> str:
    """What a persona writes that may stay silent; None: it does."""
    return json.dumps({"will_respond": reply is not None, "response": reply or ""}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one reply rests on: the sentences of its prompt that tell it, none if nothing does; the value that
    it takes from them (empty if none); who asks, and about whom (empty if the question does not say it);
    which kind of fact it is about."""

    texts: tuple[str, ...]
    value: str = ""
    asker: str = ""
    owner: str = ""
    kind: str = ""
    earlier: Ground | None = None
    """What the reply gives before this."""

    @property
    def in_order(self) -> tuple[Ground, ...]:
        """This behind what the reply gives before it."""
        return (*(self.earlier.in_order if self.earlier else ()), self)


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence by which somebody tells a fact: its value, whom it is about, and which kind it is."""

    text: str
    value: str
    owner: str
    kind: str
    called: str = ""
    """What a relative is called whom it is about, where it says so."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One training sample. `taught` says for each reply of the history, in order, whether it carries loss."""

    prompt: Prompt
    reply: str
    taught: tuple[bool, ...]
    skill: str
    value: str = ""
    """The word that the reply must hold, for quick checks; empty when there is none."""
    grounds: tuple[Ground | None, ...] = ()
    """For each reply in order, the last one included, what it rests on; None, or no entry, where unsaid."""
    tellings: tuple[Telling, ...] = ()
    """The sentences that may stand in the prompt as facts."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How much a late block may hold and how long the visible conversation may be (the curriculum)."""

    most_memories: int = 20
    most_exchanges: int = 6
    long_share: float = 0.0
    """Share of lessons with a long visible conversation (20 to 40 exchanges)."""
    interview_share: float = 0.0
    """Share of interviews among all samples (see training/drills.py)."""


def about_text(random: Random) -> str:
    """What else the system text says of the persona, often nothing."""
    if random.random() >= 0.4:
        return ""
    return " ".join(random.sample(talk_templates.ABOUT_LINES, random.randint(1, 3)))


def draw_age_s(random: Random) -> float:
    """How long ago something was said: seconds to years."""
    return 10 ** random.uniform(1.0, random.choice((3.5, 5.5, 7.3, 8.0)))
