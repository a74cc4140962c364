"""What a memory is, and what it is made of.

An engram is known by the transcript row it came from and its place in that row: `"412.0"` is the first part
of row 412. The same message is the same engram for every persona who was there, and nobody can name an
engram without naming where it was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from substrate.memory.errors import EngramUnknown


class EngramKind(IntEnum):
    """What sort of memory it is."""

    EPISODIC = 0
    """Something that was said."""
    SEMANTIC = 1
    """Something that is known; a corrected memory becomes one."""
    REFLECTION = 2
    """Something the persona thought about itself."""


class SpeechForm(IntEnum):
    """What was done with the words; decides what may outrank what."""

    STATEMENT = 0
    QUESTION = 1
    REPLY = 2
    """A persona's answer."""
    UNKNOWING = 3
    """Says that it does not know: repeats the words of a question and holds nothing of the answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the transcript, as it is offered for admission. Times in seconds since the epoch."""

    message_id: str
    row_id: int
    channel: str
    speaker: str
    text: str
    said_at_s: float
    in_reply_to: int | None = None
    """The transcript row that this one answers."""
    by_persona: bool = False
    domain: str = "chat"


@dataclass(frozen=True, slots=True)
class Engram:
    """One memory with its provenance. Times in seconds since the epoch."""

    row_id: int
    ordinal: int
    message_id: str
    channel: str
    domain: str
    kind: EngramKind
    form: SpeechForm
    speaker: str
    text: str
    said_at_s: float
    salience: float

    @property
    def engram_id(self) -> str:
        return engram_id(self.row_id, self.ordinal)


def engram_id(row_id: int, ordinal: int) -> str:
    """The id as it is shown, sent and asked for."""
    return f"{row_id}.{ordinal}"


def parse_engram_id(text: str) -> tuple[int, int]:
    """`(row_id, ordinal)` of an id; raises EngramUnknown when it is not one."""
    row, dot, ordinal = text.partition(".")
    if dot and row.isdecimal() and ordinal.isdecimal():
        return int(row), int(ordinal)
    raise EngramUnknown(f"{text!r} is not the id of a memory", "ids look like 412.0; memory/list shows them")
