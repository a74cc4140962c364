"""The fork server from which every process of an instance is forked.

Started before the main process imports anything heavy, it loads numba and the shared-memory kernels on
another core at the same time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

PRELOAD = "substrate.supervisor.preload"

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Importing numpy alone starts a thread pool otherwise, and a process with threads must not fork."""


def context() -> ForkServerContext:
    """The multiprocessing context of all children."""
    return multiprocessing.get_context("forkserver")


def start_fork_server() -> None:
    """Start it unless it runs; returns at once, while it is still loading."""
    context().set_forkserver_preload([PRELOAD])
    with _environment(_ONE_THREAD):
        forkserver.ensure_running()


def stop_fork_server() -> None:
    """End it and its resource tracker: no process outlives the instance. All children ended before."""
    # The standard library has no public way. Without this both end a moment after the main process.
    forkserver._forkserver._stop()  # type: ignore[attr-defined] # see above
    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined] # see above


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
