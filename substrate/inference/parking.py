"""KV states on disk: a persona that is not talking needs no cells, and a restart need not read again.

One file per conversation. Its name says nothing; its head says which model and settings made the state and
which tokens it holds. What counts is that the tokens are those wanted now: a changed identity, layout or
history simply shares a shorter prefix. A file that does not fit the running model or is damaged is deleted
and the prompt is read anew.

A state holds what was said, in another form: files are readable by their owner only, and `forget` deletes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgpack

from substrate.inference.tokens import Blend, Tokens, token_list

_log = logging.getLogger(__name__)

_MAGIC = b"PSKV\x01\x00\x00\x00"
_LENGTHS = struct.Struct("<QIQI")
"""Bytes and CRC-32 of the head, bytes and CRC-32 of the state."""
_SUFFIX = ".kv"


@dataclass(frozen=True, slots=True)
class ParkedState:
    """A conversation's KV as llama.cpp exports it, and the tokens that it stands for."""

    persona_id: str
    conversation: str
    blend: Blend
    tokens: Tokens[int]
    state: bytes


class ParkingLot:
    """A folder of parked states of one model under one set of settings. Writes happen on its own thread."""

    def __init__(self, folder: Path, *, key: str, max_bytes: int) -> None:
        """`key` names model and settings; states with another key are dropped when they are met."""
        self._folder = folder
        self._key = key
        self._max_bytes = max_bytes
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in folder.glob("*.tmp"):
            unfinished.unlink(missing_ok=True)
        # Names that may exist: most conversations have no file, and asking the disk would cost every turn.
        self._known = {path.name for path in folder.glob(f"*{_SUFFIX}")}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="parking")

    def park(self, parked: ParkedState) -> None:
        """Write in the background; a failure is logged, since only time is lost by it."""
        self._known.add(self._path(parked.conversation, parked.blend).name)
        self._writer.submit(self._write, parked)

    def find(self, conversation: str, blend: Blend) -> ParkedState | None:
        """The state of a conversation, None when there is none that this model can use."""
        path = self._path(conversation, blend)
        if path.name not in self._known:
            return None
        # A write that is still under way is waited for: reading anew would take far longer.
        return self._writer.submit(self._read, path).result()

    def forget(self, persona_id: str, conversation: str | None) -> None:
        """Delete a persona's states, or one conversation's of it. Returns when they are gone."""
        self._writer.submit(self._delete, persona_id, conversation).result()

    def close(self) -> None:
        """Finish what is being written."""
        self._writer.shutdown(wait=True)

    def _path(self, conversation: str, blend: Blend) -> Path:
        name = hashlib.blake2b(repr((conversation, blend)).encode(), digest_size=16).hexdigest()
        return self._folder / f"{name}{_SUFFIX}"

    def _write(self, parked: ParkedState) -> None:
        head = msgpack.packb(
            {
                "key": self._key,
                "persona": parked.persona_id,
                "conversation": parked.conversation,
                "blend": parked.blend,
                "tokens": parked.tokens.tobytes(),
            }
        )
        path = self._path(parked.conversation, parked.blend)
        unfinished = path.with_suffix(".tmp")
        lengths = (len(head), zlib.crc32(head), len(parked.state), zlib.crc32(parked.state))
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + _LENGTHS.pack(*lengths))
                file.write(head)
                file.write(parked.state)
            unfinished.replace(path)
        except OSError as error:
            _log.warning("the state of %s was not parked: %s", parked.conversation, error)
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
        self._keep_within_limit()

    def _read(self, path: Path) -> ParkedState | None:
        try:
            with path.open("rb") as file:
                head, state_bytes, state_checksum = _read_head(file)
                state = file.read(state_bytes)
            if len(state) < state_bytes or zlib.crc32(state) != state_checksum:
                raise ValueError("its state is damaged")
            if head["key"] != self._key:
                raise ValueError("it was made by another model or under other settings")
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _log.warning("parked state %s dropped, its prompt will be read anew: %s", path.name, error)
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        tokens = token_list()
        tokens.frombytes(head["tokens"])
        blend = tuple((name, weight) for name, weight in head["blend"])
        return ParkedState(head["persona"], head["conversation"], blend, tokens, state)

    def _delete(self, persona_id: str, conversation: str | None) -> None:
        for path in self._folder.glob(f"*{_SUFFIX}"):
            try:
                with path.open("rb") as file:
                    head, _, _ = _read_head(file)
                is_meant = head["persona"] == persona_id and conversation in (None, head["conversation"])
            except (OSError, ValueError):
                is_meant = True  # nobody can tell whose it is, and nobody can use it
            if is_meant:
                path.unlink(missing_ok=True)

    def _keep_within_limit(self) -> None:
        """Least recently used files go first."""
        files = [(path.stat().st_mtime_ns, path.stat().st_size, path) for path in self._folder.glob("*.kv")]
        excess = sum(size for _, size, _ in files) - self._max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size


def _read_head(file: BinaryIO) -> tuple[dict[str, Any], int, int]:
    """The head's fields, and bytes and checksum of the state behind it. ValueError when it is damaged."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise ValueError("it is not a parked state")
    lengths = file.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        raise ValueError("it ends early")
    head_bytes, head_checksum, state_bytes, state_checksum = _LENGTHS.unpack(lengths)
    head = file.read(head_bytes)
    if zlib.crc32(head) != head_checksum:
        raise ValueError("its head is damaged")
    return msgpack.unpackb(head), state_bytes, state_checksum


def model_fingerprint(path: Path, *settings: object) -> str:
    """Names a model file by its size and both ends of its content, and the settings that shape its KV."""
    end_bytes = 1 << 20
    digest = hashlib.blake2b(digest_size=16)
    size = path.stat().st_size
    with path.open("rb") as file:
        digest.update(file.read(end_bytes))
        file.seek(max(0, size - end_bytes))
        digest.update(file.read(end_bytes))
    digest.update(repr((size, *settings)).encode())
    return digest.hexdigest()
