"""Boots an instance, keeps its processes alive, and takes it down in order.

It runs in the main process, in a thread of its own beside the frontend, and drives the governor. It never
imports llama.cpp: a crash in native model code takes the persona service down, which is then started again.
"""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from substrate.instance import GOVERNOR, SERVICE, InstanceSpec
from substrate.region.roles import telemetry_role
from substrate.region.telemetry import TelemetryReader
from substrate.shm import Doorbell, ReadyBuffer, RunDirectory
from substrate.supervisor.backoff import BackoffSettings
from substrate.supervisor.board import Board, InstanceRecord
from substrate.supervisor.child import region_child, service_child
from substrate.supervisor.command_server import COMMANDS_SOCKET, CommandServer
from substrate.supervisor.commands import CommandRouter
from substrate.supervisor.fleet import Fleet
from substrate.supervisor.fork_server import start_fork_server
from substrate.supervisor.governor_port import GovernorFactory, GovernorPort
from substrate.supervisor.home import HomeLock
from substrate.supervisor.instance_view import InstanceView
from substrate.supervisor.managed_process import ManagedProcess
from substrate.supervisor.milestones import InstanceFailed, Milestones
from substrate.supervisor.segments import SUPERVISOR_SPEC, create_segments
from substrate.supervisor.watch import Watch

SERVICE_ENTRY = "substrate.persona.service:run_service"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """Times in seconds."""

    hard_limit_check_s: float = 1.0
    """How often ticks are compared with their hard limit, at most; a half of the shortest limit if less."""
    service_end_s: float = 30.0
    """How long the service may take to finish the replies that are open."""
    region_end_s: float = 5.0
    watch_end_s: float = 10.0
    """How long the supervisor's own thread may take: it may be waiting for a process that it starts."""
    boot_deaths: int = 3
    """A process that dies this often before the instance is ready makes the boot fail."""
    backoff: BackoffSettings = field(default_factory=BackoffSettings)


@dataclass(frozen=True, slots=True)
class _Booted:
    """What answers questions about a running instance."""

    view: InstanceView
    governor: GovernorPort


class Supervisor:
    """One instance, from `start` to `stop`. All methods may be called from any thread."""

    def __init__(
        self,
        home: HomeLock,
        run: RunDirectory,
        spec: InstanceSpec,
        governor: GovernorFactory,
        *,
        service_entry: str = SERVICE_ENTRY,
        settings: SupervisorSettings | None = None,
    ) -> None:
        """Takes over `home` and `run`: `stop` releases both. `spec.run_directory` is the path of `run`."""
        self.spec = spec
        self._run = run
        self._settings = settings or SupervisorSettings()
        self._create_governor = governor
        self._service_entry = service_entry
        self._milestones = Milestones()
        self._router = CommandRouter(self, run.socket_path)
        self._lock = threading.Lock()
        self._booted: _Booted | None = None
        self._undo = ExitStack()
        """Takes down what was built so far, in reverse order."""
        self._undo.callback(home.release)
        self._undo.callback(run.close)
        self._announce = home.announce

    def start(self) -> None:
        """Make the shared memory and start every process; returns before they are ready.

        Raises ShmError or SubstrateError; everything is taken down again then.
        """
        try:
            with self._lock:
                self._booted = self._boot()
        except BaseException:
            self.stop()
            raise

    def wait_ready(self, timeout_s: float | None = None) -> dict[str, Any]:
        """Wait until the model is warm and every region has ticked; returns the service's ready frame.

        Raises BootFailed with what the failing process said, or InstanceFailed when stopped or out of time.
        """
        return self._milestones.wait_ready(timeout_s)

    def wait_failed(self) -> Exception | None:
        """Wait for the end: the error that the instance cannot recover from, or None after `stop`."""
        return self._milestones.wait_over()

    def stop(self) -> None:
        """End every process in order, remove all shared memory and the run directory, free the home.

        Idempotent; returns when all of that is done, also when another thread does it.
        """
        self._milestones.set_stopped()
        with self._lock:
            self._booted = None
            self._undo.close()

    def command(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one command envelope; see substrate.supervisor.commands."""
        return self._router.command(envelope)

    def region_stats(self) -> dict[str, Any]:
        """The answer of `region/stats`. Raises InstanceFailed, as the following do."""
        with self._running() as booted:
            return booted.view.region_stats()

    def region_yield(self) -> dict[str, Any]:
        """The answer of `region/yield`."""
        with self._running() as booted:
            return booted.governor.yields()

    def governor_status(self) -> dict[str, Any]:
        """The answer of `governor/status`."""
        with self._running() as booted:
            return booted.governor.status()

    def status(self) -> dict[str, Any]:
        """Everything at once: the instance, its service, its regions, its governor."""
        with self._running() as booted:
            return {
                "session": self.spec.session,
                "pid": os.getpid(),
                "events": booted.view.events(),
                "service": booted.view.service_stats(),
                "regions": booted.view.region_stats(),
                "governor": booted.governor.status(),
            }

    @contextmanager
    def _running(self) -> Iterator[_Booted]:
        with self._lock:
            if self._booted is None:
                raise InstanceFailed("the instance is not running")
            yield self._booted

    def _boot(self) -> _Booted:
        """Build everything in order; each step notes how it is undone."""
        undo, run, settings = self._undo, self._run, self._settings
        start_fork_server()
        create_segments(run, self.spec)
        bell = undo.enter_context(closing(Doorbell.adopt(run, GOVERNOR)))
        board = undo.enter_context(closing(Board(ReadyBuffer.adopt(run.segment_name(SUPERVISOR_SPEC.name)))))
        record = InstanceRecord.of(self.spec, os.getpid())
        board.instance(record)
        view = undo.enter_context(closing(InstanceView(run, record)))
        fleet = undo.enter_context(closing(Fleet(self._processes(), settings.hard_limit_check_s)))
        undo.callback(self._end_processes, fleet)
        fleet.start()
        undo.enter_context(closing(CommandServer(run.socket_path(COMMANDS_SOCKET), self.command)))
        self._announce(run.path)
        governor = undo.enter_context(closing(self._create_governor(self.spec, run)))
        watch = Watch(run, fleet, board, bell, governor, self._milestones, settings.boot_deaths)
        undo.callback(watch.close)
        thread = threading.Thread(target=watch.run, name="supervisor", daemon=True)
        thread.start()
        undo.callback(_join, thread, settings.watch_end_s)
        undo.callback(watch.stop)
        return _Booted(view, governor)

    def _processes(self) -> list[ManagedProcess]:
        """The service first: loading the model takes longest."""

        def managed(
            name: str, target: Callable[..., None], argument: object, hard_limit_s: float
        ) -> ManagedProcess:
            telemetry = ReadyBuffer.attach(self._run.segment_name(telemetry_role(name)), observer=True)
            return ManagedProcess(
                name,
                target,
                (self.spec, argument),
                TelemetryReader(telemetry),
                hard_limit_s,
                self._settings.backoff,
            )

        service = managed(SERVICE, service_child, self._service_entry, math.inf)
        regions = [
            managed(region.id, region_child, region, region.hard_limit_s) for region in self.spec.regions
        ]
        return [service, *regions]

    def _end_processes(self, fleet: Fleet) -> None:
        """The service first: it finishes the replies that are open, and the regions are part of that."""
        fleet.end(SERVICE, self._settings.service_end_s)
        fleet.end_all(self._settings.region_end_s)


def _join(thread: threading.Thread, patience_s: float) -> None:
    """Wait for the supervisor's thread. Without it everything is ended all the same, and said to be."""
    thread.join(patience_s)
    if thread.is_alive():
        _log.error("the supervisor's thread did not end within %g s; all is ended without it", patience_s)
