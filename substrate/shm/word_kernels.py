"""Single words of shared memory for set-up, counters and snapshots; not for protocols."""

from __future__ import annotations

from numba import int64

from substrate.shm.atomics import atomic_rmw, kernel, load_atomic, store_atomic


@kernel(int64(int64))
def get_word(address: int) -> int:
    """Pairs with the release store in `put_word`."""
    return load_atomic(address, "acquire")


@kernel(int64(int64, int64))
def put_word(address: int, value: int) -> int:
    """Pairs with the acquire load in `get_word`: who sees the magic sees the header before it."""
    store_atomic(address, value, "release")
    return value


@kernel(int64(int64, int64))
def add_to_word(address: int, value: int) -> int:
    """Add and return the old value."""
    return atomic_rmw("add", address, value, "monotonic")
