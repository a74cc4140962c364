"""Boots two stand-in regions and a stand-in service in a program of its own."""

from __future__ import annotations

from pathlib import Path

from substrate.instance import InstanceSpec, ModelSettings
from substrate.region.contract import RegionSpec
from substrate.shm import RunDirectory
from substrate.supervisor.home import HomeLock
from substrate.supervisor.supervisor import Supervisor
from tests.substrate.supervisor.stand_ins import Echo, Shadow, Still


def boot(home: Path, base: Path) -> Supervisor:
    """Boot and wait until it is ready."""
    lock = HomeLock(home)
    run = RunDirectory.create(base)
    spec = InstanceSpec(
        home,
        run.path,
        "session-1",
        (),
        ModelSettings(None, "stand-in"),
        tuple(RegionSpec.of(region) for region in (Echo, Shadow)),
    )
    supervisor = Supervisor(
        lock, run, spec, Still, service_entry="tests.substrate.supervisor.stand_ins:service"
    )
    supervisor.start()
    supervisor.wait_ready(60.0)
    return supervisor
