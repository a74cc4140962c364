"""Real instances of stand-in processes, taken down whatever a test does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from substrate.instance import InstanceSpec, ModelSettings
from substrate.region.contract import BrainRegion, RegionSpec
from substrate.shm import RunDirectory
from substrate.supervisor.fork_server import start_fork_server, stop_fork_server
from substrate.supervisor.home import HomeLock
from substrate.supervisor.supervisor import Supervisor, SupervisorSettings
from tests.substrate.supervisor.stand_ins import Echo, Shadow, Still

SERVICE = "tests.substrate.supervisor.stand_ins:service"

Launch = Callable[..., Supervisor]


@pytest.fixture(scope="session")
def fork_server() -> Iterator[None]:
    start_fork_server()
    yield
    stop_fork_server()


@pytest.fixture
def launch(fork_server: None, tmp_path: Path, base: Path) -> Iterator[Launch]:
    """Boots instances of the stand-ins; each is stopped at the end, and must have left nothing."""
    running: list[Supervisor] = []

    def boot(
        *regions: type[BrainRegion],
        service: str = SERVICE,
        governor: Any = Still,
        home: Path | None = None,
        settings: SupervisorSettings | None = None,
        wait: bool = True,
        **spec_fields: Any,
    ) -> Supervisor:
        lock = HomeLock(home or tmp_path / "home")
        run = RunDirectory.create(base)
        spec = InstanceSpec(
            lock.home,
            run.path,
            "session-1",
            (),
            ModelSettings(None, "stand-in"),
            tuple(RegionSpec.of(region) for region in regions or (Echo, Shadow)),
            **spec_fields,
        )
        supervisor = Supervisor(lock, run, spec, governor, service_entry=service, settings=settings)
        running.append(supervisor)
        supervisor.start()
        if wait:
            supervisor.wait_ready(60.0)
        return supervisor

    yield boot
    for supervisor in running:
        supervisor.stop()
    assert not list(base.glob("psub-*"))
