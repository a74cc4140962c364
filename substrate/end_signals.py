"""The signals that ask the program to end: Ctrl-C, a service manager, a terminal that was closed.

An interface takes them over once its event loop runs. Until then the program imports, takes the home, starts
the fork server; Python's own answer to a signal would end it in the middle of that, with processes left to
themselves. So they are noted from the first step on, and delivered again when an interface listens. While the
last processes are ended they are noted, too: who presses Ctrl-C twice gets the same order, not less of it.
"""

from __future__ import annotations

import os
import signal

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class EndSignals:
    """Those that came while no interface listened. Made and told to `note` on the main thread."""

    def __init__(self) -> None:
        self._noted: list[int] = []

    def note(self) -> None:
        """From now on: keep what comes."""
        for number in END_SIGNALS:
            signal.signal(number, self._keep)

    def deliver(self) -> None:
        """Send this process again what came meanwhile: an interface listens now. From any thread."""
        noted, self._noted = self._noted, []
        for number in noted:
            os.kill(os.getpid(), number)

    def _keep(self, number: int, *_: object) -> None:
        self._noted.append(number)
