"""Many events, one wake-up; nobody waits for another's failure."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from substrate.inference import Delta
from substrate.inference.handover import Handover, StreamEvent, Waker

WAIT_S = 10.0


class Listener:
    """Takes what arrives, and says when it has enough."""

    def __init__(self, expected: int) -> None:
        self.arrived: list[StreamEvent] = []
        self.complete = asyncio.Event()
        self._expected = expected

    def arrive(self, event: StreamEvent) -> None:
        self.arrived.append(event)
        if len(self.arrived) == self._expected:
            self.complete.set()


class Broken:
    def arrive(self, event: StreamEvent) -> None:
        raise ValueError("the sink is broken")


def test_all_that_is_posted_before_a_flush_crosses_in_one_wake_up() -> None:
    async def cross() -> int:
        loop = asyncio.get_running_loop()
        wake_ups = 0
        original = loop.call_soon_threadsafe

        def counted(*arguments: Any) -> Any:
            nonlocal wake_ups
            wake_ups += 1
            return original(*arguments)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign, assignment]  # watched
        handover = Handover(loop)
        listeners = [Listener(2) for _ in range(12)]

        def engine() -> None:
            for number in range(2):
                for listener in listeners:
                    handover.post(listener, Delta(str(number)))
            handover.flush()
            handover.flush()

        thread = threading.Thread(target=engine)
        thread.start()
        for listener in listeners:
            await asyncio.wait_for(listener.complete.wait(), WAIT_S)
            assert listener.arrived == [Delta("0"), Delta("1")]
        thread.join()
        return wake_ups

    assert asyncio.run(cross()) <= 2


def test_who_has_a_loop_woken_does_not_make_the_call_itself() -> None:
    async def cross() -> set[str]:
        loop = asyncio.get_running_loop()
        callers: set[str] = set()
        original = loop.call_soon_threadsafe

        def noted(*arguments: Any) -> Any:
            callers.add(threading.current_thread().name)
            return original(*arguments)

        loop.call_soon_threadsafe = noted  # type: ignore[method-assign, assignment]  # watched
        handover, waker = Handover(loop), Waker()
        try:
            listener = Listener(1)
            handover.post(listener, Delta("x"))
            waker.wake(handover)
            await asyncio.wait_for(listener.complete.wait(), WAIT_S)
        finally:
            waker.close()
        return callers

    assert asyncio.run(cross()) == {"lane-waker"}


def test_what_was_asked_of_a_waker_is_done_before_it_is_closed() -> None:
    async def cross() -> list[StreamEvent]:
        handover, waker = Handover(asyncio.get_running_loop()), Waker()
        listener = Listener(1)
        handover.post(listener, Delta("x"))
        waker.wake(handover)
        waker.close()
        await asyncio.wait_for(listener.complete.wait(), WAIT_S)
        return listener.arrived

    assert asyncio.run(cross()) == [Delta("x")]
    assert "lane-waker" not in {thread.name for thread in threading.enumerate()}


def test_a_broken_sink_keeps_nothing_from_the_others() -> None:
    async def cross() -> list[str]:
        loop = asyncio.get_running_loop()
        reported: list[str] = []
        loop.set_exception_handler(lambda _, context: reported.append(context["message"]))
        handover = Handover(loop)
        listener = Listener(2)
        for sink in (listener, Broken(), listener):
            handover.post(sink, Delta("x"))
        handover.flush()
        await asyncio.wait_for(listener.complete.wait(), WAIT_S)
        return reported

    assert asyncio.run(cross()) == ["a sink failed"]


def test_events_for_a_loop_that_is_gone_are_dropped() -> None:
    loop = asyncio.new_event_loop()
    handover = Handover(loop)
    loop.close()
    handover.post(Broken(), Delta("x"))
    handover.flush()
    assert not handover.is_posted
    assert not handover.is_needed
    handover.flush()


def test_a_wake_up_that_failed_is_tried_again_at_the_next_flush() -> None:
    async def cross() -> list[StreamEvent]:
        loop = asyncio.get_running_loop()
        original = loop.call_soon_threadsafe

        def fail(*_: Any) -> Any:
            loop.call_soon_threadsafe = original  # type: ignore[method-assign]  # given back
            raise MemoryError

        loop.call_soon_threadsafe = fail  # type: ignore[method-assign, assignment]  # made to fail once
        handover = Handover(loop)
        listener = Listener(2)
        handover.post(listener, Delta("x"))
        with pytest.raises(MemoryError):
            handover.flush()
        handover.post(listener, Delta("y"))
        handover.flush()
        await asyncio.wait_for(listener.complete.wait(), WAIT_S)
        return listener.arrived

    assert asyncio.run(cross()) == [Delta("x"), Delta("y")]
