"""From the transcript into memory: the record is read, the events only say that there is something to read.

How far a persona's memory has come is kept in its `longterm.db`, in the same commit as the engrams, so a
region that dies anywhere goes on where its memory ends. Taking in is idempotent by message id on top.
"""

from __future__ import annotations

from collections.abc import Iterable

from substrate.memory.engram import Message
from substrate.memory.store import EngramStore, Marks
from substrate.persona.transcript import TranscriptReader, TranscriptRow
from substrate.region.contract import PersonaProfile

_PAGE = 256


def take_in(
    reader: TranscriptReader,
    memories: Iterable[tuple[PersonaProfile, EngramStore]],
    up_to_row: int | None = None,
) -> bool:
    """Take one page of new rows, and all withdrawals, into every memory; whether there may be more to read.

    Rows behind `up_to_row` wait for another time.
    A persona takes in what was said since it exists, in channels where it is present. Raises
    StoreUnwritable; the memories that were written keep what they have, the others go on from their mark.
    """
    held = list(memories)
    if not held:
        return False
    page = reader.rows_after(min(store.marks.row_id for _, store in held), _PAGE)
    rows = [row for row in page if up_to_row is None or row.row_id <= up_to_row]
    for persona, store in held:
        new = [row for row in rows if row.row_id > store.marks.row_id]
        if new:
            messages = [as_message(row) for row in new if _was_there(persona, row)]
            store.admit(messages, taken_in=Marks(new[-1].row_id, store.marks.withdrawal_id))
    withdraw(reader, held)
    return len(rows) == _PAGE


def withdraw(reader: TranscriptReader, memories: Iterable[tuple[PersonaProfile, EngramStore]]) -> None:
    """Take what was withdrawn since the last time out of every memory. Raises StoreUnwritable.

    Rows come without what was withdrawn before they were read, so nothing is taken in behind its withdrawal.
    """
    held = list(memories)
    if not held:
        return
    while withdrawals := reader.withdrawals_after(min(store.marks.withdrawal_id for _, store in held), _PAGE):
        for _, store in held:
            gone = [item for item in withdrawals if item.withdrawal_id > store.marks.withdrawal_id]
            if gone:
                marks = Marks(store.marks.row_id, gone[-1].withdrawal_id)
                store.withdraw([item.row_id for item in gone], taken_in=marks)


def as_message(row: TranscriptRow) -> Message:
    """A transcript row as it is offered for admission."""
    return Message(
        message_id=row.message_id,
        row_id=row.row_id,
        channel=row.channel,
        speaker=row.sender,
        text=row.text,
        said_at_s=row.at_s,
        in_reply_to=row.in_reply_to,
        by_persona=row.persona_id is not None,
    )


def _was_there(persona: PersonaProfile, row: TranscriptRow) -> bool:
    return persona.is_present_in(row.channel) and row.at_s >= persona.created_at_s
