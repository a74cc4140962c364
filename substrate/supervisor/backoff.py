"""When a process that died is started again.

At once, so that a killed region is back before anybody notices; later and later when it dies young again and
again; and after a rest when it clearly cannot live.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackoffSettings:
    """Seconds, and how many quick deaths in a row make a crash loop."""

    young_s: float = 10.0
    """A process that dies younger than this counts as one more quick death; older, the count starts anew."""
    first_delay_s: float = 0.1
    factor: float = 2.0
    deaths: int = 6
    rest_s: float = 30.0


class Backoff:
    """The restart delays of one process."""

    def __init__(self, settings: BackoffSettings) -> None:
        self._settings = settings
        self.quick_deaths = 0

    @property
    def is_crash_loop(self) -> bool:
        return self.quick_deaths >= self._settings.deaths

    def delay_s(self, lived_s: float) -> float:
        """Note a death at the age of `lived_s`; returns how long to wait before the next start."""
        self.quick_deaths = self.quick_deaths + 1 if lived_s < self._settings.young_s else 1
        if self.is_crash_loop:
            return self._settings.rest_s
        if self.quick_deaths == 1:
            return 0.0
        return self._settings.first_delay_s * self._settings.factor ** (self.quick_deaths - 2)
