"""Rows of a real transcript, written the way the persona service writes them."""

from __future__ import annotations

from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import Batch, TranscriptWriter


def commit_row(
    writer: TranscriptWriter,
    text: str,
    at_s: float,
    *,
    channel: str = "general",
    sender: str = "joel",
    persona_id: str | None = None,
    in_reply_to: int | None = None,
) -> TranscriptRow:
    """Commit one message and return its row."""
    with writer.transaction():
        row = writer.new_row(
            channel=channel,
            sender=sender,
            text=text,
            at_s=at_s,
            persona_id=persona_id,
            in_reply_to=in_reply_to,
        )
        writer.store(Batch(messages=[(row, None)]))
    return row
