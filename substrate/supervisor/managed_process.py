"""One child of the supervisor: started, watched, reaped, started again."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from typing import Any

import psutil

from substrate.errors import SubstrateError
from substrate.region.telemetry import ProcessState, Pulse, TelemetryReader
from substrate.shm import ShmError
from substrate.supervisor.backoff import Backoff, BackoffSettings
from substrate.supervisor.fork_server import context, start_fork_server

_log = logging.getLogger(__name__)

_UNKNOWN_EXIT = 255
"""What multiprocessing reports when the fork server went away before it could say how a child ended."""

_REAP_S, _LOOK_S = 5.0, 0.005


class CannotStart(SubstrateError):
    """The fork server did not start a process."""


class ManagedProcess:
    """A process and its successors. Used from the supervisor's thread; its properties from any.

    A successor is started only after its predecessor was reaped: it adopts the segments that one wrote.
    """

    def __init__(
        self,
        name: str,
        target: Callable[..., None],
        arguments: tuple[Any, ...],
        telemetry: TelemetryReader,
        hard_limit_s: float,
        backoff: BackoffSettings,
    ) -> None:
        self.name = name
        self.telemetry = telemetry
        self.hard_limit_s = hard_limit_s
        self.restarts = 0
        self.last_death = ""
        """How the last process ended, for people; empty when none has."""
        self.is_serving = False
        """Set by the supervisor when a process said so elsewhere than in its telemetry."""
        self.restart_at_s: float | None = None
        """Monotonic time of the next start; None while a process runs, or none is wanted."""
        self._target = target
        self._arguments = arguments
        self._backoff = Backoff(backoff)
        self._process: ForkServerProcess | None = None
        self._started_ns = 0

    @property
    def pid(self) -> int | None:
        """None while no process runs."""
        process = self._process
        return None if process is None else process.pid

    @property
    def sentinel(self) -> int | None:
        """Readable once the process has ended."""
        process = self._process
        return None if process is None else process.sentinel

    @property
    def is_crash_loop(self) -> bool:
        return self._backoff.is_crash_loop

    @property
    def is_ready(self) -> bool:
        return self.is_serving or self.pulse().state is ProcessState.READY

    def start(self) -> None:
        """Start the process. Raises CannotStart."""
        process = context().Process(target=self._target, args=self._arguments, name=self.name, daemon=True)
        self._started_ns = time.monotonic_ns()
        self.is_serving = False
        try:
            start_fork_server()  # it may have been killed, too
            process.start()
        except (OSError, EOFError) as error:
            raise CannotStart(
                f"{self.name} cannot be started: {error or type(error).__name__}",
                "the fork server ended or could not load; its own error stands in the log",
            ) from error
        self._process = process
        self.restart_at_s = None

    def restart(self) -> bool:
        """Start a successor; False when that failed and will be tried again later."""
        try:
            self.start()
        except CannotStart as error:
            _log.error("%s", error)
            self.restart_at_s = time.monotonic() + self._backoff.delay_s(lived_s=0.0)
            return False
        self.restarts += 1
        _log.warning("%s is back as process %d (restart %d)", self.name, self.pid, self.restarts)
        return True

    def pulse(self) -> Pulse:
        """What the running process says of itself; STARTING until this very process has said something."""
        pulse = self.telemetry.pulse()
        return pulse if pulse.since_ns >= self._started_ns else Pulse(since_ns=self._started_ns)

    def tick_overdue_s(self) -> float:
        """By how much the running tick is past its hard limit, in seconds; negative when it is not."""
        running_s = self.telemetry.tick_running_s()
        if running_s is None or self.pid is None or self.telemetry.pulse().since_ns < self._started_ns:
            return -self.hard_limit_s
        return running_s - self.hard_limit_s

    def has_ended(self) -> bool:
        return self._process is not None and not self._process.is_alive()

    def reap(self) -> None:
        """After the end: make sure that nothing of the process runs on, nor seems to; plan the next start."""
        process = self._process
        if process is None:
            return
        self._finish(process, deadline_s=0.0)
        try:
            self.telemetry.end_tick()
        except ShmError as error:
            _log.error("the telemetry of %s cannot be brought up to date: %s", self.name, error)
        lived_s = (time.monotonic_ns() - self._started_ns) / 1e9
        self._process = None
        self.last_death = _how_it_ended(process.exitcode)
        process.close()
        delay_s = self._backoff.delay_s(lived_s)
        self.restart_at_s = time.monotonic() + delay_s
        _log.warning("%s %s after %.1f s", self.name, self.last_death, lived_s)
        if self.is_crash_loop:
            _log.error(
                "%s ended %d times in a row soon after its start; next try in %g s. Its errors stand above",
                self.name,
                self._backoff.quick_deaths,
                delay_s,
            )

    def terminate(self) -> None:
        """Ask for an orderly end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def end(self, deadline_s: float) -> bool:
        """Wait until monotonic `deadline_s` for the end, then kill; False when it had to be killed."""
        self.restart_at_s = None
        process = self._process
        if process is None:
            return True
        in_order = self._finish(process, deadline_s)
        self._process = None
        process.close()
        return in_order

    def _finish(self, process: ForkServerProcess, deadline_s: float) -> bool:
        """Wait until monotonic `deadline_s` for a process to be gone, then kill it; False when it was killed.

        Raises CannotStart when it does not even end by force: it could have no successor.
        """
        if _is_gone(process, deadline_s):
            return True
        _log.error("%s, process %d, still runs and is killed", self.name, process.pid)
        self.kill()
        if not _is_gone(process, time.monotonic() + _REAP_S):
            raise CannotStart(
                f"process {process.pid} does not end, not even by force",
                "it hangs in the kernel, most likely on a disk: see the system log",
            )
        return False

    def _send(self, signal_: signal.Signals) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal_)


def _is_gone(process: ForkServerProcess, deadline_s: float) -> bool:
    """Wait until monotonic `deadline_s` for the end of a process; whether it came.

    A readable sentinel alone does not prove it: the fork server holds the other end, and may have died.
    """
    process.join(max(0.0, deadline_s - time.monotonic()))
    if process.exitcode != _UNKNOWN_EXIT or process.pid is None:
        return process.exitcode is not None
    with contextlib.suppress(psutil.NoSuchProcess):
        orphan = psutil.Process(process.pid)
        # A zombie runs no more: whoever adopted it may look after it late.
        while orphan.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() >= deadline_s:
                return False
            time.sleep(_LOOK_S)
    return True


def _how_it_ended(exit_code: int | None) -> str:
    if exit_code is None or exit_code == _UNKNOWN_EXIT:
        return "ended in an unknown way"
    if exit_code >= 0:
        return f"ended with status {exit_code}"
    try:
        return f"was ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was ended by signal {-exit_code}"
