"""The event ring: a broadcast log of what happened, one writing process, any number of readers.

A ring is a hint, never the record: what an event is about stands in the transcript, on disk. So the writer
waits for nobody, and a reader that is too slow is told how much it lost and catches up from the transcript.
One ring per writing process leaves no claim open when a writer dies. The protocol is in ring_kernels.py.
"""

from __future__ import annotations

import functools
import struct
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from substrate.shm import layout, ring_kernels
from substrate.shm.atomics import entry_point
from substrate.shm.errors import BufferClosed, ValueTooLarge
from substrate.shm.segment import Segment

_append = entry_point(ring_kernels.append)
_read_event = entry_point(ring_kernels.read_event)
_head = entry_point(ring_kernels.head)
_count_blank = entry_point(ring_kernels.count_blank)
_events_appended = entry_point(ring_kernels.events_appended)
_WORDS = struct.Struct("<7q").unpack_from


class Event(NamedTuple):
    """One event. `text` is None when it did not fit into the slot: load the row instead."""

    seq: int
    kind: int
    row_id: int
    stamp_ns: int
    """Monotonic time of the append."""
    channel: str
    sender: str
    text: str | None


_event: Callable[[tuple[int, int, int, int, str, str, str | None]], Event] = functools.partial(
    tuple.__new__, Event
)
"""`Event(...)` without the Python function that NamedTuple puts in front: a third of the time."""


class EventRing:
    """The writer's side, after `create` or `adopt`. `attach` gives a reader."""

    def __init__(self, segment: Segment) -> None:
        self.name = segment.name
        self.slots = segment.geometry()[0]
        self._segment = segment
        self._lock = threading.Lock()

    @classmethod
    def create(cls, name: str, *, slots: int = 4096) -> EventRing:
        """Make a ring of `slots` (a power of two) slots of 1 KiB. Raises SegmentExists, NoSharedMemory."""
        if slots < 2 or slots & (slots - 1):
            raise ValueError(f"slots must be a power of two from 2 on, not {slots}")
        return cls(Segment.create(name, layout.RING_MAGIC, layout.ring_bytes(slots), (slots,)))

    @classmethod
    def adopt(cls, name: str) -> EventRing:
        """Become the writer, after the former one was reaped; goes on behind the last published event."""
        segment = _attach(name)
        segment.raise_epoch()
        return cls(segment)

    @staticmethod
    def attach(name: str, after: int | None = None) -> EventRingReader:
        """A reader with its own cursor: behind event `after`, or at the current head.

        Raises SegmentMissing, SegmentDamaged, LayoutMismatch.
        """
        return EventRingReader(_attach(name), after)

    def append(self, kind: int, row_id: int, channel: str, sender: str, text: str = "") -> int:
        """Append an event; returns its sequence number, from 1 on.

        A text that does not fit is left out (readers see None and load the row). Raises ValueTooLarge when
        channel and sender alone do not fit, BufferClosed.
        """
        channel_bytes, sender_bytes, text_bytes = channel.encode(), sender.encode(), text.encode()
        named_bytes = len(channel_bytes) + len(sender_bytes)
        if named_bytes > layout.EVENT_TEXT_BYTES_MAX:
            raise ValueTooLarge(
                f"channel and sender take {named_bytes} bytes, an event holds {layout.EVENT_TEXT_BYTES_MAX}",
                "use shorter names",
            )
        text_length = len(text_bytes)
        if named_bytes + text_length > layout.EVENT_TEXT_BYTES_MAX:
            text_bytes, text_length = b"", -1
        data = channel_bytes + sender_bytes + text_bytes
        with self._lock:
            self._require_open()
            return _append(
                self._segment.address,
                self.slots - 1,
                kind,
                row_id,
                len(channel_bytes),
                len(sender_bytes),
                text_length,
                data,
                len(data),
                time.monotonic_ns(),
            )

    def overwrite(self, kind: int) -> None:
        """Append blank events of `kind` until nothing is left of any event before, its slot's end included.

        Readers learn that they were lapped. Blanks are not among the events that `appended` counts. Raises
        BufferClosed.
        """
        data = b" " * layout.EVENT_TEXT_BYTES_MAX
        with self._lock:
            self._require_open()
            base, mask, length = self._segment.address, self.slots - 1, len(data)
            for _ in range(self.slots):
                _count_blank(base)
                _append(base, mask, kind, 0, 0, 0, length, data, length, time.monotonic_ns())

    def head(self) -> int:
        """The sequence number of the newest event, 0 when there was none yet. Raises BufferClosed."""
        return _head(self._segment.address)

    def close(self) -> None:
        """Unmap; the segment stays. Idempotent."""
        with self._lock:
            self._segment.close()

    def unlink(self) -> None:
        """Remove the segment's name. Idempotent."""
        self._segment.unlink()

    def _require_open(self) -> None:
        if not self._segment.address:
            raise BufferClosed(f"the event ring {self.name} was closed", "attach to the ring again")


class EventRingReader:
    """A reader and its cursor. Several threads may share one: each event goes to one of them."""

    def __init__(self, segment: Segment, after: int | None) -> None:
        self.name = segment.name
        self.slots = segment.geometry()[0]
        self._segment = segment
        self._cursor = np.zeros(layout.CURSOR_WORDS, np.int64)
        self._cursor[layout.CURSOR_BASE // layout.WORD] = segment.address
        self._cursor[layout.CURSOR_SLOT_MASK // layout.WORD] = self.slots - 1
        self._cursor[layout.CURSOR_SEQ // layout.WORD] = _head(segment.address) if after is None else after
        self._address = self._cursor.ctypes.data

    def poll(self, max_events: int = 256) -> list[Event]:
        """The next events, at most `max_events`; empty when there are none. Raises BufferClosed.

        A lapped reader goes on half a ring behind the head; `lost` says how many events it missed.
        """
        events: list[Event] = []
        for _ in range(max_events):
            slot = _read_event(self._address)
            if slot is None:
                break
            seq, kind, row_id, stamp_ns, channel_length, sender_length, text_length = _WORDS(slot)
            sender_at = layout.EVENT_TEXT + channel_length
            text_at = sender_at + sender_length
            channel = slot[layout.EVENT_TEXT : sender_at].decode()
            sender = slot[sender_at:text_at].decode()
            text = slot[text_at:].decode() if text_length >= 0 else None
            events.append(_event((seq, kind, row_id, stamp_ns, channel, sender, text)))
        return events

    @property
    def lost(self) -> int:
        """How many events were overwritten before this reader came to them, in all."""
        return int(self._cursor[layout.CURSOR_LOST // layout.WORD])

    @property
    def seq(self) -> int:
        """The last event read, or skipped as lost."""
        return int(self._cursor[layout.CURSOR_SEQ // layout.WORD])

    def head(self) -> int:
        """The sequence number of the newest event; one load, for the look before a sleep.

        Raises BufferClosed.
        """
        return _head(self._segment.address)

    def appended(self) -> int:
        """How many events were ever appended, blanks not counted. Raises BufferClosed."""
        return _events_appended(self._segment.address)

    def has_new(self) -> bool:
        """Whether `poll` would find something."""
        return self.head() > self.seq

    def close(self) -> None:
        """Unmap; `poll` raises BufferClosed from now on. Idempotent."""
        self._cursor[layout.CURSOR_BASE // layout.WORD] = 0
        self._segment.close()


def _attach(name: str) -> Segment:
    segment = Segment.attach(name, layout.RING_MAGIC)
    try:
        segment.require_size(layout.ring_bytes(segment.geometry()[0]))
    except BaseException:
        segment.close()
        raise
    return segment
