"""L3: a persona's long-term memory on disk, one SQLite file with one writer.

WAL keeps readers (another region, a user with sqlite3) from ever blocking the writer or being blocked.
`synchronous=NORMAL` survives the death of every process at any instruction; a power cut may cost the last
second, which the transcript then gives back at the next start. `secure_delete` overwrites what is forgotten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from substrate.memory.errors import StoreDamaged, StoreUnwritable
from substrate.memory.schema import MIGRATIONS
from substrate.sqlite_migrations import migrate

_PAGE = 4096
_BUSY_MS = 2000
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(slots=True)
class StoredEngram:
    """One row of the table `engrams`. Times in seconds since the epoch."""

    row_id: int
    ordinal: int
    message_id: str
    channel: str
    domain: str
    kind: int
    """An EngramKind."""
    form: int
    """A SpeechForm."""
    speaker: str
    text: str
    entities: str
    """Joined by newlines."""
    in_reply_to: int | None
    said_at_s: float
    touched_at_s: float
    access_count: int = 0
    attended: float = 0.0
    """The salience that the attention region last gave it, 0 to 1."""
    outcomes: float = 0.0
    protected_until_s: float = 0.0
    embedder: str | None = None
    """Whose vector `embedding` is; None: it has none yet."""
    embedding: bytes | None = None
    terms: str = ""
    """Joined by spaces, with repetitions."""
    asks: int = 0
    """Bits of kernels.CONTAINS_QUESTION and ENDS_ASKING."""
    reading: int = 0
    """The version of features.understand that made `terms`, `asks` and `entities`."""


_FIELDS = tuple(field.name for field in fields(StoredEngram))
_COLUMNS = ", ".join(_FIELDS)
_values = attrgetter(*_FIELDS)


class EngramDatabase:
    """The file, through its one writing connection. Used from one thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file and brings its schema up to date; raises StoreUnwritable."""
        self.path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)  # SQLite gives its other files the same mode
            self._connection = sqlite3.connect(path, isolation_level=None)
            busy = f"busy_timeout={_BUSY_MS}"
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", busy):
                self._connection.execute(f"PRAGMA {pragma}")
            migrate(self._connection, MIGRATIONS)
        except (OSError, sqlite3.Error) as error:
            raise refused(path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; raises StoreUnwritable when the disk does not take it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise refused(self.path, error) from error
            raise

    def load(self) -> Iterator[list[StoredEngram]]:
        """Every engram in the order of the transcript, in pages. Raises StoreDamaged."""
        try:
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM engrams ORDER BY row_id, ordinal")
            while page := rows.fetchmany(_PAGE):
                yield [StoredEngram(*row) for row in page]
        except sqlite3.Error as error:
            raise refused(self.path, error) from error

    def insert(self, engrams: Sequence[StoredEngram]) -> None:
        """Add engrams that are not there yet (see `holds`)."""
        self._connection.executemany(
            f"INSERT INTO engrams ({_COLUMNS}) VALUES ({', '.join('?' * len(_FIELDS))})",
            [_values(engram) for engram in engrams],
        )

    def holds(self, message_id: str) -> bool:
        """Whether the message was taken in before."""
        return bool(self._read("SELECT 1 FROM engrams WHERE message_id = ? LIMIT 1", message_id))

    def keys_of(self, row_ids: Iterable[int]) -> list[tuple[int, int]]:
        """`(row_id, ordinal)` of every engram of these transcript rows."""
        wanted = "SELECT row_id, ordinal FROM engrams WHERE row_id = ?"
        return [(row, ordinal) for row_id in row_ids for row, ordinal in self._read(wanted, row_id)]

    def delete(self, keys: Sequence[tuple[int, int]]) -> None:
        """Remove engrams by `(row_id, ordinal)` and every edge of theirs."""
        self._connection.executemany("DELETE FROM engrams WHERE row_id = ? AND ordinal = ?", keys)
        for end in ("source", "target"):
            self._connection.executemany(f"DELETE FROM edges WHERE {end}_row = ? AND {end}_ordinal = ?", keys)

    def add(self, column: str, amounts: Mapping[tuple[int, int], float]) -> None:
        """Add to one of the additive counters: `access_count` or `outcomes`."""
        self._connection.executemany(
            f"UPDATE engrams SET {column} = {column} + ? WHERE row_id = ? AND ordinal = ?",
            [(amount, *key) for key, amount in amounts.items()],
        )

    def attend(self, saliences: Mapping[tuple[int, int], float]) -> None:
        """Keep how much engrams matter, as attention says."""
        self._connection.executemany(
            "UPDATE engrams SET attended = ? WHERE row_id = ? AND ordinal = ?",
            [(salience, *key) for key, salience in saliences.items()],
        )

    def forget(self, keys: Sequence[tuple[str, int]]) -> None:
        """Remember by `(message_id, ordinal)`, without the words, what is never to be taken in again."""
        self._connection.executemany("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", keys)

    def has_forgotten(self, message_id: str, ordinal: int) -> bool:
        """Whether that part of a message was forgotten on demand."""
        wanted = "SELECT 1 FROM forgotten WHERE message_id = ? AND ordinal = ?"
        return bool(self._read(wanted, message_id, ordinal))

    def rewrite(self, engram: StoredEngram) -> None:
        """Replace what an engram says; its provenance stays."""
        self._connection.execute(
            "UPDATE engrams SET text = ?, kind = ?, form = ?, entities = ?, embedder = ?, embedding = ?, "
            "terms = ?, asks = ?, reading = ? WHERE row_id = ? AND ordinal = ?",
            (
                engram.text,
                engram.kind,
                engram.form,
                engram.entities,
                engram.embedder,
                engram.embedding,
                engram.terms,
                engram.asks,
                engram.reading,
                engram.row_id,
                engram.ordinal,
            ),
        )

    def set_vectors(self, embedder: str, vectors: Mapping[tuple[int, int], bytes]) -> None:
        """Give engrams the vectors that an embedder makes of them."""
        self._connection.executemany(
            "UPDATE engrams SET embedder = ?, embedding = ? WHERE row_id = ? AND ordinal = ?",
            [(embedder, vector, *key) for key, vector in vectors.items()],
        )

    def protect(self, key: tuple[int, int], until_s: float) -> None:
        """Keep a novel engram from fading until then."""
        self._connection.execute(
            "UPDATE engrams SET protected_until_s = ? WHERE row_id = ? AND ordinal = ?", (until_s, *key)
        )

    def read(self, row_id: int, ordinal: int) -> StoredEngram | None:
        """One engram, or None."""
        rows = self._read(f"SELECT {_COLUMNS} FROM engrams WHERE row_id = ? AND ordinal = ?", row_id, ordinal)
        return StoredEngram(*rows[0]) if rows else None

    def connect_engrams(
        self, kind: int, source: tuple[int, int], target: tuple[int, int], weight: float = 1.0
    ) -> None:
        """Keep an edge that cannot be told from the engrams themselves."""
        self._connection.execute(
            "INSERT OR IGNORE INTO edges VALUES (?, ?, ?, ?, ?, ?)", (int(kind), *source, *target, weight)
        )

    def edges(self) -> list[tuple[int, int, int, int, int, float]]:
        """Every kept edge in order of insertion: kind, source, target (row id and ordinal each), weight."""
        return self._read(
            "SELECT kind, source_row, source_ordinal, target_row, target_ordinal, weight "
            "FROM edges ORDER BY rowid"
        )

    def touch(self, keys: Sequence[tuple[int, int]], now_s: float) -> None:
        """Note that engrams were shown to the persona."""
        self._connection.executemany(
            "UPDATE engrams SET touched_at_s = ?, access_count = access_count + 1 "
            "WHERE row_id = ? AND ordinal = ?",
            [(now_s, *key) for key in keys],
        )

    def mark(self, name: str) -> int:
        """A number kept under a name; 0 when it was never set."""
        found = self._read("SELECT value FROM marks WHERE name = ?", name)
        return int(found[0][0]) if found else 0

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number, in the same transaction as what it speaks of."""
        self._connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def scrub(self) -> bool:
        """Fold the write-ahead log into the file and empty it, so that deleted words are gone from both.

        False when somebody is just reading the file: then it has to be done again. Raises StoreUnwritable.
        """
        try:
            self._connection.execute("PRAGMA busy_timeout=0")
            try:
                ((is_busy, *_),) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        except sqlite3.Error as error:
            raise refused(self.path, error) from error
        return not is_busy

    def close(self) -> None:
        self._connection.close()

    def _read(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise refused(self.path, error) from error


def refused(path: Path, error: Exception) -> StoreUnwritable:
    """What a failure of SQLite, or of the file system, means for a long-term memory."""
    # A code is a primary one in its last byte, and what exactly it was in those before.
    if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _DAMAGED:
        return StoreDamaged(
            f"the long-term memory {path} is damaged: {error}",
            "move the file away, with the ones beside it that end in -wal and -shm: everything that the "
            "transcript holds is then taken in anew; what was corrected, or forgotten by this persona alone, "
            "has to be told again",
        )
    return StoreUnwritable(
        f"the long-term memory {path} cannot be written: {error}",
        "free some disk space and check that the folder belongs to you; the transcript keeps every "
        "message, and memory takes in what it missed as soon as it can write again",
    )
