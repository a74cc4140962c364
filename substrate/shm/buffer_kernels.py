"""The ready buffer's protocol: one writer, any number of readers, several slots per key.

Three words say what is readable, from the outside in:

    entry.GENERATION   odd: the entry belongs to the key whose bytes it holds
    cell.CELL_HEAD     the newest version v of that key's value, in slot v modulo the number of slots
    slot.SLOT_SEQ      v: the slot holds version v, whole; 0: it is being written

A reader walks inwards, copies, and walks out again: only if the slot still holds v and the entry is still of
the same generation was the copy whole and of this key. The writer moves in the other direction: it marks the
slot, fills it, marks it complete, and only then points the head at it. It never fills the slot that the head
points at, so it can die between any two instructions and the last complete value stays readable.

Versions of a cell only grow, whichever key uses it; generations of an entry likewise. So no value of a word
ever comes back, and a check that sees the same value twice has seen the same state.
"""

from __future__ import annotations

from typing import Any

from numba import int64

from substrate.shm.atomics import (
    BYTES_PAYLOAD,
    OBJECT,
    allocate_bytes,
    atomic_rmw,
    copy,
    drop_object,
    fence,
    kernel,
    load_atomic,
    no_object,
    object_address,
    object_at,
    part_of_kernels,
    read_byte,
    read_word,
    store_atomic,
    tuple_of,
    write_word,
)
from substrate.shm.errors import BufferClosed
from substrate.shm.layout import (
    CELL,
    CELL_CONSUMED,
    CELL_HEAD,
    CELL_SLOTS,
    CONSUMED,
    CONTENDED,
    ENTRY_BYTES,
    GENERATION,
    HANDLE_CELL,
    HANDLE_COUNTS,
    HANDLE_DECODED_ENTRY,
    HANDLE_DECODED_GENERATION,
    HANDLE_DECODED_VERSION,
    HANDLE_ENTRY,
    HANDLE_GENERATION,
    HANDLE_HASH,
    HANDLE_KEPT,
    HANDLE_KEPT_ENTRY,
    HANDLE_KEPT_GENERATION,
    HANDLE_KEY,
    HANDLE_KEY_LENGTH,
    HANDLE_VIEW,
    HASH,
    HITS,
    KEY,
    KEY_BYTES_MAX,
    KEY_LENGTH,
    LONGEST_PROBE,
    MISSES,
    PUBLISHED,
    SLOT_LENGTH,
    SLOT_PAYLOAD,
    SLOT_SEQ,
    SLOT_STAMP,
    VIEW_BASE,
    VIEW_CELL_BYTES,
    VIEW_CELLS,
    VIEW_DIRECTORY,
    VIEW_ENTRY_MASK,
    VIEW_SLOT_BYTES,
    VIEW_SLOT_MASK,
    VIEW_VALUE_BYTES,
)

TRIES = 8
"""A reader that was lapped this many times in a row gives its last complete value instead."""

DECODABLE = tuple_of(OBJECT, int64, int64, int64, int64)

MISSING, UNCHANGED, CHANGED = 0, 1, 2
"""What `compare_decoded` finds."""


# Writing


@part_of_kernels
def write_slot(view: int, cell: int, source: int, length: int, stamp_ns: int) -> int:
    """Fill the slot of the next version and point the head at it."""
    head = load_atomic(cell + CELL_HEAD, "monotonic")  # this process stored it, or adopted it when alone
    version = head + 1
    slot = (
        cell + CELL_SLOTS + (version & read_word(view + VIEW_SLOT_MASK)) * read_word(view + VIEW_SLOT_BYTES)
    )
    # The mark must be seen before any byte that follows it: the fence pairs with the reader's acquire fence
    # between its copy and its second look at SLOT_SEQ. Without it a lapped reader may accept a mixture.
    store_atomic(slot + SLOT_SEQ, 0, "monotonic")
    fence("release")
    store_atomic(slot + SLOT_LENGTH, length, "monotonic")
    store_atomic(slot + SLOT_STAMP, stamp_ns, "monotonic")
    copy(slot + SLOT_PAYLOAD, source, length)
    # Pairs with the reader's first, acquiring look at SLOT_SEQ: who sees v there sees all of v.
    store_atomic(slot + SLOT_SEQ, version, "release")
    # Pairs with the reader's acquiring load of CELL_HEAD: who is pointed at the slot finds it complete, and
    # needs no second try. (For whole values one of these two pairs would do.)
    store_atomic(cell + CELL_HEAD, version, "release")
    return version


@part_of_kernels
def count_published(view: int) -> None:
    """One writer: a load and a store suffice. Nothing is ordered by it: a snapshot may show fewer published
    than consumed."""
    counter = read_word(view + VIEW_BASE) + PUBLISHED
    store_atomic(counter, load_atomic(counter, "monotonic") + 1, "monotonic")


@kernel(int64(int64, int64, OBJECT, int64, int64))
def publish(view: int, entry: int, data: Any, length: int, stamp_ns: int) -> int:
    """A new version of a live entry's value; returns the version."""
    number = load_atomic(entry + CELL, "monotonic")
    cell = read_word(view + VIEW_CELLS) + number * read_word(view + VIEW_CELL_BYTES)
    count_published(view)
    return write_slot(view, cell, object_address(data) + BYTES_PAYLOAD, length, stamp_ns)


@kernel(int64(int64, int64, int64, int64, OBJECT, int64, OBJECT, int64, int64))
def insert(
    view: int,
    entry: int,
    hash_: int,
    number: int,
    key: Any,
    key_length: int,
    data: Any,
    length: int,
    stamp_ns: int,
) -> int:
    """Give a free entry and a free cell to a new key and its first value; returns the version.

    The entry's generation is even throughout, so no reader takes what stands in it, until the last store.
    """
    store_atomic(entry + HASH, hash_, "monotonic")
    store_atomic(entry + KEY_LENGTH, key_length, "monotonic")
    store_atomic(entry + CELL, number, "monotonic")
    copy(entry + KEY, object_address(key) + BYTES_PAYLOAD, key_length)
    cell = read_word(view + VIEW_CELLS) + number * read_word(view + VIEW_CELL_BYTES)
    count_published(view)
    version = write_slot(view, cell, object_address(data) + BYTES_PAYLOAD, length, stamp_ns)
    # Pairs with the acquiring loads of GENERATION in `resolve` and `copy_key`: who sees it odd sees the key,
    # the cell's number and the first value.
    generation = load_atomic(entry + GENERATION, "monotonic")
    store_atomic(entry + GENERATION, generation + 1, "release")
    return version


@kernel(int64(int64, int64, OBJECT, int64, int64))
def blank(view: int, number: int, data: Any, length: int, stamp_ns: int) -> int:
    """A new version in a cell that no live entry has; returns the version. It is no result, so not counted.

    Like the first value of a new key, as far as readers can tell: who still copies what the cell held before
    finds the generation of its entry changed.
    """
    cell = read_word(view + VIEW_CELLS) + number * read_word(view + VIEW_CELL_BYTES)
    return write_slot(view, cell, object_address(data) + BYTES_PAYLOAD, length, stamp_ns)


@kernel(int64(int64))
def evict(entry: int) -> int:
    """Take an entry from its key. What it holds stays until it is reused, but no new read accepts it."""
    generation = load_atomic(entry + GENERATION, "monotonic")
    store_atomic(entry + GENERATION, generation + 1, "monotonic")
    # Orders the store before every later store to this entry and its cell. Pairs with the acquire fence
    # before a reader's second look at GENERATION: who copied a byte of the next key sees the change.
    fence("release")
    return generation + 1


@kernel(int64(int64, int64, int64))
def claim_entry(view: int, hash_: int, home_limit: int) -> int:
    """The first entry of the key's probe chain that is not live, or 0 when the chain has none.

    Raises LONGEST_PROBE before the key can be found there, so that readers look far enough. Dead entries
    are used again and nothing is ever pushed aside: eviction leaves no trace that could fill the table up.
    """
    directory = read_word(view + VIEW_DIRECTORY)
    mask = read_word(view + VIEW_ENTRY_MASK)
    for distance in range(home_limit):
        entry = directory + ((hash_ + distance) & mask) * ENTRY_BYTES
        if load_atomic(entry + GENERATION, "monotonic") & 1 == 0:
            longest = read_word(view + VIEW_BASE) + LONGEST_PROBE
            if distance > load_atomic(longest, "monotonic"):
                # Ordered before the key appears by the release store of GENERATION in `insert`.
                store_atomic(longest, distance, "monotonic")
            return entry
    return 0


@kernel(int64(int64, int64, int64))
def next_older_than(view: int, position: int, stamp_ns: int) -> int:
    """The first live entry at or after `position` whose value was stamped before `stamp_ns`, or -1."""
    mask = read_word(view + VIEW_ENTRY_MASK)
    while position <= mask:
        entry = read_word(view + VIEW_DIRECTORY) + position * ENTRY_BYTES
        if load_atomic(entry + GENERATION, "monotonic") & 1:
            number = load_atomic(entry + CELL, "monotonic")
            cell = read_word(view + VIEW_CELLS) + number * read_word(view + VIEW_CELL_BYTES)
            head = load_atomic(cell + CELL_HEAD, "monotonic")
            slot = cell + CELL_SLOTS
            slot += (head & read_word(view + VIEW_SLOT_MASK)) * read_word(view + VIEW_SLOT_BYTES)
            if load_atomic(slot + SLOT_STAMP, "monotonic") < stamp_ns:
                return position
        position += 1
    return -1


# Finding


@part_of_kernels
def same_key(entry: int, key: int, length: int) -> bool:
    if load_atomic(entry + KEY_LENGTH, "monotonic") != length:
        return False
    position = 0
    while position < length and read_byte(entry + KEY + position) == read_byte(key + position):
        position += 1
    return position == length


@part_of_kernels
def resolve(handle: int) -> bool:
    """Find the live entry of the handle's key and note entry, generation and cell in the handle.

    The key is compared between two looks at the generation, which pair with the stores in `insert` and
    `evict`: half of a key that is being written is never taken for a whole one.
    """
    view = read_word(handle + HANDLE_VIEW)
    directory = read_word(view + VIEW_DIRECTORY)
    mask = read_word(view + VIEW_ENTRY_MASK)
    hash_ = read_word(handle + HANDLE_HASH)
    # Relaxed: who knows of a key that lies that far has seen this word raised before it.
    longest = load_atomic(read_word(view + VIEW_BASE) + LONGEST_PROBE, "monotonic")
    distance = 0
    while distance <= longest:
        entry = directory + ((hash_ + distance) & mask) * ENTRY_BYTES
        generation = load_atomic(entry + GENERATION, "acquire")
        if generation & 1 and load_atomic(entry + HASH, "monotonic") == hash_:
            number = load_atomic(entry + CELL, "monotonic")
            same = same_key(entry, read_word(handle + HANDLE_KEY), read_word(handle + HANDLE_KEY_LENGTH))
            fence("acquire")
            if same and load_atomic(entry + GENERATION, "monotonic") == generation:
                cell = read_word(view + VIEW_CELLS) + number * read_word(view + VIEW_CELL_BYTES)
                write_word(handle + HANDLE_ENTRY, entry)
                write_word(handle + HANDLE_GENERATION, generation)
                write_word(handle + HANDLE_CELL, cell)
                return True
        distance += 1
    write_word(handle + HANDLE_ENTRY, 0)
    return False


@part_of_kernels
def locate(handle: int) -> bool:
    """Make the handle point at its key's live entry: at once when it still does, else by looking it up."""
    view = read_word(handle + HANDLE_VIEW)
    if read_word(view + VIEW_BASE) == 0:
        raise BufferClosed("the ready buffer of this handle was closed", "attach to the buffer again")
    entry = read_word(handle + HANDLE_ENTRY)
    # Relaxed: `resolve` has acquired this very generation before.
    if entry != 0 and load_atomic(entry + GENERATION, "monotonic") == read_word(handle + HANDLE_GENERATION):
        return True
    return resolve(handle)


# Counting. Relaxed read-modify-writes: the sums are exact, nothing is ordered by them.


@part_of_kernels
def count_miss(handle: int) -> None:
    if read_word(handle + HANDLE_COUNTS):
        base = read_word(read_word(handle + HANDLE_VIEW) + VIEW_BASE)
        atomic_rmw("add", base + MISSES, 1, "monotonic")


@part_of_kernels
def count_hit(handle: int, version: int) -> None:
    """A version is consumed once, whoever reads it first: the count rises only when the maximum rose."""
    if read_word(handle + HANDLE_COUNTS):
        base = read_word(read_word(handle + HANDLE_VIEW) + VIEW_BASE)
        atomic_rmw("add", base + HITS, 1, "monotonic")
        consumed = read_word(handle + HANDLE_CELL) + CELL_CONSUMED
        if load_atomic(consumed, "monotonic") < version and (
            atomic_rmw("max", consumed, version, "monotonic") < version
        ):
            atomic_rmw("add", base + CONSUMED, 1, "monotonic")


@part_of_kernels
def count_contended(handle: int) -> None:
    if read_word(handle + HANDLE_COUNTS):
        base = read_word(read_word(handle + HANDLE_VIEW) + VIEW_BASE)
        atomic_rmw("add", base + CONTENDED, 1, "monotonic")


# Reading


@part_of_kernels
def slot_of(handle: int, version: int) -> int:
    view = read_word(handle + HANDLE_VIEW)
    position = version & read_word(view + VIEW_SLOT_MASK)
    return read_word(handle + HANDLE_CELL) + CELL_SLOTS + position * read_word(view + VIEW_SLOT_BYTES)


@part_of_kernels
def payload_length(handle: int, slot: int) -> int:
    """The slot's length, clamped: until the second check it may be the length of another version."""
    length = load_atomic(slot + SLOT_LENGTH, "monotonic")
    return max(0, min(length, read_word(read_word(handle + HANDLE_VIEW) + VIEW_VALUE_BYTES)))


@part_of_kernels
def same_generation(handle: int) -> bool:
    """The second look at the entry: did all that was read before belong to the handle's key?

    The fence keeps the reads before the look; it pairs with the writer's release fences behind the mark of a
    slot and behind an eviction.
    """
    fence("acquire")
    generation = load_atomic(read_word(handle + HANDLE_ENTRY) + GENERATION, "monotonic")
    return generation == read_word(handle + HANDLE_GENERATION)


@part_of_kernels
def still_holds(handle: int, slot: int, version: int) -> bool:
    """The second look at entry and slot: was the copy whole, of this version and of this key?"""
    return same_generation(handle) and load_atomic(slot + SLOT_SEQ, "monotonic") == version


@part_of_kernels
def keep(handle: int, address: int) -> None:
    previous = read_word(handle + HANDLE_KEPT)
    write_word(handle + HANDLE_KEPT, object_address(object_at(address)))
    write_word(handle + HANDLE_KEPT_ENTRY, read_word(handle + HANDLE_ENTRY))
    write_word(handle + HANDLE_KEPT_GENERATION, read_word(handle + HANDLE_GENERATION))
    if previous != 0:
        drop_object(previous)


@part_of_kernels
def kept(handle: int) -> Any:
    """The last complete value that this handle gave, if it was of the entry's present generation."""
    if (
        read_word(handle + HANDLE_KEPT) != 0
        and read_word(handle + HANDLE_KEPT_ENTRY) == read_word(handle + HANDLE_ENTRY)
        and read_word(handle + HANDLE_KEPT_GENERATION) == read_word(handle + HANDLE_GENERATION)
    ):
        return object_at(read_word(handle + HANDLE_KEPT))
    return no_object()


@kernel(OBJECT(int64))
def peek_bytes(handle: int) -> Any:
    """The newest value as bytes, or None. Copied once, straight into the bytes object that is returned.

    The object is also kept in the handle, for the reader that is lapped TRIES times in a row.
    """
    for _ in range(TRIES):
        if not locate(handle):
            count_miss(handle)
            return no_object()
        version = load_atomic(read_word(handle + HANDLE_CELL) + CELL_HEAD, "acquire")
        slot = slot_of(handle, version)
        if load_atomic(slot + SLOT_SEQ, "acquire") != version:
            continue
        length = payload_length(handle, slot)
        data = allocate_bytes(length)
        copy(object_address(data) + BYTES_PAYLOAD, slot + SLOT_PAYLOAD, length)
        if still_holds(handle, slot, version):
            count_hit(handle, version)
            keep(handle, object_address(data))
            return data
        drop_object(object_address(data))
    count_contended(handle)
    return kept(handle)


@kernel(int64(int64))
def forget_kept(handle: int) -> int:
    """Give up the object kept by `peek_bytes`; called once, when the handle dies."""
    previous = read_word(handle + HANDLE_KEPT)
    write_word(handle + HANDLE_KEPT, 0)
    if previous != 0:
        drop_object(previous)
    return 0


@kernel(int64(int64))
def compare_decoded(handle: int) -> int:
    """Is the value that Python holds decoded still the newest? Counts, unless the answer is CHANGED."""
    if not locate(handle):
        count_miss(handle)
        return MISSING
    # Relaxed: nothing is read through it. An old head means an old value that was whole when it was decoded.
    version = load_atomic(read_word(handle + HANDLE_CELL) + CELL_HEAD, "monotonic")
    if (
        version == read_word(handle + HANDLE_DECODED_VERSION)
        and read_word(handle + HANDLE_ENTRY) == read_word(handle + HANDLE_DECODED_ENTRY)
        and read_word(handle + HANDLE_GENERATION) == read_word(handle + HANDLE_DECODED_GENERATION)
    ):
        count_hit(handle, version)
        return UNCHANGED
    return CHANGED


@kernel(DECODABLE(int64))
def peek_to_decode(handle: int) -> Any:
    """(bytes or None, version, stamp in ns, entry, generation) of the newest value.

    None with an entry of 0 is a miss; None with an entry says that the reader was lapped TRIES times.
    """
    for _ in range(TRIES):
        if not locate(handle):
            count_miss(handle)
            return no_object(), 0, 0, 0, 0
        version = load_atomic(read_word(handle + HANDLE_CELL) + CELL_HEAD, "acquire")
        slot = slot_of(handle, version)
        if load_atomic(slot + SLOT_SEQ, "acquire") != version:
            continue
        length = payload_length(handle, slot)
        stamp_ns = load_atomic(slot + SLOT_STAMP, "monotonic")
        data = allocate_bytes(length)
        copy(object_address(data) + BYTES_PAYLOAD, slot + SLOT_PAYLOAD, length)
        if still_holds(handle, slot, version):
            count_hit(handle, version)
            entry, generation = read_word(handle + HANDLE_ENTRY), read_word(handle + HANDLE_GENERATION)
            return data, version, stamp_ns, entry, generation
        drop_object(object_address(data))
    count_contended(handle)
    return no_object(), 0, 0, read_word(handle + HANDLE_ENTRY), read_word(handle + HANDLE_GENERATION)


@kernel(int64(int64))
def newest_version(handle: int) -> int:
    """The newest version of the handle's key, 0 when it has none; counts nothing."""
    for _ in range(TRIES):
        if not locate(handle):
            return 0
        version = load_atomic(read_word(handle + HANDLE_CELL) + CELL_HEAD, "monotonic")
        if same_generation(handle):
            return version
    return 0


@kernel(int64(int64, int64))
def next_live(view: int, position: int) -> int:
    """The first live entry at or after `position`, or -1."""
    mask = read_word(view + VIEW_ENTRY_MASK)
    while position <= mask:
        entry = read_word(view + VIEW_DIRECTORY) + position * ENTRY_BYTES
        if load_atomic(entry + GENERATION, "monotonic") & 1:
            return position
        position += 1
    return -1


@kernel(int64(int64))
def count_live(view: int) -> int:
    """How many keys are live. Counted, not kept: a kept number would be wrong after a crash."""
    live = 0
    for position in range(read_word(view + VIEW_ENTRY_MASK) + 1):
        entry = read_word(view + VIEW_DIRECTORY) + position * ENTRY_BYTES
        live += load_atomic(entry + GENERATION, "monotonic") & 1
    return live


@kernel(OBJECT(int64, int64))
def copy_key(view: int, position: int) -> Any:
    """The key's bytes of the entry at `position`, or None when it is not live."""
    entry = read_word(view + VIEW_DIRECTORY) + position * ENTRY_BYTES
    generation = load_atomic(entry + GENERATION, "acquire")
    if generation & 1 == 0:
        return no_object()
    length = max(0, min(load_atomic(entry + KEY_LENGTH, "monotonic"), KEY_BYTES_MAX))
    data = allocate_bytes(length)
    copy(object_address(data) + BYTES_PAYLOAD, entry + KEY, length)
    fence("acquire")
    if load_atomic(entry + GENERATION, "monotonic") != generation:
        drop_object(object_address(data))
        return no_object()
    return data


@kernel(int64(int64, int64))
def cell_number(view: int, position: int) -> int:
    """The number of the cell of the entry at `position`; for a writer that adopts the buffer."""
    return load_atomic(read_word(view + VIEW_DIRECTORY) + position * ENTRY_BYTES + CELL, "monotonic")
