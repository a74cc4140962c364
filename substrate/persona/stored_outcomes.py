"""Outcomes as the transcript has them, told once more to a client that may have missed them."""

from __future__ import annotations

from typing import Any

from substrate.persona.outcome import Ending, OutcomeKind
from substrate.persona.roster import Roster
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import ClientId, StoredTurn, TranscriptWriter


class StoredOutcomes:
    """Reads what became of a message. What only the moment knew (latency, memories) is not told again."""

    def __init__(self, transcript: TranscriptWriter, roster: Roster) -> None:
        self._transcript = transcript
        self._roster = roster

    def of(self, row: TranscriptRow, known_as: ClientId) -> list[dict[str, Any]]:
        """Announcements of all outcomes of a message, and of what personas answered each other after it."""
        told = self._of_row(row, known_as)
        for answer in self._transcript.answers_to(row.row_id):
            told += self._of_row(answer, answer.message_id)
        return told

    def _of_row(self, row: TranscriptRow, known_as: ClientId) -> list[dict[str, Any]]:
        turns = self._transcript.turns_of(row.row_id)
        return [self._announcement(turn, row, known_as) for turn in turns if turn.kind is not None]

    def _announcement(self, turn: StoredTurn, row: TranscriptRow, known_as: ClientId) -> dict[str, Any]:
        assert turn.kind is not None
        persona = self._roster.get(turn.persona_id)
        told: dict[str, Any] = {
            "type": turn.kind.value,
            "persona": persona.name if persona else "",
            "persona_id": turn.persona_id,
            "channel": row.channel,
            "in_reply_to": known_as,
        }
        if turn.kind is OutcomeKind.SILENCE:
            return {**told, "reason": turn.reason}
        if turn.kind is OutcomeKind.ERROR:
            return {**told, "message": turn.reason, "hint": turn.hint}
        reply = self._transcript.row(turn.reply_row) if turn.reply_row is not None else None
        if reply is None:
            return {**told, "type": OutcomeKind.SILENCE.value, "reason": "the reply was withdrawn"}
        return {
            **told,
            "text": reply.text,
            "message_id": reply.message_id,
            "memories": [],
            "thinking": "",
            "stopped": turn.reason == Ending.STOPPED.value,
            "cut": turn.reason == Ending.CUT.value,
            "latency": {"substrate_us": None, "ttft_ms": None, "total_ms": None},
        }
