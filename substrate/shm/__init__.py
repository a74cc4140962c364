"""Shared memory between the processes of a mind: ready buffers, event rings, doorbells.

Everything here is a cache: the truth is on disk, and any process may die at any instruction. docs/
shared-memory.md explains the protocols; layout.py says where every byte lies, the *_kernels.py files hold the
protocols themselves, and the remaining files give them a Python face. Linux and macOS, one writer per buffer.
"""

from substrate.shm.doorbell import Doorbell, Wake
from substrate.shm.errors import (
    BufferClosed,
    BufferFull,
    InvalidName,
    KeyTooLarge,
    LayoutMismatch,
    NoSharedMemory,
    NotTheWriter,
    RunDirectoryError,
    SegmentDamaged,
    SegmentExists,
    SegmentMissing,
    ShmError,
    ValueTooLarge,
)
from substrate.shm.event_ring import Event, EventRing, EventRingReader
from substrate.shm.ready_buffer import Counters, Key, KeyHandle, ReadyBuffer, Staged
from substrate.shm.run_directory import RunDirectory

__all__ = [
    "BufferClosed",
    "BufferFull",
    "Counters",
    "Doorbell",
    "Event",
    "EventRing",
    "EventRingReader",
    "InvalidName",
    "Key",
    "KeyHandle",
    "KeyTooLarge",
    "LayoutMismatch",
    "NoSharedMemory",
    "NotTheWriter",
    "ReadyBuffer",
    "RunDirectory",
    "RunDirectoryError",
    "SegmentDamaged",
    "SegmentExists",
    "SegmentMissing",
    "ShmError",
    "Staged",
    "ValueTooLarge",
    "Wake",
]
