"""What the fork server loads once, so that every child starts with it: imported there and nowhere else.

A child forked from here costs a fork and its own memory only; imported in each child, numba alone would cost
a second and 40 MB. What is imported below brings numpy, numba, msgpack, SQLite and the kernels. Never
imported here: torch, llama.cpp, the terminal library.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from pathlib import Path

# Signals of the terminal reach every process of its group. The supervisor answers them, in order; its
# children inherit from here that they do not, from their first instruction on.
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)

# So does SIGTERM, from service managers and from `timeout`. The fork server has to outlive it, since nobody
# else can tell the supervisor how a child ended. Blocked rather than ignored: a child lets it in as soon as
# it is forked, and what was sent to it before that is delivered, not lost.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
os.register_at_fork(after_in_child=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM}))

import substrate.memory  # noqa: E402
import substrate.persona.service  # noqa: E402
import substrate.supervisor.child  # noqa: E402, F401


def thread_count() -> int:
    """Threads of this process, those of C libraries included where the system says so."""
    tasks = Path("/proc/self/task")
    if sys.platform == "linux" and tasks.is_dir():
        return sum(1 for _ in tasks.iterdir())
    return threading.active_count()


# A fork copies one thread. Locks that another one holds at that moment stay locked in the child for ever.
if thread_count() != 1:
    raise RuntimeError(
        f"the fork server has {thread_count()} threads, so it cannot fork safely: "
        "a library that it preloads started one"
    )

# A collector that looked at all this in a child would touch, and so copy, every page of it.
gc.collect()
gc.freeze()
