"""What the life of an instance comes to, for those who wait for it: ready, failed, stopped."""

from __future__ import annotations

import threading
from typing import Any

from substrate.errors import SubstrateError


class BootFailed(SubstrateError):
    """A process gave up, or died again and again, before the instance was ready."""


class InstanceFailed(SubstrateError):
    """The instance does not run, or cannot go on."""


class Milestones:
    """Set by the supervisor, awaited by any thread. Failed and stopped are final."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ready: dict[str, Any] | None = None
        self._failure: Exception | None = None
        self._is_stopped = False

    @property
    def is_ready(self) -> bool:
        return self._ready is not None

    @property
    def is_over(self) -> bool:
        """Failed or stopped."""
        return self._failure is not None or self._is_stopped

    def set_ready(self, frame: dict[str, Any]) -> None:
        """Every process serves; `frame` is what the persona service said."""
        with self._changed:
            self._ready = frame
            self._changed.notify_all()

    def set_failed(self, error: Exception) -> None:
        with self._changed:
            self._failure = self._failure or error
            self._changed.notify_all()

    def set_stopped(self) -> bool:
        """Returns whether this was the first time."""
        with self._changed:
            first = not self._is_stopped
            self._is_stopped = True
            self._changed.notify_all()
            return first

    def wait_ready(self, timeout_s: float | None) -> dict[str, Any]:
        """What the service said when all was ready. Raises the failure, or InstanceFailed."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_ready or self.is_over, timeout_s)
            if self._failure is not None:
                raise self._failure
            if self._is_stopped or self._ready is None:
                reason = "it was stopped" if self._is_stopped else f"{timeout_s} s have passed"
                raise InstanceFailed(f"the instance did not become ready: {reason}")
            return self._ready

    def wait_over(self) -> Exception | None:
        """The failure, or None after a stop."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_over)
            return self._failure
