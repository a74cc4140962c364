"""From the transcript into memory: the record is read, the events only say that there is something to read.

How far a persona's memory has come is kept in its `longterm.db`, in the same commit as the engrams, so a
region that dies anywhere goes on where its memory ends. Taking in is idempotent by message id on top.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from substrate.memory.domains import domain_of
from substrate.memory.engram import Message
from substrate.memory.refusals import Refusals
from substrate.memory.store import EngramStore, Marks
from substrate.persona.absences import was_absent
from substrate.persona.transcript import TranscriptReader, TranscriptRow
from substrate.region.contract import PersonaProfile

PAGE = 64
"""Rows that are taken in at once: a tenth of a second where a region gets no more than a fifth of a core."""


Memory = tuple[PersonaProfile, EngramStore]
"""Who remembers, and what."""


def take_in(
    reader: TranscriptReader,
    memories: Collection[Memory],
    up_to_row: int | None = None,
    has_time: Callable[[], bool] = lambda: True,
) -> bool:
    """Take new rows, a page at a time, and withdrawals into every memory; whether there is more to take in.

    Rows behind `up_to_row` wait for another time; so does everything once `has_time` says no, but for one
    page into the memory that is furthest behind. What waits is taken in together, in one commit.
    A persona takes in what was said since it exists and while it was there, in channels where it is present.
    Raises StoreUnwritable after all memories had their turn; what could not be written goes on from its mark.
    """
    refusals = Refusals()
    with refusals.noted():
        has_more = _take_in_rows(reader, memories, up_to_row, has_time, refusals)
        if not has_more:
            withdraw(reader, memories)
    refusals.tell()
    return has_more


def _take_in_rows(
    reader: TranscriptReader,
    memories: Collection[Memory],
    up_to_row: int | None,
    has_time: Callable[[], bool],
    refusals: Refusals,
) -> bool:
    """Whether there is more to take in than there was time for."""
    held = sorted(memories, key=lambda memory: memory[1].marks.row_id)
    pages: dict[int, list[TranscriptRow]] = {}
    is_first = True
    for persona, store in held:
        with refusals.noted():
            if not store.hears_from_row:
                store.hear_from(reader.last_row_id() + 1)
            while is_first or has_time():
                mark = store.marks.row_id
                if mark not in pages:
                    pages[mark] = reader.rows_after(mark, PAGE)
                new = [row for row in pages[mark] if up_to_row is None or row.row_id <= up_to_row]
                if new:
                    messages = [as_message(row) for row in new if _was_there(persona, store, row)]
                    store.admit(messages, taken_in=Marks(new[-1].row_id, store.marks.withdrawal_id))
                is_first = False
                if len(new) < PAGE:
                    break
            else:
                return True
    return False


def withdraw(reader: TranscriptReader, memories: Iterable[Memory]) -> None:
    """Take what was withdrawn since the last time out of every memory.

    Rows come without what was withdrawn before they were read, so nothing is taken in behind its withdrawal.
    Raises StoreUnwritable after all memories had their turn.
    """
    refusals = Refusals()
    for _, store in memories:
        with refusals.noted():
            while gone := reader.withdrawals_after(store.marks.withdrawal_id, PAGE):
                marks = Marks(store.marks.row_id, gone[-1].withdrawal_id)
                store.withdraw([item.row_id for item in gone], taken_in=marks)
    refusals.tell()


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
        domain=domain_of(row.channel),
    )


def _was_there(persona: PersonaProfile, store: EngramStore, row: TranscriptRow) -> bool:
    """What was said when its memory was there already needs no clock to tell: clocks are set back."""
    exists = row.row_id >= store.hears_from_row or row.at_s >= persona.created_at_s
    is_present = persona.is_present_in(row.channel) and not was_absent(persona.absences, row.row_id)
    return exists and is_present
