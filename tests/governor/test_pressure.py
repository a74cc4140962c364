from __future__ import annotations

import pytest

from governor.pressure import HostReading, PressureGauge, read_host
from substrate.region.contract import PressureLevel


@pytest.mark.parametrize(
    ("available", "level"),
    [
        (0.5, PressureLevel.NOMINAL),
        (0.15, PressureLevel.MODERATE),
        (0.08, PressureLevel.HIGH),
        (0.01, PressureLevel.CRITICAL),
    ],
)
def test_memory_that_runs_out_is_pressure_at_once(available: float, level: PressureLevel) -> None:
    assert PressureGauge().take(HostReading(available, 0.1)) is level


def test_one_reply_at_full_load_is_no_pressure() -> None:
    gauge = PressureGauge()
    gauge.take(HostReading(0.5, 0.1))
    assert gauge.take(HostReading(0.5, 1.0)) is PressureLevel.NOMINAL


def test_lasting_full_load_is_high_pressure_but_never_critical() -> None:
    gauge = PressureGauge()
    levels = [gauge.take(HostReading(0.5, 1.0)) for _ in range(50)]
    assert levels[-1] is PressureLevel.HIGH
    assert PressureLevel.CRITICAL not in levels


def test_the_host_can_be_read() -> None:
    reading = read_host()
    assert 0.0 < reading.memory_available <= 1.0
    assert 0.0 <= reading.load <= 1.0
