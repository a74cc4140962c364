"""The files of parked KV states: what stands in one, and how a folder of them is kept in order.

A state holds what was said, in another form: files are readable by their owner only, and `remove` deletes.
It needs no engine and no model, so that words can be taken back also while a model loads, or none runs.

A file is written beside its place and moved there when it is whole, and both of its parts carry a checksum:
whatever kills the process or the machine, a file is the state that was parked or is found out not to be.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgpack

_MAGIC = b"PSKV\x02\x00\x00\x00"
_LENGTHS = struct.Struct("<QIQI")
"""Bytes and CRC-32 of the head, bytes and CRC-32 of the state."""
_SUFFIX = ".kv"
_UNFINISHED = ".tmp"

IsMeant = Callable[[str, str], bool]
"""Asked with a persona's id and a conversation."""


class ParkedFileError(Exception):
    """A file that is no parked state, or a damaged one."""


class ParkedFiles:
    """One folder. Writing belongs to one thread at a time; reading and removing to any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> set[str]:
        """Make the folder, sweep what a killed process left unfinished; returns the names of the files."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in self._folder.glob(f"*{_UNFINISHED}"):
            unfinished.unlink(missing_ok=True)
        return {path.stem for path in self._folder.glob(f"*{_SUFFIX}")}

    def write(self, name: str, head: Mapping[str, Any], state: memoryview) -> None:
        """Put a file in its place. `head` holds at least `persona` and `conversation`. Raises OSError."""
        packed = msgpack.packb(head)
        path = self._path(name)
        unfinished = path.with_suffix(_UNFINISHED)
        lengths = (len(packed), zlib.crc32(packed), len(state), zlib.crc32(state))
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + _LENGTHS.pack(*lengths))
                file.write(packed)
                file.write(state)
            unfinished.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> tuple[dict[str, Any], memoryview]:
        """Head and state; it counts as used now. Raises ParkedFileError, OSError."""
        path = self._path(name)
        with path.open("rb") as file:
            head, state_bytes, state_checksum = _read_head(file)
            state = file.read()
        if len(state) != state_bytes or zlib.crc32(state) != state_checksum:
            raise ParkedFileError("its state is damaged")
        os.utime(path)
        return head, memoryview(state)

    def read_head(self, name: str) -> dict[str, Any]:
        """The head alone: a fraction of the file. Raises ParkedFileError, OSError."""
        with self._path(name).open("rb") as file:
            return _read_head(file)[0]

    def drop(self, name: str) -> None:
        """Remove one file, if it is there."""
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def remove(self, is_meant: IsMeant) -> int:
        """Remove the states of the conversations that are meant; returns how many went.

        A file that does not say whose it is goes as well: nobody can tell what it holds, or use it. Raises
        OSError, when all others are gone, for one that could not be removed.
        """
        removed = 0
        kept: OSError | None = None
        for path in self._folder.glob(f"*{_SUFFIX}"):
            try:
                with path.open("rb") as file:
                    head, _, _ = _read_head(file)
                is_to_go = is_meant(head["persona"], head["conversation"])
            except FileNotFoundError:
                continue
            except MemoryError:  # which says nothing of the file
                raise
            except Exception:
                is_to_go = True
            if not is_to_go:
                continue
            try:
                path.unlink(missing_ok=True)
                removed += 1
            except OSError as error:
                kept = kept or error
        if kept is not None:
            raise kept
        return removed

    def keep_within(self, max_bytes: int) -> None:
        """Least recently used files go first."""
        files = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                files.append((found.st_mtime_ns, found.st_size, path))
        excess = sum(size for _, size, _ in files) - max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def _read_head(file: BinaryIO) -> tuple[dict[str, Any], int, int]:
    """The head's fields, and bytes and checksum of the state behind it. Raises ParkedFileError."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise ParkedFileError("it is not a parked state of this version")
    lengths = file.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        raise ParkedFileError("it ends early")
    head_bytes, head_checksum, state_bytes, state_checksum = _LENGTHS.unpack(lengths)
    # The lengths carry no checksum: a damaged one may be any number, and must not be asked of the memory.
    head = file.read(min(head_bytes, os.fstat(file.fileno()).st_size))
    if zlib.crc32(head) != head_checksum:
        raise ParkedFileError("its head is damaged")
    return msgpack.unpackb(head), state_bytes, state_checksum
