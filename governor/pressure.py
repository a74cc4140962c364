"""How short of resources the host is, from the memory that is left and the processors' load."""

from __future__ import annotations

from dataclasses import dataclass, field

import psutil

from substrate.region.contract import PressureLevel


@dataclass(frozen=True, slots=True)
class PressureSettings:
    """Thresholds as shares from 0 to 1. Memory counts what is available, the processors what is busy.

    A busy processor alone is never critical: an inference engine is meant to use all of it.
    """

    memory_moderate: float = 0.20
    memory_high: float = 0.10
    memory_critical: float = 0.04
    load_moderate: float = 0.90
    load_high: float = 0.98
    smoothing: float = 0.3
    """How much of the smoothed load one reading replaces: a single reply is no pressure."""


@dataclass(frozen=True, slots=True)
class HostReading:
    """One look at the host: shares from 0 to 1."""

    memory_available: float
    load: float


@dataclass(slots=True)
class PressureGauge:
    """Turns readings into a level."""

    settings: PressureSettings = field(default_factory=PressureSettings)
    _load: float | None = None

    def take(self, reading: HostReading) -> PressureLevel:
        """Note a reading; returns the level that holds now."""
        settings = self.settings
        if self._load is None:
            self._load = min(reading.load, settings.load_moderate)  # booting is no pressure either
        self._load += settings.smoothing * (reading.load - self._load)
        available = reading.memory_available
        if available < settings.memory_critical:
            return PressureLevel.CRITICAL
        if available < settings.memory_high or self._load > settings.load_high:
            return PressureLevel.HIGH
        if available < settings.memory_moderate or self._load > settings.load_moderate:
            return PressureLevel.MODERATE
        return PressureLevel.NOMINAL


def read_host() -> HostReading:
    """Read the host now; the load is that since the last reading."""
    memory = psutil.virtual_memory()
    return HostReading(memory.available / memory.total, psutil.cpu_percent(interval=None) / 100)
