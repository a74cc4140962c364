"""What clients are told, as it travels: see substrate.wire for the types, docs/turn.md for when they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from substrate.errors import SubstrateError
from substrate.persona.outcome import Ending, Outcome, OutcomeKind
from substrate.persona.reply_reader import Spoken
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import ClientId
from substrate.persona.turn import Turn

Announcement = dict[str, Any]


def accepted(known_as: ClientId | None, row: TranscriptRow, absent: Sequence[str] = ()) -> Announcement:
    """The acknowledgement of a committed message; `absent` are those whom it names and who answer nothing."""
    announced: Announcement = {"type": "accepted", "id": known_as, "message_id": row.message_id}
    if absent:
        announced["absent"] = list(absent)
    return announced


def refused(known_as: ClientId | None, error: SubstrateError) -> Announcement:
    """The one error of a request that was not accepted."""
    return {"type": "error", "id": known_as, "message": error.message, "hint": error.hint}


def outcomes_done(known_as: ClientId, row: TranscriptRow) -> Announcement:
    """Nothing more will come of this message."""
    return {"type": "outcomes_done", "in_reply_to": known_as, "message_id": row.message_id}


def spoken_piece(turn: Turn, piece: Spoken) -> Announcement:
    """A piece of a reply that is being written."""
    return {
        "type": "delta",
        "persona": turn.persona.name,
        "persona_id": turn.persona.persona_id,
        "channel": turn.message.row.channel,
        "in_reply_to": turn.message.known_as,
        "text": piece.text,
        "thinking": piece.is_thinking,
    }


def outcome_of(turn: Turn, outcome: Outcome, reply: TranscriptRow | None) -> Announcement:
    """What a turn came to; a reply gets its `latency` when it is sent."""
    announced: Announcement = {
        "type": outcome.kind.value,
        "persona": turn.persona.name,
        "persona_id": turn.persona.persona_id,
        "channel": turn.message.row.channel,
        "in_reply_to": turn.message.known_as,
    }
    if reply is not None:
        announced["text"] = outcome.text
        announced["message_id"] = reply.message_id
        announced["thinking"] = outcome.thinking
        announced["stopped"] = outcome.ending is Ending.STOPPED
        announced["cut"] = outcome.ending is Ending.CUT
        announced["memories"] = [] if turn.late is None else turn.late.as_shown()
    elif outcome.kind is OutcomeKind.SILENCE:
        announced["reason"] = outcome.reason
    else:
        announced["message"] = outcome.reason
        announced["hint"] = outcome.hint
    return announced


def overhead_ns(turn: Turn, now_ns: int) -> int | None:
    """The substrate's share of a turn; None when the engine did not come to its end.

    Reading the message to announcing its reply at `now_ns`, less the time inside the engine by its own clock,
    and less waiting for another turn.
    """
    generation = turn.generation
    if generation is None:
        return None
    inside_ns = generation.finished_ns - generation.started_ns
    return now_ns - turn.message.read_ns - turn.waited_ns - inside_ns


def latency(turn: Turn, now_ns: int) -> dict[str, float | int | None]:
    """What a reply that is announced at `now_ns` took, and what its engine read and wrote."""
    read_ns, generation, overhead = turn.message.read_ns, turn.generation, overhead_ns(turn, now_ns)
    if generation is None or overhead is None:
        return {"substrate_us": None, "ttft_ms": None, "total_ms": _ms(now_ns - read_ns)}
    return {
        "substrate_us": overhead // 1000,
        "ttft_ms": _ms(generation.first_token_ns - read_ns),
        "total_ms": _ms(now_ns - read_ns),
        "waited_ms": _ms(turn.waited_ns),
        "read_tokens": generation.prompt_tokens_read,
        "reused_tokens": generation.prompt_tokens_reused,
        "written_tokens": generation.completion_tokens,
    }


def _ms(nanoseconds: int) -> float:
    return round(nanoseconds / 1e6, 3)
