"""What the supervisor needs of a governor. The governor itself is handed in by who wires the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from substrate.instance import InstanceSpec
from substrate.shm import RunDirectory


class GovernorPort(Protocol):
    """Sets the policies of all regions; driven by the supervisor's loop, in its thread."""

    def step(self) -> float:
        """Look at telemetry and events, write policies; returns seconds until the next step is wanted."""
        ...

    def has_news(self) -> bool:
        """Whether an event arrived since the last step; one load, asked before every sleep."""
        ...

    def status(self) -> dict[str, Any]:
        """The answer of `governor/status`. Called from any thread."""
        ...

    def yields(self) -> dict[str, Any]:
        """The answer of `region/yield`, keyed by region id. Called from any thread."""
        ...

    def close(self) -> None: ...


GovernorFactory = Callable[[InstanceSpec, RunDirectory], GovernorPort]
"""Called once, in the supervisor's process, after all segments were made."""
