"""Where every byte of a segment lies. This table is the only place that knows.

All words are 64-bit little-endian integers at offsets that are multiples of 8, so that one load or store of
a word is a single atomic access. `LINE` is two 64-byte cache lines: Apple's cores have 128-byte lines and
Intel's fetch lines in pairs, so what different processes write lies at least that far apart.

Header of every segment (offsets from its start)
    line 0, written once by the creator, but for the epoch
        MAGIC            the kind of segment, stored last: a segment without it was never finished
        LAYOUT           LAYOUT_VERSION
        SEGMENT_BYTES    what the creator asked for; the file may be longer (macOS rounds to pages)
        EPOCH            raised by each writer that adopts the segment
        GEOMETRY         three words: the sizes that `create` was given
    line 1, written by the one writer
        PUBLISHED        buffer: values published
        LONGEST_PROBE    buffer: the longest distance between an entry and its home, ever
        HEAD             ring: sequence number of the newest event
        STATE            doorbell: even while the sleeper is awake, odd while it sleeps
        BLANKS           ring: how many of its events were appended only to overwrite others
    line 2, written by counting readers
        HITS, MISSES, CONSUMED, CONTENDED

Ready buffer: header | directory: entry * 2**n | cells: cell * keys
    entry   GENERATION (odd when live), HASH, KEY_LENGTH, CELL (its number), then the key's bytes
    cell    line 0, writer: CELL_HEAD (newest version)       line 1, readers: CELL_CONSUMED
            then `versions` slots: SLOT_SEQ, SLOT_LENGTH, SLOT_STAMP, payload

Event ring: header | slot * slots
    slot    EVENT_SEQ, kind, row id, stamp, channel length, sender length, text length (-1: not carried),
            then the bytes of channel, sender and text
"""

from typing import Final

LAYOUT_VERSION: Final = 2
WORD: Final = 8
LINE: Final = 128

# Kinds of segments: eight ASCII characters each, read as one word.
BUFFER_MAGIC: Final = int.from_bytes(b"psub-buf", "little")
RING_MAGIC: Final = int.from_bytes(b"psub-rng", "little")
BELL_MAGIC: Final = int.from_bytes(b"psub-bel", "little")

# Header, line 0.
MAGIC: Final = 0
LAYOUT: Final = 8
SEGMENT_BYTES: Final = 16
EPOCH: Final = 24
GEOMETRY: Final = 32
GEOMETRY_WORDS: Final = 3
# Header, line 1: the writer's.
PUBLISHED: Final = LINE
LONGEST_PROBE: Final = LINE + 8
HEAD: Final = LINE + 16
STATE: Final = LINE + 24
BLANKS: Final = LINE + 32
# Header, line 2: the counting readers'.
HITS: Final = 2 * LINE
MISSES: Final = 2 * LINE + 8
CONSUMED: Final = 2 * LINE + 16
CONTENDED: Final = 2 * LINE + 24
HEADER_BYTES: Final = 3 * LINE

# Directory entry of a ready buffer.
GENERATION: Final = 0
HASH: Final = 8
KEY_LENGTH: Final = 16
CELL: Final = 24
KEY: Final = 32
ENTRY_BYTES: Final = 2 * LINE
KEY_BYTES_MAX: Final = ENTRY_BYTES - KEY

# Cell of a ready buffer: the versions of one key's value.
CELL_HEAD: Final = 0
CELL_CONSUMED: Final = LINE
CELL_SLOTS: Final = 2 * LINE
SLOT_SEQ: Final = 0
SLOT_LENGTH: Final = 8
SLOT_STAMP: Final = 16
SLOT_PAYLOAD: Final = 32

# Slot of an event ring.
EVENT_SEQ: Final = 0
EVENT_KIND: Final = 8
EVENT_ROW: Final = 16
EVENT_STAMP: Final = 24
EVENT_CHANNEL_LENGTH: Final = 32
EVENT_SENDER_LENGTH: Final = 40
EVENT_TEXT_LENGTH: Final = 48
EVENT_TEXT: Final = 64
EVENT_BYTES: Final = 1024
EVENT_TEXT_BYTES_MAX: Final = EVENT_BYTES - EVENT_TEXT

# Private memory of one process, in the same words: what a kernel needs to know of an attached buffer, of a
# resolved key and of a ring's reader. Passing one address costs less than unboxing seven integers.
VIEW_BASE: Final = 0  # address of the segment, 0 once closed
VIEW_DIRECTORY: Final = 8
VIEW_ENTRY_MASK: Final = 16
VIEW_CELLS: Final = 24
VIEW_CELL_BYTES: Final = 32
VIEW_SLOT_BYTES: Final = 40
VIEW_SLOT_MASK: Final = 48
VIEW_VALUE_BYTES: Final = 56
VIEW_WORDS: Final = 8

HANDLE_VIEW: Final = 0  # address of the buffer's view
HANDLE_COUNTS: Final = 8  # 1 when the reads of this handle teach the governor
HANDLE_HASH: Final = 16
HANDLE_KEY: Final = 24  # address of the key's bytes
HANDLE_KEY_LENGTH: Final = 32
HANDLE_ENTRY: Final = 40  # address of the entry, 0 until resolved
HANDLE_GENERATION: Final = 48
HANDLE_CELL: Final = 56  # address of the cell
HANDLE_KEPT: Final = 64  # the last complete bytes object, 0 for none (a strong reference)
HANDLE_KEPT_ENTRY: Final = 72
HANDLE_KEPT_GENERATION: Final = 80
HANDLE_DECODED_VERSION: Final = 88  # version of the decoded value that Python holds, 0 for none
HANDLE_DECODED_ENTRY: Final = 96
HANDLE_DECODED_GENERATION: Final = 104
HANDLE_WORDS: Final = 14

CURSOR_BASE: Final = 0  # address of the segment, 0 once closed
CURSOR_SLOT_MASK: Final = 8
CURSOR_SEQ: Final = 16  # the last event read
CURSOR_LOST: Final = 24  # events that were overwritten before they were read
CURSOR_WORDS: Final = 4


def round_up(size_bytes: int, multiple: int) -> int:
    """The smallest multiple that holds `size_bytes`."""
    return -(-size_bytes // multiple) * multiple


def directory_entries(keys: int) -> int:
    """Entries of the directory: a power of two, at most half of them live, so that probes stay short."""
    return 1 << (2 * keys - 1).bit_length()


def slot_bytes(value_bytes: int) -> int:
    return round_up(SLOT_PAYLOAD + value_bytes, LINE)


def cell_bytes(value_bytes: int, versions: int) -> int:
    return CELL_SLOTS + versions * slot_bytes(value_bytes)


def buffer_bytes(keys: int, value_bytes: int, versions: int) -> int:
    """Size of a ready buffer's segment."""
    return HEADER_BYTES + directory_entries(keys) * ENTRY_BYTES + keys * cell_bytes(value_bytes, versions)


def ring_bytes(slots: int) -> int:
    """Size of an event ring's segment."""
    return HEADER_BYTES + slots * EVENT_BYTES
