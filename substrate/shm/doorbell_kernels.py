"""The doorbell's protocol: many ringers, one sleeper, no system call while the sleeper is awake.

STATE counts: even while the sleeper is awake, odd while it sleeps or is about to.

    sleeper                              ringer
    STATE <- odd                         publish something
    full fence                           full fence
    look again for what was published    STATE odd? write a byte to the FIFO,
    sleep until a byte or a timeout                 then STATE odd -> even

Either the sleeper's look sees what was published, or the ringer sees the odd state: that needs both full
fences, since acquire and release do not order a store before a later load, not even on x86-64.

The ringer writes the byte before it marks the sleeper awake. The other way round, a ringer killed between the
two would leave a sleeper that everybody takes for awake. As it is, a dying ringer loses its own ring at most;
two ringers may both write a byte, which wakes once. The mark is a compare-and-exchange on the very count that
was seen, so that a slow ringer does not mark a later sleep.
"""

from __future__ import annotations

from numba import int64

from substrate.shm.atomics import (
    compare_exchange,
    fence,
    kernel,
    load_atomic,
    part_of_kernels,
    store_atomic,
)
from substrate.shm.errors import BufferClosed
from substrate.shm.layout import STATE


@part_of_kernels
def require_open(base: int) -> None:
    """In every kernel: another thread of this process may close the bell between any two of their calls."""
    if base == 0:
        raise BufferClosed("the doorbell was closed", "attach to the doorbell again")


@kernel(int64(int64))
def fall_asleep(base: int) -> int:
    """Announce the sleep. What follows must look again for events before it really sleeps.

    The state is always a new odd number, also when no ringer has marked the end of the last sleep yet: its
    late mark then fails.
    """
    require_open(base)
    state = (load_atomic(base + STATE, "monotonic") + 1) | 1
    store_atomic(base + STATE, state, "monotonic")
    # Pairs with the fence in `sleeping_since`: of two such store-fence-load sides one sees the other's store.
    fence("seq_cst")
    return state


@kernel(int64(int64))
def wake_up(base: int) -> int:
    """Mark the sleeper awake when no ringer does: after a timeout, or when there was no need to sleep.

    A ringer may be doing it at the same time: it stores the same number.
    """
    require_open(base)
    state = load_atomic(base + STATE, "monotonic")
    state += state & 1
    store_atomic(base + STATE, state, "monotonic")
    return state


@kernel(int64(int64))
def sleeping_since(base: int) -> int:
    """The odd state when the sleeper sleeps, else 0. Called after publishing."""
    require_open(base)
    # Pairs with the fence in `fall_asleep`.
    fence("seq_cst")
    state = load_atomic(base + STATE, "monotonic")
    return state if state & 1 else 0


@kernel(int64(int64, int64))
def mark_woken(base: int, state: int) -> int:
    """Spare other ringers the system call, if the sleeper is still in the sleep that was seen."""
    require_open(base)
    return compare_exchange(base + STATE, state, state + 1, "monotonic")
