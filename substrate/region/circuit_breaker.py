"""When something fails again and again, rest instead of trying at full speed."""

from __future__ import annotations

from collections.abc import Callable


class CircuitBreaker:
    """Opens after `failures` in a row and stays open for `rest_s` seconds.

    After the rest one try is allowed: if it fails, the breaker opens again at once; a success closes it.
    `clock` returns seconds and never goes back.
    """

    def __init__(self, failures: int, rest_s: float, clock: Callable[[], float]) -> None:
        self._limit = failures
        self._rest_s = rest_s
        self._clock = clock
        self._in_a_row = 0
        self._open_until_s: float | None = None

    @property
    def failures_in_a_row(self) -> int:
        return self._in_a_row

    def succeeded(self) -> None:
        """Note a success: the count starts anew."""
        self._in_a_row = 0
        self._open_until_s = None

    def failed(self) -> bool:
        """Note a failure; True when the breaker is open because of it."""
        self._in_a_row += 1
        if self._in_a_row < self._limit:
            return False
        self._open_until_s = self._clock() + self._rest_s
        return True

    def rest_left_s(self) -> float:
        """Seconds until the next try is allowed; 0.0 when it is allowed now."""
        if self._open_until_s is None:
            return 0.0
        return max(0.0, self._open_until_s - self._clock())
