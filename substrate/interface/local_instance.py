"""An instance whose supervisor runs in this process: what the program boots for its frontend.

Nothing heavy is imported before `boot`: the frontend draws, or reads, while numba and the kernels load.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from substrate.errors import SubstrateError
from substrate.interface.instance_port import BootSummary, ModelSummary, RegionSummary, Report

if TYPE_CHECKING:
    from substrate.instance import ModelSettings, PersonaSettings, PhaseTimes
    from substrate.region.contract import BrainRegion
    from substrate.supervisor.commands import CommandRouter
    from substrate.supervisor.governor_port import GovernorFactory
    from substrate.supervisor.home import HomeLock
    from substrate.supervisor.supervisor import Supervisor

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts that the substrate itself does not know."""

    regions: Sequence[type[BrainRegion]]
    governor: GovernorFactory


@dataclass(frozen=True, slots=True)
class InstanceOptions:
    """What the user chose."""

    model: ModelSettings
    embed_model: Path | None
    personas_file: Path | None
    phases: PhaseTimes
    log_file: Path | None
    log_level: int
    stream_deltas: bool
    started_s: float
    """When the program began, by `time.monotonic()`."""


class NotBooted(SubstrateError):
    """Something was asked of an instance that does not run."""


class LocalInstance:
    """Implements `InstancePort`. `boot` and `stop` may come from different threads."""

    def __init__(self, home: HomeLock, options: InstanceOptions, wire: Callable[[], Wiring]) -> None:
        """Takes over `home`: `stop` releases it. `wire` imports what it returns; called once, by `boot`."""
        self._home = home
        self._options = options
        self._wire = wire
        self._lock = threading.Lock()
        self._supervisor: Supervisor | None = None
        self._router: CommandRouter | None = None
        self._service_socket: Path | None = None
        self._is_stopped = False

    @property
    def service_socket(self) -> Path:
        if self._service_socket is None:
            raise NotBooted("the instance has not been booted")
        return self._service_socket

    def boot(self, report: Report) -> BootSummary:
        """See `InstancePort.boot`."""
        from substrate.persona.personas_file import load_personas

        options = self._options
        model = options.model
        personas = load_personas(self._home.home, options.personas_file, model.sampling, model.adapters)
        report("loading the kernels of shared memory")
        wiring = self._wire()
        report("starting the processes")
        with self._lock:
            if self._is_stopped:
                raise NotBooted("the instance was stopped before it had booted")
            supervisor = self._start(wiring, personas)
        report(f"waking the regions{'' if options.model.scripted else ' and loading the model'}")
        ready = supervisor.wait_ready()
        return self._summary(supervisor, ready["model"])

    def command(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """See `InstancePort.command`."""
        if self._router is None:
            raise NotBooted("the instance has not been booted")
        return self._router.command(envelope)

    def wait_failed(self) -> Exception | None:
        """See `InstancePort.wait_failed`."""
        return None if self._supervisor is None else self._supervisor.wait_failed()

    def stop(self) -> None:
        """See `InstancePort.stop`."""
        with self._lock:
            self._is_stopped = True
            if self._supervisor is not None:
                self._supervisor.stop()
            else:
                self._home.release()

    def _start(self, wiring: Wiring, personas: tuple[PersonaSettings, ...]) -> Supervisor:
        from substrate.instance import SERVICE, InstanceSpec
        from substrate.region.contract import RegionSpec
        from substrate.shm import RunDirectory, ShmError
        from substrate.supervisor.commands import CommandRouter
        from substrate.supervisor.supervisor import Supervisor

        options, home = self._options, self._home.home
        base = run_base()
        swept = RunDirectory.sweep(base)
        left_behind = self._home.left_behind
        if left_behind is not None and left_behind.parent != base:
            # The one that was killed on this home had another temporary folder.
            try:
                swept += RunDirectory.sweep(left_behind.parent)
            except (ShmError, OSError) as error:
                _log.error("what a killed instance left in %s may stay there: %s", left_behind.parent, error)
        for segment in swept:
            _log.info("removed %s, left by an instance that was killed", segment)
        run = RunDirectory.create(base)
        try:
            self._service_socket = run.socket_path(SERVICE)
            spec = InstanceSpec(
                home=home,
                run_directory=run.path,
                session=run.instance_id,
                personas=personas,
                model=options.model,
                regions=tuple(RegionSpec.of(region) for region in wiring.regions),
                embed_model=options.embed_model,
                phases=options.phases,
                log_file=options.log_file,
                log_level=options.log_level,
                stream_deltas=options.stream_deltas,
            )
            self._supervisor = Supervisor(self._home, run, spec, wiring.governor)
        except BaseException:
            run.close()  # nobody else has it yet
            raise
        self._supervisor.start()
        self._router = CommandRouter(self._supervisor, run.socket_path)
        return self._supervisor

    def _summary(self, supervisor: Supervisor, model: Mapping[str, Any]) -> BootSummary:
        status = supervisor.status()
        return BootSummary(
            session=supervisor.spec.session,
            home=str(supervisor.spec.home),
            boot_s=round(time.monotonic() - self._options.started_s, 3),
            personas=tuple(persona.name for persona in supervisor.spec.personas),
            model=ModelSummary(
                name=model["name"],
                path=model["path"],
                context_tokens=model["context_tokens"],
                parameters=model["parameters"],
                scripted=model["scripted"],
                savings_off=tuple(model["savings_off"]),
            ),
            regions=tuple(RegionSummary(name, figures["pid"]) for name, figures in status["regions"].items()),
            service_pid=status["service"]["pid"],
            supervisor_pid=status["pid"],
        )


def run_base() -> Path:
    """Where run directories of this user lie: in the temporary folder, because socket paths must be short."""
    base = Path(tempfile.gettempdir()) / f"psub-{os.getuid()}"
    if base.exists() and base.stat().st_uid != os.getuid():
        raise SubstrateError(
            f"{base} belongs to another user", "remove it, or set TMPDIR to a folder of your own"
        )
    return base
