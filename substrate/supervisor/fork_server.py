"""The fork server from which every process of an instance is forked.

Started before the main process imports anything heavy, it loads numba and the shared-memory kernels on
another core at the same time.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from typing import Any

from substrate.errors import SubstrateError

PRELOAD = "substrate.supervisor.preload"

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Importing numpy alone starts a thread pool otherwise, and a process with threads must not fork."""

_END_S = 5.0
"""How long the fork server, and then the resource tracker, may take to end."""

_log = logging.getLogger(__name__)


def context() -> ForkServerContext:
    """The multiprocessing context of all children."""
    return multiprocessing.get_context("forkserver")


def start_fork_server() -> None:
    """Start it unless it runs; returns at once, while it is still loading.

    Raises SubstrateError where the temporary folder cannot hold its socket.
    """
    context().set_forkserver_preload([PRELOAD])
    try:
        with _environment(_ONE_THREAD):
            forkserver.ensure_running()
    except OSError as error:
        raise SubstrateError(
            f"no process can be started from the temporary folder: {error}",
            "set TMPDIR to a folder with a short path that can be written",
        ) from error


def stop_fork_server() -> None:
    """End it and its resource tracker, by force if need be: no process outlives the instance.

    All children ended before. One that did not would hold the pipe whose end the tracker waits for.
    """
    # The standard library has no public way. Without this both end a moment after the main process.
    server: Any = forkserver._forkserver
    tracker: Any = resource_tracker._resource_tracker
    _end("fork server", server._forkserver_pid, server._stop)
    _end("resource tracker", tracker._pid, tracker._stop)


def _end(name: str, pid: int | None, stop: Callable[[], None]) -> None:
    """`stop` closes the process's pipe and waits for its end, without a bound of its own."""
    waiting = threading.Thread(target=stop, name=f"end of the {name}", daemon=True)
    waiting.start()
    waiting.join(_END_S)
    if waiting.is_alive() and pid is not None:
        _log.error("the %s, process %d, did not end within %g s and is killed", name, pid, _END_S)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        waiting.join(_END_S)


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
