"""All processes of an instance together: started, kept alive and within their limits, ended in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence

from substrate.region.telemetry import ProcessState
from substrate.supervisor.board import ProcessRecord
from substrate.supervisor.managed_process import ManagedProcess

_log = logging.getLogger(__name__)


class Fleet:
    """The processes, in boot order. Driven by the supervisor's thread."""

    def __init__(self, processes: Sequence[ManagedProcess], check_s: float) -> None:
        self._processes = {process.name: process for process in processes}
        self._check_s = min(check_s, *(process.hard_limit_s / 2 for process in processes))

    def __iter__(self) -> Iterator[ManagedProcess]:
        return iter(self._processes.values())

    def __getitem__(self, name: str) -> ManagedProcess:
        return self._processes[name]

    def start(self) -> None:
        for process in self:
            process.start()

    def keep_alive(self) -> list[str]:
        """Reap what died, kill what overran, start again what is due; returns the names that were started."""
        started = []
        for process in self:
            if process.has_ended():
                process.reap()
            overdue_s = process.tick_overdue_s()
            if overdue_s > 0:
                _log.error(
                    "%s: a tick is %.1f s past its limit of %g s; killed",
                    process.name,
                    overdue_s,
                    process.hard_limit_s,
                )
                process.kill()
            is_due = process.restart_at_s is not None and time.monotonic() >= process.restart_at_s
            if is_due and process.restart():
                started.append(process.name)
        return started

    def sentinels(self) -> list[int]:
        """Descriptors that become readable when a process ends."""
        found = (process.sentinel for process in self)
        return [sentinel for sentinel in found if sentinel is not None]

    def next_look_s(self) -> float:
        """Seconds until `keep_alive` is needed, if no process ends before."""
        now_s = time.monotonic()
        restarts = (process.restart_at_s for process in self)
        due_s = [max(0.0, at_s - now_s) for at_s in restarts if at_s is not None]
        return min([self._check_s, *due_s])

    def records(self) -> dict[str, ProcessRecord]:
        """By name, as the board publishes them."""
        return {
            process.name: ProcessRecord(
                process.pid, process.is_ready, process.restarts, process.is_crash_loop, process.last_death
            )
            for process in self
        }

    def failed(self) -> ManagedProcess | None:
        """A process that said itself that it cannot start."""
        return next((process for process in self if process.pulse().state is ProcessState.FAILED), None)

    def end(self, name: str, patience_s: float) -> None:
        """End one process in order, and by force when it takes longer than `patience_s`."""
        process = self._processes[name]
        process.terminate()
        process.end(time.monotonic() + patience_s)

    def end_all(self, patience_s: float) -> None:
        """End all that still run, together."""
        for process in self:
            process.terminate()
        deadline_s = time.monotonic() + patience_s
        for process in self:
            process.end(deadline_s)

    def close(self) -> None:
        for process in self:
            process.telemetry.close()
