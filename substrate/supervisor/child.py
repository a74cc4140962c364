"""The first lines of every child: its log, its telemetry, and what becomes of an error at its start."""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from substrate.errors import SubstrateError
from substrate.instance import SERVICE, InstanceSpec
from substrate.process_log import configure_logging
from substrate.region.contract import RegionSpec
from substrate.region.host import run_region
from substrate.region.roles import telemetry_role
from substrate.region.telemetry import ProcessState, Pulse, TelemetryWriter
from substrate.shm import ReadyBuffer, RunDirectory, ShmError
from substrate.supervisor.home import hold_home
from substrate.supervisor.orphan_guard import start_orphan_guard

_log = logging.getLogger(__name__)


def region_child(spec: InstanceSpec, region: RegionSpec) -> None:
    """A region's process."""
    with _reported(spec, region.id) as telemetry:
        run_region(spec, region, telemetry)


def service_child(spec: InstanceSpec, entry: str) -> None:
    """The persona service's process; `entry` is `module:function`, called with the spec."""
    with _reported(spec, SERVICE):
        _function(entry)(spec)


@contextmanager
def _reported(spec: InstanceSpec, process: str) -> Iterator[TelemetryWriter]:
    """Publish why a process could not start where the supervisor reads it, then end with status 1."""
    configure_logging(spec.log_file, process, spec.log_level)
    hold_home(spec.home)
    # Only now: a process that still finds its supervisor alive holds the home before the next one looks.
    start_orphan_guard()
    run = RunDirectory.open(spec.run_directory)
    telemetry = TelemetryWriter(ReadyBuffer.adopt(run.segment_name(telemetry_role(process))))
    try:
        yield telemetry
    except (SubstrateError, ShmError) as error:
        _log.error("%s ended: %s", process, error)
        telemetry.pulse(
            Pulse(ProcessState.FAILED, time.monotonic_ns(), message=error.message, hint=error.hint)
        )
        raise SystemExit(1) from error
    finally:
        telemetry.close()


def _function(path: str) -> Callable[[InstanceSpec], None]:
    module_name, _, name = path.partition(":")
    try:
        function: Callable[[InstanceSpec], None] = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise SubstrateError(f"cannot load {path}: {error}") from error
    return function
