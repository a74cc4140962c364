"""The words of a prompt: what a persona reads of itself, of the conversation and of its memory.

This module fixes the prompt layout. The embedded model is trained on exactly these words (training/ calls
these functions), so every change of a string here raises LAYOUT_VERSION and means training again.

Why the late block stands at the end of the user turn: everything before it is append-only, so what a model
has read stays valid in its KV cache whatever is recalled (see docs/architecture.md, "The turn").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from substrate.inference.protocol import Role, Turn

LAYOUT_VERSION = 1
"""Stored in the embedded model's metadata; raised whenever any text below changes."""

LATE_HEADING = "\n\nMemories:"

_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3600.0, 86400.0
_AGE_UNITS = (
    (365 * _DAY_S, "year"),
    (30 * _DAY_S, "month"),
    (7 * _DAY_S, "week"),
    (_DAY_S, "day"),
    (_HOUR_S, "hour"),
    (_MINUTE_S, "minute"),
)


class SpokenLine(NamedTuple):
    """One message as it was said in a channel."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class RememberedLine:
    """One memory as it is shown: who said it, where, and when (`at_s`: seconds since the epoch)."""

    speaker: str
    channel: str
    at_s: float
    text: str


def identity_text(name: str, role: str, about: str = "") -> str:
    """The system text: who the persona is, then how to read what follows."""
    who = f"You are {name}, {role}."
    how = (
        "Each message starts with the name of its writer. Memories show what was said before, oldest "
        "first. Answer from these; if they do not tell, say that you do not know."
    )
    return "\n".join(part for part in (who, about.strip(), how) if part)


def spoken_text(line: SpokenLine) -> str:
    """One person's message inside a user turn.

    The dash puts a space before the writer's name, as everywhere else in running text: with byte-level BPE
    "joel" and " joel" are different tokens, and a small model tells people apart by comparing tokens.
    """
    return f"- {_one_line(line.speaker)}: {line.text}"


def conversation_turns(lines: Iterable[SpokenLine], persona_name: str) -> tuple[Turn, ...]:
    """History as alternating turns: what the persona said is its own, all else is the user's.

    Consecutive messages of others share one user turn (many templates refuse two in a row). Consecutive
    replies of the persona share one assistant turn for the same reason.
    """
    turns: list[Turn] = []
    for line in lines:
        turn = _turn_of(line, persona_name)
        if turns and turns[-1].role is turn.role:
            turns[-1] = _joined(turns[-1], turn)
        else:
            turns.append(turn)
    return tuple(turns)


def extend_turns(turns: tuple[Turn, ...], line: SpokenLine, persona_name: str) -> tuple[Turn, ...]:
    """`conversation_turns` of what `turns` were made from and one line more, without making all anew."""
    turn = _turn_of(line, persona_name)
    if turns and turns[-1].role is turn.role:
        return (*turns[:-1], _joined(turns[-1], turn))
    return (*turns, turn)


def _turn_of(line: SpokenLine, persona_name: str) -> Turn:
    if line.speaker == persona_name:
        return Turn(Role.ASSISTANT, line.text)
    return Turn(Role.USER, spoken_text(line))


def _joined(turn: Turn, next_turn: Turn) -> Turn:
    return Turn(turn.role, f"{turn.text}\n{next_turn.text}")


def age_text(age_s: float) -> str:
    """How long ago, in the largest unit that fits once: `just now`, `1 minute ago`, `3 days ago`."""
    for unit_s, unit in _AGE_UNITS:
        if age_s >= unit_s:
            count = int(age_s // unit_s)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def remembered_text(memory: RememberedLine, now_s: float) -> str:
    """One memory inside the late block."""
    origin = f"[{age_text(now_s - memory.at_s)}, #{memory.channel}]"
    return f"\n- {origin} {_one_line(memory.speaker)}: {_one_line(memory.text)}"


def late_block(memories: Sequence[RememberedLine], now_s: float) -> str:
    """The tail of the user turn: recalled memories, oldest first; empty when there are none."""
    if not memories:
        return ""
    oldest_first = sorted(memories, key=lambda memory: memory.at_s)
    return LATE_HEADING + "".join(remembered_text(memory, now_s) for memory in oldest_first)


def decision_text(persona_name: str) -> str:
    """The end of the late block when several personas could answer: asks for the decision contract.

    The reply is `{"will_respond": true, "response": "..."}` or `{"will_respond": false, "response": ""}`.
    """
    return (
        f"\n\nOthers could answer too. Should {_one_line(persona_name)}? "
        'JSON with "will_respond" (true or false) and "response":'
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
