"""What a frontend sees of a running instance, and nothing more.

The terminal, the JSON lines and the headless mode all drive an instance through this protocol, so each of
them can be tried against a stand-in, and none of them knows how processes are started.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

Report = Callable[[str], None]
"""Told what is being done while the instance boots, in a few words; called from any thread."""


@dataclass(frozen=True, slots=True)
class RegionSummary:
    """One region process right after boot."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What generates. `scripted` is true when no model was loaded because the user asked for a script."""

    name: str
    path: str
    context_tokens: int
    parameters: int
    scripted: bool
    savings_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BootSummary:
    """What came up: said once, when everything is ready."""

    session: str
    home: str
    boot_s: float
    personas: tuple[str, ...]
    model: ModelSummary
    regions: tuple[RegionSummary, ...]
    service_pid: int
    supervisor_pid: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class InstancePort(Protocol):
    """One instance of the substrate as its frontend drives it. Methods block; call them off the loop."""

    @property
    def service_socket(self) -> Path: ...

    def boot(self, report: Report) -> BootSummary:
        """Start every process and wait until all are ready. Raises SubstrateError when that fails."""
        ...

    def command(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """Answer one command envelope (`name`, `params`, ...) with `success`, `data`, `handle`, `error`."""
        ...

    def wait_failed(self) -> Exception | None:
        """Return the error that the instance cannot recover from, or None once `stop` was called."""
        ...

    def stop(self) -> None:
        """End every process in order and remove every segment. Idempotent."""
        ...
