"""What is to be forgotten leaves the memories of those, too, who are not here now.

A persona that is not in this instance keeps its file for the day when it comes back. Nobody reads that file
meanwhile, but the words would still stand in it.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from substrate.memory.database import EngramDatabase
from substrate.memory.refusals import Refusals
from substrate.persona.transcript import TranscriptReader
from substrate.whole_words import Words

_PAGE = 256


def withdraw_from_absent(reader: TranscriptReader, personas: Path, present: Container[str]) -> bool:
    """Take what was withdrawn out of every memory below `personas` whose persona is not `present`.

    False when somebody is just reading one of the files: then it has to be done again. Raises StoreUnwritable
    after all of them had their turn.
    """
    refusals, is_scrubbed = Refusals(), True
    for path in _files(personas, present):
        with refusals.noted():
            is_scrubbed &= _withdraw(reader, path)
    refusals.tell()
    return is_scrubbed


def forget_in_absent(personas: Path, present: Container[str], words: str) -> int:
    """Let every memory below `personas` whose persona is not `present` forget what holds `words`; how many
    engrams went. What stands in the transcript is withdrawn from them anyway: this is for what was corrected,
    and for what comes from another transcript.

    Raises StoreUnwritable after all of them had their turn.
    """
    refusals, forgotten, wanted = Refusals(), 0, Words(words)
    for path in _files(personas, present):
        with refusals.noted():
            forgotten += _forget(path, wanted)
    refusals.tell()
    return forgotten


def _files(personas: Path, present: Container[str]) -> list[Path]:
    """The long-term memories of those who are not `present`."""
    return [path for path in sorted(personas.glob("*/longterm.db")) if path.parent.name not in present]


def _forget(path: Path, words: Words) -> int:
    database = EngramDatabase(path)
    try:
        found = [engram for page in database.load() for engram in page if words.search(engram.text)]
        if found:
            with database.transaction():
                database.delete([(engram.row_id, engram.ordinal) for engram in found])
                database.forget([(engram.message_id, engram.ordinal) for engram in found])
            database.scrub()
        return len(found)
    finally:
        database.close()


def _withdraw(reader: TranscriptReader, path: Path) -> bool:
    database = EngramDatabase(path)
    try:
        while gone := reader.withdrawals_after(database.mark("withdrawal"), _PAGE):
            with database.transaction():
                database.delete(database.keys_of([item.row_id for item in gone]))
                database.set_mark("withdrawal", gone[-1].withdrawal_id)
        return database.scrub()
    finally:
        database.close()
