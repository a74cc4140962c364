"""KV states on disk: a persona that is not talking needs no cells, and a restart need not read again.

One file per conversation and blend. Its name says nothing; its head says which model, settings and adapters
made the state and which tokens it holds. What counts is that the tokens are those wanted now: a changed
identity or history simply shares a shorter prefix. A file that does not fit the running model or is damaged
is deleted and the prompt is read anew.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from substrate.inference.parked_files import IsMeant, ParkedFiles
from substrate.inference.protocol import Blend
from substrate.inference.tokens import Tokens, token_list

_log = logging.getLogger(__name__)

T = TypeVar("T")

_HASHED_WHOLE_BYTES = 64 << 20
_SAMPLES, _SAMPLE_BYTES = 64, 256 << 10
_MOST_UNWRITTEN_BYTES = 256 << 20
"""Of states that wait for the disk; beyond it the lane waits with them rather than fill the memory."""


@dataclass(frozen=True, slots=True)
class ParkedState:
    """A conversation's KV as llama.cpp exports it, and the tokens that it stands for."""

    persona_id: str
    conversation: str
    blend: Blend
    tokens: Tokens[int]
    state: memoryview


class ParkingLot:
    """Parked states of one model under one set of settings. Used by the lane's thread; reads and writes on
    threads of its own."""

    def __init__(
        self, folder: Path, *, key: str, max_bytes: int, adapter_keys: Mapping[str, str] | None = None
    ) -> None:
        """`key` names model and settings, `adapter_keys` the content of each adapter by its name; states made
        under others are dropped when they are met."""
        self._files = ParkedFiles(folder)
        self._key = key
        self._adapter_keys = adapter_keys or {}
        self._max_bytes = max_bytes
        # Names that may exist: most conversations have no file, and asking the disk would cost every turn.
        # Touched under the lock, or looked at.
        self._known = self._files.prepare()
        # What is not written yet is found here: to wait for the disk would stop everybody's decoding.
        self._unwritten: dict[str, ParkedState] = {}
        # What is to be forgotten and may still lie there: it is not found any more. With each, the names that
        # were written anew since.
        self._leaving: list[tuple[IsMeant, set[str]]] = []
        self._forgotten: Future[None] = Future()
        self._forgotten.set_result(None)
        # Names whose last writing failed, and those of them that may be parked once more: see retry_failed.
        self._failed: set[str] = set()
        self._missing: set[str] = set()
        self._lock = threading.Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="parking")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="unparking")

    def park(self, parked: ParkedState) -> None:
        """Write in the background; a failure is logged, since only time is lost by it."""
        name = _name(parked.conversation, parked.blend)
        self._missing.discard(name)
        with self._lock:
            self._known.add(name)
            self._failed.discard(name)
            self._unwritten[name] = parked
            unwritten_bytes = sum(len(one.state) for one in self._unwritten.values())
        written = _behind(self._writer, self._write, name, parked)
        if unwritten_bytes > _MOST_UNWRITTEN_BYTES:
            written.result()

    def may_hold(self, conversation: str, blend: Blend) -> bool:
        """Whether a state of the conversation may lie here; most have none."""
        return _name(conversation, blend) in self._known

    def find(
        self, conversation: str, blend: Blend, is_wanted: Callable[[Tokens[int]], bool]
    ) -> Future[ParkedState | None]:
        """The state of a conversation, None when there is none that this model can use, or when its tokens
        are not wanted. A state may be hundreds of megabytes: it is read only then, and nobody waits for the
        disk meanwhile. `is_wanted` is called on any thread."""
        name = _name(conversation, blend)
        found: Future[ParkedState | None] = Future()
        with self._lock:
            unwritten = self._unwritten.get(name)
        if unwritten is not None:
            found.set_result(unwritten if is_wanted(unwritten.tokens) else None)
        elif name not in self._known:
            found.set_result(None)
        else:
            found = _behind(self._reader, self._read_or_none, name, blend, is_wanted)
        return found

    def refused(self, parked: ParkedState, reason: str) -> None:
        """llama.cpp does not take the state back: there is no use in keeping it."""
        name = _name(parked.conversation, parked.blend)
        with self._lock:
            if self._unwritten.get(name) is parked:
                del self._unwritten[name]
        self._drop(name, reason)

    def forget(self, persona_id: str, conversation: str | None) -> None:
        """Delete a persona's states, or one conversation's of it. No `find` from now on finds any, but one
        that was begun before may; `forgotten` says when they are gone from the disk."""

        def is_meant(persona: str, of: str) -> bool:
            return persona == persona_id and conversation in (None, of)

        with self._lock:
            leaving = (is_meant, set[str]())
            self._leaving.append(leaving)
            self._unwritten = {
                name: parked
                for name, parked in self._unwritten.items()
                if not is_meant(parked.persona_id, parked.conversation)
            }
        self._forgotten = _behind(self._writer, self._remove, leaving)

    @property
    def forgotten(self) -> Future[None]:
        """Done when what the last `forget` meant is gone from the disk, or has the OSError that kept it."""
        return self._forgotten

    def retry_failed(self) -> None:
        """Wait for all that is being written, and let what could not be written be parked once more.

        Asked for, not done by itself: a full disk stays full for a while, and would be tried all the time.
        """
        _behind(self._writer, self._offer_failed).result()

    def is_missing(self, conversation: str, blend: Blend) -> bool:
        """Whether its state could not be written, and may be parked once more."""
        return _name(conversation, blend) in self._missing

    def close(self) -> None:
        """Finish what is being read and written; what waits to be read is not."""
        self._reader.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)

    def _offer_failed(self) -> None:
        with self._lock:
            self._missing, self._failed = self._failed, set()

    def _remove(self, leaving: tuple[IsMeant, set[str]]) -> None:
        """Raises OSError for what could not be removed, and is not found any more all the same."""
        self._files.remove(leaving[0])
        with self._lock:
            self._leaving.remove(leaving)

    def _write(self, name: str, parked: ParkedState) -> None:
        with self._lock:
            if self._unwritten.get(name) is not parked:
                return  # forgotten since, or a later state of the conversation waits behind this one
        head = {
            "key": self._key_under(parked.blend),
            "persona": parked.persona_id,
            "conversation": parked.conversation,
            "tokens": parked.tokens.tobytes(),
        }
        is_written = False
        try:
            self._files.write(name, head, parked.state)
            is_written = True
            self._files.keep_within(self._max_bytes)
        except OSError as error:
            _log.warning("the state of %s was not parked: %s", parked.conversation, error)
        except Exception:  # nobody looks at what becomes of this call
            _log.exception("the state of %s was not parked", parked.conversation)
        finally:
            with self._lock:
                if self._unwritten.get(name) is parked:
                    del self._unwritten[name]
                    if not is_written:
                        self._failed.add(name)
                    for _, anew in self._leaving if is_written else ():
                        anew.add(name)

    def _read_or_none(
        self, name: str, blend: Blend, is_wanted: Callable[[Tokens[int]], bool]
    ) -> ParkedState | None:
        try:
            return self._read(name, blend, is_wanted)
        except Exception:  # even of what a failure led to, the lane learns no more than that there is nothing
            _log.exception("parked state %s not read", name)
            return None

    def _read(self, name: str, blend: Blend, is_wanted: Callable[[Tokens[int]], bool]) -> ParkedState | None:
        try:
            head = self._files.read_head(name)
            if head["key"] != self._key_under(blend):
                self._drop(name, "it was made by another model, another adapter or under other settings")
                return None
            if self._is_leaving(name, head) or not is_wanted(_tokens_of(head)):
                return None
            head, state = self._files.read(name)
            return ParkedState(head["persona"], head["conversation"], blend, _tokens_of(head), state)
        except FileNotFoundError:
            with self._lock:
                if name not in self._unwritten:
                    self._known.discard(name)
        except MemoryError as error:  # a lack that passes: the file is as good as it was
            _log.warning("parked state %s not read, its prompt will be read anew: %s", name, error)
        except Exception as error:  # whatever a damaged file leads to, it costs nobody else anything
            self._drop(name, str(error) or repr(error))
        return None

    def _is_leaving(self, name: str, head: Mapping[str, Any]) -> bool:
        with self._lock:
            return any(
                name not in anew and is_meant(head["persona"], head["conversation"])
                for is_meant, anew in self._leaving
            )

    def _drop(self, name: str, reason: str) -> None:
        _log.warning("parked state %s dropped, its prompt will be read anew: %s", name, reason)
        with self._lock:
            if name not in self._unwritten:  # else it is written over
                self._known.discard(name)
                _behind(self._writer, self._files.drop, name)

    def _key_under(self, blend: Blend) -> str:
        """A blend names adapters; what counts is what stands in them."""
        adapters = [(self._adapter_keys.get(name), weight) for name, weight in blend]
        return hashlib.blake2b(repr((self._key, adapters)).encode(), digest_size=16).hexdigest()


def _behind(executor: ThreadPoolExecutor, work: Callable[..., T], *arguments: object) -> Future[T]:
    """Do it on the executor's thread, behind all that is still to be done there."""
    try:
        return executor.submit(work, *arguments)
    except RuntimeError:  # the interpreter ends: its threads have done all they had, and take no more
        done: Future[T] = Future()
        try:
            done.set_result(work(*arguments))
        except Exception as error:
            done.set_exception(error)
        return done


def _tokens_of(head: Mapping[str, Any]) -> Tokens[int]:
    tokens = token_list()
    tokens.frombytes(head["tokens"])
    return tokens


def _name(conversation: str, blend: Blend) -> str:
    return hashlib.blake2b(repr((conversation, blend)).encode(), digest_size=16).hexdigest()


def model_fingerprint(path: Path, *settings: object) -> str:
    """Names the content of a model file, and what else shapes its KV.

    Small files are read whole; of large ones their size and 16 MiB spread evenly over them, both ends
    included, since reading 40 GB would take longer than what is saved.
    """
    digest = hashlib.blake2b(digest_size=16)
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _HASHED_WHOLE_BYTES:
            digest.update(file.read())
        else:
            for number in range(_SAMPLES):
                file.seek((size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    digest.update(repr((size, *settings)).encode())
    return digest.hexdigest()
