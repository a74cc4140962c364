"""What the transcript asks of the disk, on a thread of its own so that no turn ever waits for it.

With `synchronous=NORMAL` SQLite flushes at checkpoints only. This thread flushes the write-ahead log about a
second after it grew, which bounds what a power cut may cost, folds it into the file when the conversation
pauses, and empties it after a withdrawal, so that withdrawn words are gone from the log as well.

The log is opened by its own descriptor for the flush. Closing that drops no lock: SQLite keeps its locks on
the database and on the -shm file, never on the -wal file.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import sys
import threading
from pathlib import Path

FLUSH_AFTER_S = 0.8
"""From the first commit that is not flushed to the flush."""

FOLD_AFTER_S = 3.0
"""Quiet time after which the log is folded into the file."""

FOLD_AT_BYTES = 4 * 1024 * 1024
"""A log of this size is folded at the next flush, quiet or not: readers slow down with its length."""

_log = logging.getLogger(__name__)


class TranscriptFlush:
    """The thread. `committed` and `withdrawn` may be called from the loop: they only set a flag."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal = path.with_name(path.name + "-wal")
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._scrub_wanted = False
        self._reported: set[int | None] = set()
        """Error numbers that are in the log already; forgotten when a flush succeeds."""
        self._thread = threading.Thread(target=self._run, name="transcript-flush", daemon=True)
        self._thread.start()

    def committed(self) -> None:
        """The log grew."""
        if not self._woken.is_set():
            self._woken.set()

    def withdrawn(self) -> None:
        """Something must disappear from the log."""
        self._scrub_wanted = True
        self._woken.set()

    def close(self) -> None:
        """Flush and fold what is left, and end the thread."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=0.05)
        try:
            while not self._stopping.is_set():
                self._woken.wait()
                self._stopping.wait(FLUSH_AFTER_S)
                self._woken.clear()
                is_flushed = self._flush()
                if self._stopping.is_set():
                    break  # its wake-up may be the one that was just cleared
                if self._scrub_wanted:
                    self._scrub(connection)
                elif self._is_quiet() or self._log_bytes() > FOLD_AT_BYTES:
                    self._fold(connection, "PASSIVE")
                if not is_flushed:
                    self._woken.set()
            self._fold(connection, "TRUNCATE")
        finally:
            connection.close()

    def _is_quiet(self) -> bool:
        """Whether nothing is committed for a while; returns early when something is."""
        return not self._woken.wait(FOLD_AFTER_S)

    def _log_bytes(self) -> int:
        try:
            return self._wal.stat().st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            self._report(error)
            return 0

    def _flush(self) -> bool:
        """Whether nothing of the log is left to flush."""
        try:
            descriptor = os.open(self._wal, os.O_RDONLY)
            try:
                _flush_to_disk(descriptor)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return True
        except OSError as error:
            self._report(error)
            return False
        self._reported.clear()
        return True

    def _report(self, error: OSError) -> None:
        """Once per kind of error: it comes again with every attempt."""
        if error.errno not in self._reported:
            self._reported.add(error.errno)
            _log.error("the transcript's log %s could not be flushed: %s", self._wal, error)

    def _scrub(self, connection: sqlite3.Connection) -> None:
        """Empty the log; tried again after the next flush while readers or the writer are in the way."""
        self._scrub_wanted = False
        if not self._fold(connection, "TRUNCATE"):
            self.withdrawn()

    def _fold(self, connection: sqlite3.Connection, mode: str) -> bool:
        try:
            ((busy, _, _),) = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        except sqlite3.Error as error:
            _log.error("the transcript %s could not be checkpointed: %s", self._path, error)
            return False
        return not busy


def _flush_to_disk(descriptor: int) -> None:
    """On macOS fsync only reaches the drive's own cache; another call does what it promises elsewhere."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)
