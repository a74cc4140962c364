"""Processes for tests that kill: forked, so that a thousand take seconds, and always reaped."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Forked:
    """A forked child that runs one function and ends without any of pytest's clean-up."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.status: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                function()
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def must_live(self) -> None:
        """Fail when the child ended by itself: whoever waits for what it does would wait for ever."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        assert self.status is None, f"the child ended with status {self.status}"

    def wait(self) -> int:
        """The exit status; the negative signal number when it was killed."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status


@contextmanager
def forked(function: Callable[[], object]) -> Iterator[Forked]:
    """A child that does not outlive the block."""
    child = Forked(function)
    try:
        yield child
    finally:
        child.kill()
