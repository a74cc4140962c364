from __future__ import annotations

from substrate.region.circuit_breaker import CircuitBreaker


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_five_failures_in_a_row_open_it_for_its_rest() -> None:
    clock = Clock()
    breaker = CircuitBreaker(5, 30.0, clock)
    assert [breaker.failed() for _ in range(5)] == [False, False, False, False, True]
    assert breaker.rest_left_s() == 30.0
    clock.now_s = 29.0
    assert breaker.rest_left_s() == 1.0
    clock.now_s = 30.0
    assert breaker.rest_left_s() == 0.0


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = CircuitBreaker(2, 30.0, Clock())
    assert not breaker.failed()
    breaker.succeeded()
    assert not breaker.failed()
    assert breaker.rest_left_s() == 0.0


def test_a_failure_right_after_the_rest_opens_it_again_at_once() -> None:
    clock = Clock()
    breaker = CircuitBreaker(2, 30.0, clock)
    breaker.failed()
    breaker.failed()
    clock.now_s = 31.0
    assert breaker.failed()
    assert breaker.rest_left_s() == 30.0
