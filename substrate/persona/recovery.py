"""After a crash: every accepted message that has no outcome yet is tried once more, then ends in an error.

A message and its turns are one transaction, and a reply is its own outcome, so what is pending in the
transcript is exactly what was accepted and not answered. The second attempt is written down right before it
begins, once the model is loaded: a message that kills the service twice is not tried a third time, and a
model that does not load costs no message its attempt.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from substrate.instance import PersonaSettings
from substrate.persona.outcome import INTERRUPTED, PERSONA_SHUT_DOWN, Outcome, OutcomeKind
from substrate.persona.roster import Roster
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import Batch, StoredTurn, TranscriptWriter
from substrate.persona.turn import OpenMessage, Turn

_log = logging.getLogger(__name__)

_GONE = Outcome(OutcomeKind.SILENCE, reason="the persona does not live here any more")


@dataclass(frozen=True, slots=True)
class Pending:
    """An unanswered message with the turns that are tried again, in waves."""

    message: OpenMessage
    waves: tuple[tuple[Turn, ...], ...]

    @property
    def turns(self) -> list[Turn]:
        return [turn for wave in self.waves for turn in wave]


def recover(transcript: TranscriptWriter, roster: Roster) -> list[Pending]:
    """End what was tried twice; returns the rest, in the order of the messages. Raises TranscriptError."""
    recovered = []
    messages: dict[int, OpenMessage] = {}
    batch = Batch()
    with transcript.transaction():
        for row_id, stored in groupby(transcript.pending_turns(), key=lambda turn: turn.row_id):
            turns = list(stored)
            row = transcript.row(row_id)
            tried = [(turn, _try_again(transcript, roster, turn, row, batch)) for turn in turns]
            again = [(turn, persona) for turn, persona in tried if persona is not None]
            if row is None or not again:
                continue
            message = _message(transcript, row, messages)
            waves = tuple(
                tuple(Turn(message, persona, turn.decides) for turn, persona in wave)
                for _, wave in groupby(again, key=lambda one: one[0].wave)
            )
            recovered.append(Pending(message, waves))
        transcript.store(batch)
    if recovered:
        _log.warning("%d messages were left unanswered and are tried again", len(recovered))
    return recovered


def _try_again(
    transcript: TranscriptWriter, roster: Roster, turn: StoredTurn, row: TranscriptRow | None, batch: Batch
) -> PersonaSettings | None:
    persona = roster.get(turn.persona_id)
    if persona is None or row is None:
        batch.outcomes.append((turn.row_id, turn.persona_id, _GONE))
        return None
    if not roster.is_live(turn.persona_id):
        batch.outcomes.append((turn.row_id, turn.persona_id, PERSONA_SHUT_DOWN))
        return None
    if turn.attempts > 1:
        _log.error("%s was interrupted twice at row %d", persona.name, turn.row_id)
        batch.outcomes.append((turn.row_id, turn.persona_id, INTERRUPTED))
        return None
    return persona


def note_second_attempts(transcript: TranscriptWriter, recovered: Iterable[Pending]) -> None:
    """Write down that what was recovered is tried again now. Raises TranscriptError."""
    with transcript.transaction():
        for pending in recovered:
            for turn in pending.turns:
                transcript.begin_second_attempt(turn.message.row.row_id, turn.persona.persona_id)


def _message(transcript: TranscriptWriter, row: TranscriptRow, known: dict[int, OpenMessage]) -> OpenMessage:
    """The open message of a row, and of all rows between it and the person's message that it goes back to."""
    if row.row_id in known:
        return known[row.row_id]
    answered = transcript.row(row.in_reply_to) if row.in_reply_to is not None else None
    parent = None if answered is None else _message(transcript, answered, known)
    client_id = transcript.client_id(row.row_id)
    message = known[row.row_id] = OpenMessage(
        row=row,
        known_as=row.message_id if client_id is None else client_id,
        client=None,
        read_ns=time.monotonic_ns(),
        parent=parent,
        in_a_row=0 if parent is None else parent.in_a_row + 1,
    )
    return message
