"""The supervisor's loop: keeps the processes alive and lets the governor do its work.

It sleeps on the governor's doorbell, and beside it on the end of every process. So a death is seen at once,
and a mind that sleeps costs one short look a second.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from substrate.instance import SERVICE
from substrate.region.telemetry import ProcessState
from substrate.shm import Doorbell, RunDirectory
from substrate.supervisor.board import Board
from substrate.supervisor.fleet import Fleet
from substrate.supervisor.governor_port import GovernorPort
from substrate.supervisor.milestones import BootFailed, InstanceFailed, Milestones
from substrate.supervisor.service_link import ReadinessListener

_log = logging.getLogger(__name__)

_TOUCHED_EVERY_S = 3600.0
_BOOT_LOOK_S = 0.02
"""How often regions are asked whether they have ticked, while booting."""


class Watch:
    """Watches one booted instance until `stop`. `run` belongs to one thread, `stop` to any."""

    def __init__(
        self,
        run: RunDirectory,
        fleet: Fleet,
        board: Board,
        bell: Doorbell,
        governor: GovernorPort,
        milestones: Milestones,
        boot_deaths: int,
    ) -> None:
        """A process that dies `boot_deaths` times before all is ready makes the boot fail."""
        self._run = run
        self._fleet = fleet
        self._board = board
        self._bell = bell
        self._governor = governor
        self._milestones = milestones
        self._boot_deaths = boot_deaths
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._is_stopping = False
        self._young_until_s = 0.0
        self._service_ready: dict[str, Any] | None = None
        self._readiness = self._listen_to_service()

    def run(self) -> None:
        """Watch until `stop`. An error in here is the instance's failure, told through the milestones."""
        try:
            while not (self._is_stopping or self._milestones.is_over):
                self._round()
        except Exception as error:
            _log.exception("the supervisor failed")
            self._milestones.set_failed(
                InstanceFailed(f"the supervisor failed: {type(error).__name__}: {error}")
            )

    def stop(self) -> None:
        """Let `run` return. Call `close` once it has."""
        self._is_stopping = True
        self._wake()

    def close(self) -> None:
        self._readiness.stop()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _round(self) -> None:
        is_booting = not self._milestones.is_ready
        if is_booting and self._has_boot_failed():
            return  # before the fleet starts anew who has just said that it cannot start
        if SERVICE in self._fleet.keep_alive():
            self._readiness.stop()
            self._service_ready = None  # what its predecessor said of itself
            self._readiness = self._listen_to_service()
        self._board.processes(self._fleet.records())
        wanted_s = self._governor.step()
        if time.monotonic() >= self._young_until_s:
            self._young_until_s = time.monotonic() + _TOUCHED_EVERY_S
            self._run.keep_young()
        if is_booting:
            self._check_ready()
            wanted_s = min(wanted_s, _BOOT_LOOK_S)
        wake = self._bell.wait(
            min(wanted_s, self._fleet.next_look_s()),
            (self._wake_read, *self._fleet.sentinels()),
            self._governor.has_news,
        )
        if self._wake_read in wake.ready:
            os.read(self._wake_read, 4096)

    def _has_boot_failed(self) -> bool:
        """Whether a process said why it cannot start, or died too often; the milestones then tell."""
        failed = self._fleet.failed()
        if failed is not None:
            pulse = failed.pulse()
            self._milestones.set_failed(BootFailed(pulse.message, pulse.hint))
            return True
        for process in self._fleet:
            if process.restarts >= self._boot_deaths:
                deaths = f"{process.last_death} {process.restarts} times while booting"
                self._milestones.set_failed(
                    BootFailed(f"{process.name} {deaths}", "its last errors stand in the log")
                )
                return True
        return False

    def _check_ready(self) -> None:
        regions = [process for process in self._fleet if process.name != SERVICE]
        have_ticked = all(process.pulse().state is not ProcessState.STARTING for process in regions)
        if have_ticked and self._service_ready is not None:
            self._milestones.set_ready(self._service_ready)

    def _listen_to_service(self) -> ReadinessListener:
        return ReadinessListener(self._run.socket_path(SERVICE), self._note_service_ready)

    def _note_service_ready(self, frame: dict[str, Any]) -> None:
        """Called by the listener's thread."""
        self._fleet[SERVICE].is_serving = True
        self._service_ready = frame
        self._wake()

    def _wake(self) -> None:
        os.write(self._wake_write, b"\0")
