"""How a turn can end. Every message ends, per addressed persona, in exactly one of these."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class OutcomeKind(Enum):
    REPLY = "reply"
    SILENCE = "silence"
    ERROR = "error"


class Ending(Enum):
    """How a reply came to its end; the value is what the transcript notes of it."""

    WHOLE = ""
    STOPPED = "stopped"
    """Somebody ended it."""
    CUT = "cut"
    """It reached its limit of tokens."""


class Outcome(NamedTuple):
    """What became of one message at one persona.

    `text` is the reply; `reason` says why there is silence, or what failed; `hint` what to do about it.
    `thinking` is the reasoning that preceded the reply: shown folded, never part of the history.
    `ending` says of a reply whether it is whole.
    """

    kind: OutcomeKind
    text: str = ""
    reason: str = ""
    hint: str = ""
    thinking: str = ""
    ending: Ending = Ending.WHOLE


INTERRUPTED = Outcome(
    OutcomeKind.ERROR,
    reason="interrupted: the persona service died twice while it answered this message",
    hint="send the message again; the log says what the service died of",
)
"""What a turn ends in whose second attempt did not survive either."""

CHOSE_SILENCE = Outcome(OutcomeKind.SILENCE, reason="chose not to answer")
SHUT_DOWN = Outcome(OutcomeKind.SILENCE, reason="the substrate was shut down before the answer")
PERSONA_SHUT_DOWN = Outcome(OutcomeKind.SILENCE, reason="the persona was shut down")
STOPPED = Outcome(OutcomeKind.SILENCE, reason="stopped by a person")
NOT_IN_TIME = Outcome(OutcomeKind.SILENCE, reason="would not have been heard within the time for all replies")
WITHDRAWN = Outcome(OutcomeKind.SILENCE, reason="the message was withdrawn")
