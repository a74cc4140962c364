"""The event ring's protocol: one writer, any number of readers, each with a cursor of its own.

Event n lies in slot n modulo the number of slots. The writer marks the slot (0), fills it, stores n in
EVENT_SEQ, then raises HEAD. It knows nothing of its readers and waits for none: a reader that is too slow is
lapped, learns how many events it lost, and goes on half a ring behind the head.
"""

from __future__ import annotations

from typing import Any

from numba import int64

from substrate.shm.atomics import (
    BYTES_PAYLOAD,
    OBJECT,
    allocate_bytes,
    copy,
    drop_object,
    fence,
    kernel,
    load_atomic,
    no_object,
    object_address,
    part_of_kernels,
    read_word,
    store_atomic,
    write_word,
)
from substrate.shm.errors import BufferClosed
from substrate.shm.layout import (
    BLANKS,
    CURSOR_BASE,
    CURSOR_LOST,
    CURSOR_SEQ,
    CURSOR_SLOT_MASK,
    EVENT_BYTES,
    EVENT_CHANNEL_LENGTH,
    EVENT_KIND,
    EVENT_ROW,
    EVENT_SENDER_LENGTH,
    EVENT_SEQ,
    EVENT_STAMP,
    EVENT_TEXT,
    EVENT_TEXT_BYTES_MAX,
    EVENT_TEXT_LENGTH,
    HEAD,
    HEADER_BYTES,
)


@part_of_kernels
def require_open(base: int) -> None:
    """Another thread of this process may close the ring at any moment, but never inside a kernel."""
    if base == 0:
        raise BufferClosed("the event ring was closed", "attach to the ring again")


@kernel(int64(int64, int64, int64, int64, int64, int64, int64, OBJECT, int64, int64))
def append(
    base: int,
    slot_mask: int,
    kind: int,
    row: int,
    channel_length: int,
    sender_length: int,
    text_length: int,
    data: Any,
    length: int,
    stamp_ns: int,
) -> int:
    """Append one event; `data` is channel, sender and text joined. Returns its sequence number."""
    seq = load_atomic(base + HEAD, "monotonic") + 1  # this process stored it, or adopted it when alone
    slot = base + HEADER_BYTES + (seq & slot_mask) * EVENT_BYTES
    # Pairs with the acquire fence in `read_event`: who copied a byte of this event sees the mark.
    store_atomic(slot + EVENT_SEQ, 0, "monotonic")
    fence("release")
    store_atomic(slot + EVENT_KIND, kind, "monotonic")
    store_atomic(slot + EVENT_ROW, row, "monotonic")
    store_atomic(slot + EVENT_STAMP, stamp_ns, "monotonic")
    store_atomic(slot + EVENT_CHANNEL_LENGTH, channel_length, "monotonic")
    store_atomic(slot + EVENT_SENDER_LENGTH, sender_length, "monotonic")
    store_atomic(slot + EVENT_TEXT_LENGTH, text_length, "monotonic")
    copy(slot + EVENT_TEXT, object_address(data) + BYTES_PAYLOAD, length)
    # Pairs with the reader's first, acquiring look at EVENT_SEQ: who sees it sees all of the event.
    store_atomic(slot + EVENT_SEQ, seq, "release")
    # Pairs with the reader's acquiring load of HEAD: what it announces needs no second try. (For whole events
    # one of these two pairs would do.)
    store_atomic(base + HEAD, seq, "release")
    return seq


@kernel(OBJECT(int64))
def read_event(cursor: int) -> Any:
    """The next event's slot as bytes (the words from EVENT_SEQ on, then the texts), or None when none is new.

    Moves the cursor. When the writer has lapped the reader, the lost events are added to CURSOR_LOST and
    reading goes on half a ring behind the head, so that the reader is not lapped again at once.
    """
    base = read_word(cursor + CURSOR_BASE)
    require_open(base)
    mask = read_word(cursor + CURSOR_SLOT_MASK)
    while True:
        # Pairs with the release store of HEAD in `append`: what it announces is found complete.
        head = load_atomic(base + HEAD, "acquire")
        seq = read_word(cursor + CURSOR_SEQ) + 1
        if seq > head:
            return no_object()
        # The slot of head + 1 may be half written, and it is the slot of head + 1 - slots.
        if seq + mask + 1 > head + 1:
            slot = base + HEADER_BYTES + (seq & mask) * EVENT_BYTES
            if load_atomic(slot + EVENT_SEQ, "acquire") == seq:
                length = load_atomic(slot + EVENT_CHANNEL_LENGTH, "monotonic")
                length += load_atomic(slot + EVENT_SENDER_LENGTH, "monotonic")
                length += max(0, load_atomic(slot + EVENT_TEXT_LENGTH, "monotonic"))
                length = EVENT_TEXT + max(0, min(length, EVENT_TEXT_BYTES_MAX))
                data = allocate_bytes(length)
                copy(object_address(data) + BYTES_PAYLOAD, slot, length)
                # Keeps the copy before the second look; pairs with the release fence in `append`.
                fence("acquire")
                if load_atomic(slot + EVENT_SEQ, "monotonic") == seq:
                    write_word(cursor + CURSOR_SEQ, seq)
                    return data
                drop_object(object_address(data))
        # Lapped: the event is overwritten, or is being overwritten now. Relaxed: the head only counts here.
        head = load_atomic(base + HEAD, "monotonic")
        resume = head - (mask + 1) // 2
        write_word(cursor + CURSOR_LOST, read_word(cursor + CURSOR_LOST) + max(0, resume - seq + 1))
        write_word(cursor + CURSOR_SEQ, max(resume, seq - 1))


@kernel(int64(int64))
def count_blank(base: int) -> int:
    """One writer: a load and a store suffice. Nothing is ordered by it; returns the new count."""
    count = load_atomic(base + BLANKS, "monotonic") + 1
    store_atomic(base + BLANKS, count, "monotonic")
    return count


@kernel(int64(int64))
def events_appended(base: int) -> int:
    """Events less blanks. Nothing is read through it; while a ring is overwritten it is near the truth."""
    require_open(base)
    return load_atomic(base + HEAD, "monotonic") - load_atomic(base + BLANKS, "monotonic")


@kernel(int64(int64))
def head(base: int) -> int:
    """The sequence number of the newest event, 0 when there was none yet.

    Relaxed: nothing is read through it. Before a sleep, the full fences of the doorbell order it.
    """
    require_open(base)
    return load_atomic(base + HEAD, "monotonic")
