from __future__ import annotations

from substrate.supervisor.backoff import Backoff, BackoffSettings

SETTINGS = BackoffSettings(young_s=10.0, first_delay_s=0.1, factor=2.0, deaths=6, rest_s=30.0)


def test_the_first_death_is_followed_by_a_start_at_once() -> None:
    assert Backoff(SETTINGS).delay_s(lived_s=0.5) == 0.0


def test_deaths_of_young_processes_wait_longer_each_time_and_then_rest() -> None:
    backoff = Backoff(SETTINGS)
    assert [backoff.delay_s(1.0) for _ in range(6)] == [0.0, 0.1, 0.2, 0.4, 0.8, 30.0]
    assert backoff.is_crash_loop


def test_a_process_that_lived_long_starts_the_count_anew() -> None:
    backoff = Backoff(SETTINGS)
    for _ in range(6):
        backoff.delay_s(1.0)
    assert backoff.delay_s(60.0) == 0.0
    assert not backoff.is_crash_loop


def test_five_kills_in_quick_succession_stay_under_two_seconds_each() -> None:
    backoff = Backoff(BackoffSettings())
    assert max(backoff.delay_s(0.2) for _ in range(5)) < 1.0
