"""The ready buffer: the freshest staged value per key, for readers that never wait.

A region publishes what it has thought of; the persona handler peeks when a message arrives. Neither ever
waits for the other, and either may die at any instruction. The protocol is in buffer_kernels.py, the bytes
are in layout.py; here are the handles that Python works with.

A key belongs to one entry of a hash directory, and has one cell with `versions` slots for its values. Python
keeps, per handle, the decoded object of the newest version: decoding happens once per version and process.
"""

from __future__ import annotations

import functools
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgpack
import numpy as np

from substrate.shm import buffer_kernels, layout
from substrate.shm.atomics import entry_point
from substrate.shm.errors import BufferClosed, BufferFull, KeyTooLarge, NotTheWriter, ValueTooLarge
from substrate.shm.segment import Segment, load_word

Key = tuple[str, ...]
Words = np.ndarray[Any, np.dtype[np.int64]]

_DECODED_ENTRY: Final = layout.HANDLE_DECODED_ENTRY // layout.WORD
_DECODED_GENERATION: Final = layout.HANDLE_DECODED_GENERATION // layout.WORD
_DECODED_VERSION: Final = layout.HANDLE_DECODED_VERSION // layout.WORD

_UNCHANGED: Final = buffer_kernels.UNCHANGED
_MISSING: Final = buffer_kernels.MISSING

_publish = entry_point(buffer_kernels.publish)
_insert = entry_point(buffer_kernels.insert)
_blank = entry_point(buffer_kernels.blank)
_evict = entry_point(buffer_kernels.evict)
_claim_entry = entry_point(buffer_kernels.claim_entry)
_next_older_than = entry_point(buffer_kernels.next_older_than)
_peek_bytes = entry_point(buffer_kernels.peek_bytes)
_compare_decoded = entry_point(buffer_kernels.compare_decoded)
_peek_to_decode = entry_point(buffer_kernels.peek_to_decode)
_newest_version = entry_point(buffer_kernels.newest_version)
_forget_kept = entry_point(buffer_kernels.forget_kept)
_next_live = entry_point(buffer_kernels.next_live)
_count_live = entry_point(buffer_kernels.count_live)
_copy_key = entry_point(buffer_kernels.copy_key)
_cell_number = entry_point(buffer_kernels.cell_number)


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged value. It is shared by all who peek at this version in this process: do not change it."""

    value: Any
    version: int
    published_ns: int
    """Monotonic time of the publish, the same clock in all processes of a host."""

    @property
    def age_s(self) -> float:
        """Seconds since it was published."""
        return (time.monotonic_ns() - self.published_ns) * 1e-9


@dataclass(frozen=True, slots=True)
class Counters:
    """What a buffer has seen since it was created.

    `consumed` counts the distinct published versions that a counting reader peeked at least once.
    """

    published: int
    hits: int
    misses: int
    consumed: int
    contended: int
    epoch: int
    """How many writers have adopted the buffer."""


class _HandleBlock:
    """The private memory of a handle. Whoever may call a kernel with its address keeps it alive."""

    __slots__ = ("_key_bytes", "_segment", "_view", "address", "words")

    def __init__(self, segment: Segment, view: Words, key_bytes: bytes, hash_: int, counts: bool) -> None:
        self._segment = segment
        self._view = view
        self._key_bytes = np.frombuffer(key_bytes, np.uint8)
        self.words = np.zeros(layout.HANDLE_WORDS, np.int64)
        self.address = self.words.ctypes.data
        for offset, word in (
            (layout.HANDLE_VIEW, view.ctypes.data),
            (layout.HANDLE_COUNTS, counts),
            (layout.HANDLE_HASH, hash_),
            (layout.HANDLE_KEY, self._key_bytes.ctypes.data),
            (layout.HANDLE_KEY_LENGTH, len(key_bytes)),
        ):
            self.words[offset // layout.WORD] = word

    def __del__(self, forget_kept: Callable[[int], int] = _forget_kept) -> None:
        forget_kept(self.address)


class KeyHandle:
    """One key, resolved once. Valid also while the key is absent: it misses until the key is published.

    `peek_bytes()` gives the newest value as bytes, or None. It is the compiled kernel itself, with the
    handle's address bound, since a Python method around it would take a fifth of its time. Raises
    BufferClosed after the buffer was closed.
    """

    __slots__ = ("_address", "_block", "_lock", "_staged", "key", "peek_bytes")

    peek_bytes: Callable[[], bytes | None]

    def __init__(self, key: Key, block: _HandleBlock) -> None:
        self.key = key
        self._block = block
        self._address = block.address
        self._staged: Staged | None = None
        self._lock = threading.Lock()
        peek_bytes = functools.partial(_peek_bytes, block.address)
        vars(peek_bytes)["keeps_alive"] = block
        self.peek_bytes = peek_bytes

    def peek(self) -> Staged | None:
        """The newest value, decoded; the same object as before when nothing was published since.

        None when the key is absent. A reader that the writer lapped 8 times in a row gets the last value
        that it got before. Raises BufferClosed.
        """
        found = _compare_decoded(self._address)
        if found == _UNCHANGED:
            return self._staged
        if found == _MISSING:
            return None
        return self._decode()

    def version(self) -> int:
        """The newest version, 0 while the key is absent. Counts nothing, copies nothing."""
        return _newest_version(self._address)

    def _decode(self) -> Staged | None:
        with self._lock:
            data, version, published_ns, entry, generation = _peek_to_decode(self._address)
            words = self._block.words
            if data is None:
                decoded = words[_DECODED_ENTRY], words[_DECODED_GENERATION]
                return self._staged if entry and decoded == (entry, generation) else None
            staged = Staged(msgpack.unpackb(data, strict_map_key=False), version, published_ns)
            self._staged = staged
            words[_DECODED_ENTRY], words[_DECODED_GENERATION] = entry, generation
            words[_DECODED_VERSION] = version
            return staged


class ReadyBuffer:
    """A table of staged values in shared memory: one writer, any number of readers.

    Made by `create` (the supervisor), written after `adopt` (a region, once the former writer was reaped),
    read after `attach`. Only an `attach` without `observer=True` counts hits, misses and consumption. All
    methods may be called from any thread.
    """

    def __init__(self, segment: Segment, *, writes: bool, counts: bool) -> None:
        self.name = segment.name
        self._segment = segment
        self._writes = writes
        self._counts = counts
        self.keys_max, self.value_bytes, self.versions = segment.geometry()[:3]
        self._view = np.zeros(layout.VIEW_WORDS, np.int64)
        entries = layout.directory_entries(self.keys_max)
        directory = segment.address + layout.HEADER_BYTES
        for offset, word in (
            (layout.VIEW_BASE, segment.address),
            (layout.VIEW_DIRECTORY, directory),
            (layout.VIEW_ENTRY_MASK, entries - 1),
            (layout.VIEW_CELLS, directory + entries * layout.ENTRY_BYTES),
            (layout.VIEW_CELL_BYTES, layout.cell_bytes(self.value_bytes, self.versions)),
            (layout.VIEW_SLOT_BYTES, layout.slot_bytes(self.value_bytes)),
            (layout.VIEW_SLOT_MASK, self.versions - 1),
            (layout.VIEW_VALUE_BYTES, self.value_bytes),
        ):
            self._view[offset // layout.WORD] = word
        self._view_address = self._view.ctypes.data
        self._handles: dict[Key, KeyHandle] = {}
        self._lock = threading.Lock()
        """Held by whoever writes, or uses the segment by its address: `close` takes the address away."""
        self._entries: dict[Key, int] = {}
        self._free_cells: list[int] = []
        if writes:
            self._take_stock()

    @classmethod
    def create(
        cls, name: str, *, keys: int = 1024, value_bytes: int = 16384, versions: int = 4
    ) -> ReadyBuffer:
        """Make a buffer for up to `keys` live keys with values of up to `value_bytes` each.

        `versions` (a power of two, at least 2) is how many versions a reader may be overtaken by before it
        has to try again. Raises SegmentExists, NoSharedMemory, InvalidName.
        """
        if keys < 1 or value_bytes < 1:
            raise ValueError(f"keys and value_bytes must be positive, not {keys} and {value_bytes}")
        if versions < 2 or versions & (versions - 1):
            raise ValueError(f"versions must be a power of two from 2 on, not {versions}")
        size_bytes = layout.buffer_bytes(keys, value_bytes, versions)
        geometry = (keys, value_bytes, versions)
        return cls(Segment.create(name, layout.BUFFER_MAGIC, size_bytes, geometry), writes=True, counts=False)

    @classmethod
    def attach(cls, name: str, observer: bool = False) -> ReadyBuffer:
        """Read a buffer. An observer neither counts nor writes: dashboards and other regions.

        Raises SegmentMissing, SegmentDamaged, LayoutMismatch.
        """
        return cls(_attach(name), writes=False, counts=not observer)

    @classmethod
    def adopt(cls, name: str) -> ReadyBuffer:
        """Become the buffer's writer. Only after the former writer was reaped, never on suspicion.

        Goes on from the stored versions; a value that the former writer did not finish stays unpublished.
        Readers notice nothing. Raises as `attach` does.
        """
        segment = _attach(name)
        segment.raise_epoch()
        return cls(segment, writes=True, counts=False)

    # Writing

    def publish(self, key: Key, value: Any) -> int:
        """Encode `value` with msgpack and publish it; returns its version. Raises as `publish_bytes` does."""
        return self.publish_bytes(key, msgpack.packb(value))

    def publish_bytes(self, key: Key, data: bytes) -> int:
        """Replace the key's value atomically; returns the version, which grows as long as the key lives.

        An evicted key that is published again counts on from what its new cell has come to.

        Raises ValueTooLarge, KeyTooLarge, BufferFull, NotTheWriter, BufferClosed; the old value then stays.
        """
        if not isinstance(data, bytes):
            raise TypeError(f"publish_bytes takes bytes, not {type(data).__name__}")
        with self._lock:
            self._require_writer()
            length = len(data)
            if length > self.value_bytes:
                raise ValueTooLarge(
                    f"a value of {length} bytes for {key!r} does not fit into {self.name}, "
                    f"which takes {self.value_bytes}",
                    "publish fewer items, or create the buffer with a larger value_bytes",
                )
            entry = self._entries.get(key)
            if entry is not None:
                return _publish(self._view_address, entry, data, length, time.monotonic_ns())
            return self._insert(key, data)

    def evict(self, key: Key) -> bool:
        """Remove a key; False when it is absent. Raises NotTheWriter, BufferClosed."""
        with self._lock:
            self._require_writer()
            entry = self._entries.pop(key, None)
            if entry is None:
                return False
            self._release(entry)
            return True

    def evict_stale(self, max_age_s: float) -> int:
        """Remove the keys whose newest value is older than `max_age_s`; returns how many."""
        with self._lock:
            self._require_writer()
            stamp_ns = time.monotonic_ns() - int(max_age_s * 1e9)
            directory = int(self._view[layout.VIEW_DIRECTORY // layout.WORD])
            key_of = {entry: key for key, entry in self._entries.items()}
            evicted = 0
            position = _next_older_than(self._view_address, 0, stamp_ns)
            while position >= 0:
                entry = directory + position * layout.ENTRY_BYTES
                del self._entries[key_of[entry]]
                self._release(entry)
                evicted += 1
                position = _next_older_than(self._view_address, position + 1, stamp_ns)
            return evicted

    def scrub(self) -> int:
        """Remove every key and overwrite every value ever published; returns how many keys were live.

        What an evicted key left behind goes, too. Each byte is overwritten as by a publish, so a reader that
        is copying just now notices as it always does; but nothing is counted. The keys' own bytes stay in the
        directory until other keys take their entries. Raises NotTheWriter, BufferClosed.
        """
        data = bytes(self.value_bytes)
        with self._lock:
            self._require_writer()
            live = len(self._entries)
            while self._entries:
                self._release(self._entries.popitem()[1])
            for number in filter(self._was_written, self._free_cells):
                for _ in range(self.versions):
                    _blank(self._view_address, number, data, len(data), time.monotonic_ns())
        return live

    def _insert(self, key: Key, data: bytes) -> int:
        key_bytes, hash_ = encode_key(key)
        if not self._free_cells:
            raise BufferFull(
                f"{self.name} is full: all of its {self.keys_max} keys are live, {key!r} is one too many",
                "evict stale keys, or create the buffer with more keys",
            )
        entries = int(self._view[layout.VIEW_ENTRY_MASK // layout.WORD]) + 1
        entry = _claim_entry(self._view_address, hash_, entries)
        number = self._free_cells[0]
        version = _insert(
            self._view_address,
            entry,
            hash_,
            number,
            key_bytes,
            len(key_bytes),
            data,
            len(data),
            time.monotonic_ns(),
        )
        del self._free_cells[0]
        self._entries[key] = entry
        return version

    def _was_written(self, cell: int) -> bool:
        """Whether anything was ever written into a cell, also by a writer that did not come to publish it."""
        view = self._view
        address = int(view[layout.VIEW_CELLS // layout.WORD])
        address += cell * int(view[layout.VIEW_CELL_BYTES // layout.WORD])
        address += layout.CELL_SLOTS + layout.SLOT_STAMP
        slot_bytes = int(view[layout.VIEW_SLOT_BYTES // layout.WORD])
        return any(load_word(address + slot * slot_bytes) for slot in range(self.versions))

    def _release(self, entry: int) -> None:
        position = (entry - int(self._view[layout.VIEW_DIRECTORY // layout.WORD])) // layout.ENTRY_BYTES
        number = _cell_number(self._view_address, position)
        _evict(entry)
        self._free_cells.append(number)

    def _take_stock(self) -> None:
        """Learn from the segment which keys are live and which cells are free: a crash leaves only that."""
        directory = int(self._view[layout.VIEW_DIRECTORY // layout.WORD])
        free = dict.fromkeys(range(self.keys_max))
        for position, key in self._live_keys():
            self._entries[key] = directory + position * layout.ENTRY_BYTES
            free.pop(_cell_number(self._view_address, position), None)
        self._free_cells = list(free)

    def _require_writer(self) -> None:
        self._require_open()
        if not self._writes:
            raise NotTheWriter(
                f"{self.name} was attached for reading", "adopt it once its former writer was reaped"
            )

    # Reading

    def handle(self, key: Key, observer: bool = False) -> KeyHandle:
        """The key, resolved once, for repeated peeks; valid also while the key is absent.

        With `observer=True` its peeks do not count, though the buffer's do: a turn that peeks twice, early
        and again at late binding, counts once by counting only one of the two.
        """
        self._require_open()
        key_bytes, hash_ = encode_key(key)
        counts = self._counts and not observer
        return KeyHandle(key, _HandleBlock(self._segment, self._view, key_bytes, hash_, counts))

    def peek(self, key: Key) -> Staged | None:
        """The newest value of `key`, decoded, or None. `handle(key).peek()` is the fast form."""
        return self._cached_handle(key).peek()

    def peek_bytes(self, key: Key) -> bytes | None:
        """The newest value of `key`, as published, or None. `handle(key).peek_bytes()` is the fast form."""
        return self._cached_handle(key).peek_bytes()

    def _cached_handle(self, key: Key) -> KeyHandle:
        self._require_open()
        handle = self._handles.get(key)
        if handle is None:
            if len(self._handles) >= 2 * self.keys_max:
                self._handles.clear()
            handle = self._handles[key] = self.handle(key)
        return handle

    def keys(self) -> list[Key]:
        """The live keys, as they stood while they were read one by one."""
        with self._lock:
            self._require_open()
            return [key for _, key in self._live_keys()]

    def _live_keys(self) -> list[tuple[int, Key]]:
        found: list[tuple[int, Key]] = []
        position = _next_live(self._view_address, 0)
        while position >= 0:
            key_bytes = _copy_key(self._view_address, position)
            if key_bytes is not None:
                found.append((position, tuple(msgpack.unpackb(key_bytes))))
            position = _next_live(self._view_address, position + 1)
        return found

    def __len__(self) -> int:
        """The number of live keys."""
        with self._lock:
            self._require_open()
            return _count_live(self._view_address)

    def is_empty(self) -> bool:
        """Whether no key is live."""
        with self._lock:
            self._require_open()
            return _next_live(self._view_address, 0) < 0

    def counters(self) -> Counters:
        """What the governor learns from."""
        with self._lock:
            self._require_open()
            base = self._segment.address
            return Counters(
                published=load_word(base + layout.PUBLISHED),
                hits=load_word(base + layout.HITS),
                misses=load_word(base + layout.MISSES),
                consumed=load_word(base + layout.CONSUMED),
                contended=load_word(base + layout.CONTENDED),
                epoch=load_word(base + layout.EPOCH),
            )

    def close(self) -> None:
        """Unmap. Every handle raises BufferClosed from now on. The segment itself stays. Idempotent."""
        with self._lock:
            self._view[layout.VIEW_BASE // layout.WORD] = 0
            self._handles.clear()
            self._segment.close()

    def unlink(self) -> None:
        """Remove the segment's name. Attached processes keep what they have mapped. Idempotent."""
        self._segment.unlink()

    def _require_open(self) -> None:
        if not self._segment.address:
            raise BufferClosed(f"the ready buffer {self.name} was closed", "attach to the buffer again")


def encode_key(key: Key) -> tuple[bytes, int]:
    """The key as it stands in the directory, and its hash (63 bits, the same in every process)."""
    key_bytes = msgpack.packb(list(key))
    if len(key_bytes) > layout.KEY_BYTES_MAX:
        raise KeyTooLarge(
            f"the key {key!r} takes {len(key_bytes)} bytes, an entry holds {layout.KEY_BYTES_MAX}",
            "use identifiers rather than names or texts as keys",
        )
    digest = hashlib.blake2b(key_bytes, digest_size=8).digest()
    return key_bytes, int.from_bytes(digest, "little") >> 1


def _attach(name: str) -> Segment:
    segment = Segment.attach(name, layout.BUFFER_MAGIC)
    try:
        keys, value_bytes, versions = segment.geometry()[:3]
        segment.require_size(layout.buffer_bytes(keys, value_bytes, versions))
    except BaseException:
        segment.close()
        raise
    return segment
