"""What the supervisor says in shared memory, so that others can watch the instance without asking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from substrate.instance import InstanceSpec
from substrate.shm import ReadyBuffer

_INSTANCE = ("instance",)
_PROCESSES = ("processes",)


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """One process as its supervisor sees it. `pid` None: it is being restarted.

    `message` is how its predecessor ended, for people.
    """

    pid: int | None
    is_ready: bool
    restarts: int
    is_crash_loop: bool
    message: str


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """What an observer needs to know to attach to everything else."""

    session: str
    home: str
    supervisor_pid: int
    personas: tuple[str, ...]
    buffers: Mapping[str, tuple[str, ...]]
    """The names of the buffers that each region writes, by region id, in boot order."""

    @classmethod
    def of(cls, spec: InstanceSpec, supervisor_pid: int) -> InstanceRecord:
        return cls(
            spec.session,
            str(spec.home),
            supervisor_pid,
            tuple(persona.name for persona in spec.personas),
            {region.id: tuple(buffer.name for buffer in region.buffers) for region in spec.regions},
        )


class Board:
    """The supervisor's side."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer
        self._written: dict[str, dict[str, Any]] = {}

    def instance(self, record: InstanceRecord) -> None:
        self._buffer.publish(_INSTANCE, asdict(record))

    def processes(self, records: Mapping[str, ProcessRecord]) -> None:
        """Publish all processes by name; writes only what is new."""
        value = {name: asdict(record) for name, record in records.items()}
        if value != self._written:
            self._buffer.publish(_PROCESSES, value)
            self._written = value

    def close(self) -> None:
        self._buffer.close()


class BoardReader:
    """Everybody else's side."""

    def __init__(self, buffer: ReadyBuffer) -> None:
        self._buffer = buffer

    def instance(self) -> InstanceRecord | None:
        """None while the instance is booting."""
        staged = self._buffer.peek(_INSTANCE)
        if staged is None:
            return None
        value = staged.value
        return InstanceRecord(
            value["session"],
            value["home"],
            value["supervisor_pid"],
            tuple(value["personas"]),
            {region: tuple(buffers) for region, buffers in value["buffers"].items()},
        )

    def processes(self) -> dict[str, ProcessRecord]:
        """By name; empty while the instance is booting."""
        staged = self._buffer.peek(_PROCESSES)
        return {} if staged is None else {name: ProcessRecord(**v) for name, v in staged.value.items()}

    def close(self) -> None:
        self._buffer.close()
