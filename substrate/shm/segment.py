"""A named block of shared memory: made whole or not at all, and removed only on request.

The blocks are those of `multiprocessing.shared_memory`, opened through the same two calls of the standard
library but without its class: before Python 3.13 that class tells the resource tracker, which unlinks the
segment as soon as any process that once attached ends. Here a segment lives until `unlink`, and what a killed
instance leaves behind is swept by its run directory.

A new segment is allocated, not merely sized: growing a file on a full tmpfs succeeds, and the first write is
then a SIGBUS. Where the system cannot allocate ahead (macOS), there is no such file system either.
"""

from __future__ import annotations

import _posixshmem  # type: ignore[import-not-found]  # the standard library's, without a stub
import ctypes
import mmap
import os
import re

from substrate.shm.atomics import entry_point
from substrate.shm.errors import (
    InvalidName,
    LayoutMismatch,
    NoSharedMemory,
    SegmentDamaged,
    SegmentExists,
    SegmentMissing,
)
from substrate.shm.layout import (
    EPOCH,
    GEOMETRY,
    GEOMETRY_WORDS,
    HEADER_BYTES,
    LAYOUT,
    LAYOUT_VERSION,
    MAGIC,
    SEGMENT_BYTES,
    WORD,
)
from substrate.shm.word_kernels import add_to_word, get_word, put_word

NAME_CHARACTERS_MAX = 30
"""macOS allows 31 with the leading slash."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")

load_word = entry_point(get_word)
store_word = entry_point(put_word)
add_word = entry_point(add_to_word)


class Segment:
    """One mapped segment. `address` is 0 once closed; pass it to kernels, never keep it elsewhere."""

    __slots__ = ("_map", "address", "name", "size_bytes")

    def __init__(self, name: str, mapping: mmap.mmap) -> None:
        self.name = name
        self.size_bytes = len(mapping)
        self._map = mapping
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(mapping))

    @classmethod
    def create(cls, name: str, magic: int, size_bytes: int, geometry: tuple[int, ...]) -> Segment:
        """Make, allocate and zero a segment of `size_bytes`, readable by this user only.

        Raises SegmentExists, InvalidName, or NoSharedMemory, and then leaves nothing behind.
        """
        _check_name(name)
        try:
            descriptor = _posixshmem.shm_open(f"/{name}", os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
        except FileExistsError as error:
            raise SegmentExists(
                f"shared-memory segment {name} exists already",
                "an instance runs under this name, or was killed: RunDirectory.sweep removes what it left",
            ) from error
        try:
            segment = cls(name, _allocated(name, descriptor, size_bytes))
        except BaseException:
            _posixshmem.shm_unlink(f"/{name}")
            raise
        finally:
            os.close(descriptor)
        store_word(segment.address + LAYOUT, LAYOUT_VERSION)
        store_word(segment.address + SEGMENT_BYTES, size_bytes)
        for index, number in enumerate(geometry):
            store_word(segment.address + GEOMETRY + index * WORD, number)
        store_word(segment.address + MAGIC, magic)  # last: who finds it finds a finished header
        return segment

    @classmethod
    def attach(cls, name: str, magic: int) -> Segment:
        """Map an existing segment and check its header.

        Raises SegmentMissing, SegmentDamaged (foreign, truncated or unfinished) or LayoutMismatch.
        """
        _check_name(name)
        try:
            descriptor = _posixshmem.shm_open(f"/{name}", os.O_RDWR, mode=0o600)
        except FileNotFoundError as error:
            raise SegmentMissing(
                f"there is no shared-memory segment {name}",
                "its creator has not started yet, or has shut down and removed it",
            ) from error
        except PermissionError as error:
            raise SegmentDamaged(
                f"shared-memory segment {name} belongs to another user", "run as the user who started it"
            ) from error
        try:
            found_bytes = os.fstat(descriptor).st_size
            if found_bytes < HEADER_BYTES:
                raise SegmentDamaged(
                    f"segment {name} is truncated: {found_bytes} bytes, its header alone has {HEADER_BYTES}",
                    "restart the instance that made it",
                )
            segment = cls(name, mmap.mmap(descriptor, found_bytes))
        finally:
            os.close(descriptor)
        try:
            segment._check_header(magic)
        except BaseException:
            segment.close()
            raise
        return segment

    def _check_header(self, magic: int) -> None:
        found_magic = load_word(self.address + MAGIC)
        if found_magic != magic:
            raise SegmentDamaged(
                f"segment {self.name} holds {_magic_text(found_magic)}, not {_magic_text(magic)}",
                "check the name; it may be of another kind, of another program, or not finished yet",
            )
        found_layout = load_word(self.address + LAYOUT)
        if found_layout != LAYOUT_VERSION:
            raise LayoutMismatch(
                f"segment {self.name} has layout version {found_layout}, this release has {LAYOUT_VERSION}",
                "stop the instance that made it, and start both sides from the same release",
            )
        expected_bytes = load_word(self.address + SEGMENT_BYTES)
        if not HEADER_BYTES <= expected_bytes <= self.size_bytes:
            raise SegmentDamaged(
                f"segment {self.name} is truncated: it has {self.size_bytes} bytes of {expected_bytes}",
                "restart the instance that made it",
            )

    def geometry(self) -> tuple[int, ...]:
        """The sizes that the creator gave."""
        return tuple(load_word(self.address + GEOMETRY + index * WORD) for index in range(GEOMETRY_WORDS))

    def require_size(self, size_bytes: int) -> None:
        """Raise SegmentDamaged unless the geometry adds up to the size that the header states."""
        stated_bytes = load_word(self.address + SEGMENT_BYTES)
        if size_bytes != stated_bytes:
            raise SegmentDamaged(
                f"segment {self.name} contradicts itself: sizes {self.geometry()} need {size_bytes} bytes, "
                f"its header says {stated_bytes}",
                "restart the instance that made it",
            )

    def raise_epoch(self) -> int:
        """Note that a new writer took over; returns the new epoch."""
        return add_word(self.address + EPOCH, 1) + 1

    def close(self) -> None:
        """Unmap. The segment itself stays. Idempotent; no kernel may be given the address afterwards."""
        self.address = 0
        self._map.close()

    def unlink(self) -> None:
        """Remove the name; the memory goes when the last process unmaps it. Idempotent."""
        unlink_segment(self.name)


def _allocated(name: str, descriptor: int, size_bytes: int) -> mmap.mmap:
    """The memory behind `descriptor`, `size_bytes` of it. Raises NoSharedMemory."""
    try:
        os.ftruncate(descriptor, size_bytes)
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size_bytes)
        return mmap.mmap(descriptor, size_bytes)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can be that large"
        raise NoSharedMemory(
            f"no room for shared-memory segment {name} of {size_bytes} bytes: {reason}",
            "free space in /dev/shm, enlarge it (docker run --shm-size), or configure smaller buffers",
        ) from error


def unlink_segment(name: str) -> bool:
    """Remove a segment by name; False when there is none."""
    try:
        _posixshmem.shm_unlink(f"/{name}")
    except FileNotFoundError:
        return False
    return True


def _check_name(name: str) -> None:
    if len(name) > NAME_CHARACTERS_MAX or not _NAME.fullmatch(name):
        raise InvalidName(
            f"{name!r} cannot name a segment",
            f"use 1 to {NAME_CHARACTERS_MAX} letters, digits, dots, dashes and underscores, not {len(name)}",
        )


def _magic_text(magic: int) -> str:
    text = magic.to_bytes(8, "little", signed=True)
    return repr(text.decode("ascii")) if text.isascii() and text.strip(b"\0") else "no known kind of data"
