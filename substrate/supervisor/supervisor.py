"""Boots an instance, keeps its processes alive, and takes it down in order.

It runs in the main process, in a thread of its own beside the frontend, and drives the governor. It never
imports llama.cpp: a crash in native model code takes the persona service down, which is then started again.
"""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from substrate.errors import SubstrateError
from substrate.instance import GOVERNOR, SERVICE, InstanceSpec
from substrate.region.roles import telemetry_role
from substrate.region.telemetry import ProcessState, TelemetryReader
from substrate.shm import Doorbell, ReadyBuffer, RunDirectory
from substrate.supervisor.backoff import BackoffSettings
from substrate.supervisor.board import Board, InstanceRecord
from substrate.supervisor.child import region_child, service_child
from substrate.supervisor.commands import CommandRouter
from substrate.supervisor.fleet import Fleet
from substrate.supervisor.fork_server import start_fork_server
from substrate.supervisor.governor_port import GovernorFactory
from substrate.supervisor.home import HomeLock
from substrate.supervisor.instance_view import InstanceView
from substrate.supervisor.managed_process import ManagedProcess
from substrate.supervisor.segments import SUPERVISOR_SPEC, create_segments
from substrate.supervisor.service_link import ReadinessListener

_log = logging.getLogger(__name__)

SERVICE_ENTRY = "substrate.persona.service:run_service"

_BOOT_LOOK_S = 0.02
"""How often regions are asked whether they have ticked, while booting."""


class BootFailed(SubstrateError):
    """A process gave up, or died again and again, before the instance was ready."""


class InstanceFailed(SubstrateError):
    """The supervisor itself cannot go on."""


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """Times in seconds."""

    hard_limit_check_s: float = 1.0
    """How often ticks are compared with their hard limit, at most; a half of the shortest limit if less."""
    service_end_s: float = 30.0
    """How long the service may take to finish the replies that are open."""
    region_end_s: float = 5.0
    boot_deaths: int = 3
    """A process that dies this often before the instance is ready makes the boot fail."""
    backoff: BackoffSettings = field(default_factory=BackoffSettings)


class Supervisor:
    """One instance. `start`, `wait_ready` and `stop` belong to one thread; the rest may be called by any."""

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
        self._home = home
        self._run = run
        self._settings = settings or SupervisorSettings()
        self._create_governor = governor
        self._service_entry = service_entry
        self._resources = ExitStack()
        self._changed = threading.Condition()
        self._service_ready: dict[str, Any] | None = None
        self._is_ready = False
        self._is_stopping = False
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None
        self._readiness: ReadinessListener | None = None
        self._view_lock = threading.Lock()
        self._router = CommandRouter(self, run.socket_path)

    def start(self) -> None:
        """Make the shared memory and start every process; returns before they are ready.

        Raises ShmError or SubstrateError; everything is taken down again then.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def wait_ready(self, timeout_s: float | None = None) -> dict[str, Any]:
        """Wait until the model is warm and every region has ticked; returns the service's ready frame.

        Raises BootFailed with what the failing process said, or InstanceFailed when stopped or out of time.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or self._is_over, timeout_s)
            if self._failure is not None:
                raise self._failure
            if not self._is_ready or self._service_ready is None:
                reason = "it was stopped" if self._is_stopping else f"{timeout_s} s have passed"
                raise InstanceFailed(f"the instance did not become ready: {reason}")
            return self._service_ready

    def wait_failed(self) -> Exception | None:
        """Wait for the end: the error that the instance cannot recover from, or None after `stop`."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over)
            return self._failure

    def stop(self) -> None:
        """End every process in order, remove all shared memory and the run directory, free the home.

        Idempotent.
        """
        with self._changed:
            first = not self._is_stopping
            self._is_stopping = True
            self._changed.notify_all()
        if not first:
            return
        if self._thread is not None:
            os.write(self._wake_write, b"\0")
            self._thread.join()
        with self._view_lock:
            self._resources.close()

    # What it tells, from any thread

    def command(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one command envelope; see substrate.supervisor.commands."""
        return self._router.command(envelope)

    def region_stats(self) -> dict[str, Any]:
        """The answer of `region/stats`."""
        with self._view_lock:
            self._require_running()
            return self._view.region_stats()

    def region_yield(self) -> dict[str, Any]:
        """The answer of `region/yield`."""
        with self._view_lock:
            self._require_running()
            return self._governor.yields()

    def governor_status(self) -> dict[str, Any]:
        """The answer of `governor/status`."""
        with self._view_lock:
            self._require_running()
            return self._governor.status()

    def status(self) -> dict[str, Any]:
        """Everything at once: the instance, its service, its regions, its governor."""
        with self._view_lock:
            self._require_running()
            return {
                "session": self.spec.session,
                "pid": os.getpid(),
                "events": self._view.events(),
                "service": self._view.service_stats(),
                "regions": self._view.region_stats(),
                "governor": self._governor.status(),
            }

    # Booting

    def _start(self) -> None:
        """Each step notes how it is undone; `stop` undoes them in reverse order."""
        self._resources.callback(self._home.release)
        self._resources.callback(self._run.close)
        start_fork_server()
        create_segments(self._run, self.spec)
        self._wake_read, self._wake_write = os.pipe()
        self._resources.callback(os.close, self._wake_read)
        self._resources.callback(os.close, self._wake_write)
        os.set_blocking(self._wake_read, False)
        self._bell = Doorbell.adopt(self._run, GOVERNOR)
        self._resources.callback(self._bell.close)
        self._board = Board(ReadyBuffer.adopt(self._run.segment_name(SUPERVISOR_SPEC.name)))
        self._resources.callback(self._board.close)
        record = InstanceRecord.of(self.spec, os.getpid())
        self._board.instance(record)
        self._view = InstanceView(self._run, record)
        self._resources.callback(self._view.close)
        self._fleet = Fleet(self._create_processes(), self._settings.hard_limit_check_s)
        self._resources.callback(self._fleet.close)
        self._resources.callback(self._end_processes)
        self._fleet.start()
        self._home.announce(self._run.path)
        self._listen_to_service()
        self._resources.callback(self._stop_listening)
        self._governor = self._create_governor(self.spec, self._run)
        self._resources.callback(self._governor.close)
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def _create_processes(self) -> list[ManagedProcess]:
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

    def _listen_to_service(self) -> None:
        self._stop_listening()
        self._readiness = ReadinessListener(self._run.socket_path(SERVICE), self._note_service_ready)

    def _stop_listening(self) -> None:
        if self._readiness is not None:
            self._readiness.stop()

    def _note_service_ready(self, frame: dict[str, Any]) -> None:
        with self._changed:
            self._service_ready = frame
            self._fleet[SERVICE].is_serving = True
        os.write(self._wake_write, b"\0")

    def _check_boot(self) -> None:
        failed = self._fleet.failed()
        if failed is not None:
            pulse = failed.pulse()
            self._fail(BootFailed(pulse.message, pulse.hint))
            return
        for process in self._fleet:
            if process.restarts >= self._settings.boot_deaths:
                self._fail(
                    BootFailed(
                        f"{process.name} {process.last_death} {process.restarts} times while booting",
                        "its last errors stand in the log",
                    )
                )
                return
        ticked = all(
            process.pulse().state is not ProcessState.STARTING
            for process in self._fleet
            if process.name != SERVICE
        )
        if ticked and self._service_ready is not None:
            with self._changed:
                self._is_ready = True
                self._changed.notify_all()

    # Watching

    def _watch(self) -> None:
        """The supervisor's thread."""
        try:
            while not self._is_stopping:
                self._round()
        except Exception as error:
            _log.exception("the supervisor failed")
            self._fail(InstanceFailed(f"the supervisor failed: {type(error).__name__}: {error}"))

    def _round(self) -> None:
        if SERVICE in self._fleet.keep_alive():
            self._listen_to_service()
        self._board.processes(self._fleet.records())
        if not self._is_ready and self._failure is None:
            self._check_boot()
        wanted_s = self._governor.step()
        if not self._is_ready:
            wanted_s = min(wanted_s, _BOOT_LOOK_S)
        wake = self._bell.wait(
            min(wanted_s, self._fleet.next_look_s()),
            (self._wake_read, *self._fleet.sentinels()),
            self._governor.has_news,
        )
        if self._wake_read in wake.ready:
            os.read(self._wake_read, 4096)

    # Ending

    def _end_processes(self) -> None:
        """The service first: it finishes the replies that are open, and the regions are part of that."""
        self._fleet.end(SERVICE, self._settings.service_end_s)
        self._fleet.end_all(self._settings.region_end_s)

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._failure = error
            self._changed.notify_all()

    @property
    def _is_over(self) -> bool:
        return self._failure is not None or self._is_stopping

    def _require_running(self) -> None:
        if self._is_stopping or self._thread is None:
            raise InstanceFailed("the instance is not running")
