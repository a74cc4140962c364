"""A ring wakes the sleeper, costs nothing while it is awake, and is never lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from substrate.shm import (
    BufferClosed,
    Doorbell,
    EventRing,
    RunDirectory,
    SegmentDamaged,
    SegmentExists,
    SegmentMissing,
    Wake,
)

PATIENCE_S = 30.0
"""Far longer than anything here takes: only a lost wake-up waits for it."""


@pytest.fixture
def bell(run: RunDirectory) -> Iterator[Doorbell]:
    created = Doorbell.create(run, "sleeper")
    yield created
    created.close()


def ring_until_heard(ringer: Doorbell) -> None:
    while not ringer.ring():
        pass


def test_a_ring_wakes_the_sleeper(run: RunDirectory, bell: Doorbell) -> None:
    ringer = Doorbell.attach(run, "sleeper")
    thread = threading.Thread(target=ring_until_heard, args=(ringer,), daemon=True)
    thread.start()
    assert bell.wait(PATIENCE_S) == Wake(rung=True)
    thread.join()
    assert not bell.wait(0.0)


def test_a_ring_makes_no_system_call_while_the_sleeper_is_awake(
    run: RunDirectory, bell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringer = Doorbell.attach(run, "sleeper")
    monkeypatch.setattr(os, "write", lambda *arguments: pytest.fail("a system call"))
    assert not ringer.ring()
    bell.wait(0.0)
    assert not ringer.ring()


def test_rings_while_asleep_are_merged(run: RunDirectory, bell: Doorbell) -> None:
    first, second = Doorbell.attach(run, "sleeper"), Doorbell.attach(run, "sleeper")
    rang: list[bool] = []

    def look() -> bool:
        rang.extend(ringer.ring() for ringer in (first, second, first))
        return False

    assert bell.wait(PATIENCE_S, look=look).rung
    assert rang == [True, False, False]
    assert not bell.wait(0.0)


def test_what_happened_before_the_sleep_is_seen_by_the_look(run: RunDirectory, bell: Doorbell) -> None:
    ring = EventRing.create(run.segment_name("ring"), slots=8)
    reader = EventRing.attach(ring.name)
    ring.append(1, 1, "general", "joel", "hello")
    assert not Doorbell.attach(run, "sleeper").ring(), "the sleeper is awake: nothing is sent"
    assert bell.wait(PATIENCE_S, look=reader.has_new) == Wake(rung=True)
    assert len(reader.poll()) == 1


def test_other_descriptors_wake_too_and_are_named(bell: Doorbell) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x")
    assert bell.wait(PATIENCE_S, also=[reading]) == Wake(rung=False, ready=(reading,))
    assert bell.wait(PATIENCE_S, also=[reading], look=lambda: not bell.ring()) == Wake(True, (reading,))
    os.read(reading, 1)
    assert not bell.wait(0.0, also=[reading])
    os.close(writing)
    assert bell.wait(PATIENCE_S, also=[reading]).ready == (reading,)
    os.close(reading)


def test_a_look_that_fails_leaves_the_sleeper_awake(bell: Doorbell) -> None:
    def look() -> bool:
        raise RuntimeError("broken look")

    with pytest.raises(RuntimeError):
        bell.wait(PATIENCE_S, look=look)
    assert not bell.ring()


def test_a_new_sleeper_takes_over_the_bell(run: RunDirectory, bell: Doorbell) -> None:
    ringer = Doorbell.attach(run, "sleeper")
    bell.wait(0.0, look=lambda: not ringer.ring())
    bell.close()
    adopted = Doorbell.adopt(run, "sleeper")
    assert not ringer.ring(), "a new sleeper is awake"
    assert not adopted.wait(0.0), "what was rung for its predecessor is gone"
    assert adopted.wait(PATIENCE_S, look=lambda: not ringer.ring()).rung
    adopted.close()


def test_a_fifo_full_of_wake_ups_is_no_error(run: RunDirectory, bell: Doorbell) -> None:
    with pytest.raises(BlockingIOError):
        while True:
            os.write(bell.fileno(), bytes(4096))
    ringer = Doorbell.attach(run, "sleeper")
    assert bell.wait(PATIENCE_S, look=lambda: not ringer.ring()).rung


def test_a_name_is_given_once(run: RunDirectory, bell: Doorbell) -> None:
    with pytest.raises(SegmentExists, match="b-sleeper"):
        Doorbell.create(run, "sleeper")
    assert run.fifo_path("sleeper").is_fifo()


def test_what_is_missing_or_foreign_is_named(run: RunDirectory, bell: Doorbell) -> None:
    with pytest.raises(SegmentMissing, match="b-nobody"):
        Doorbell.attach(run, "nobody")
    path = run.fifo_path("sleeper")
    path.unlink()
    with pytest.raises(SegmentMissing, match=str(path)):
        Doorbell.attach(run, "sleeper")
    path.write_text("")
    with pytest.raises(SegmentDamaged, match="is not a FIFO"):
        Doorbell.attach(run, "sleeper")


def test_every_use_after_close_is_refused(run: RunDirectory) -> None:
    closed = Doorbell.create(run, "closed")
    closed.close()
    closed.close()
    for call in (closed.ring, lambda: closed.wait(0.0), lambda: closed.wait(0.0, (0,))):
        with pytest.raises(BufferClosed):
            call()


@pytest.mark.parametrize("has_work", [True, False])
def test_a_bell_that_is_closed_during_a_wait_ends_the_wait(run: RunDirectory, has_work: bool) -> None:
    closed = Doorbell.create(run, "closed")

    def look() -> bool:
        closed.close()
        return has_work

    with pytest.raises(BufferClosed):
        closed.wait(0.0, look=look)


def test_a_bell_that_was_rung_is_closed_as_any_other(run: RunDirectory) -> None:
    closed, ringer = Doorbell.create(run, "closed"), Doorbell.attach(run, "closed")
    assert closed.wait(0.0, look=lambda: not ringer.ring())
    closed.close()
    with pytest.raises(BufferClosed):
        closed.wait(0.0)
    ringer.close()


@pytest.mark.parametrize("before_the_write", [True, False])
def test_a_bell_that_is_closed_while_it_is_rung_refuses_the_ring(
    run: RunDirectory, bell: Doorbell, monkeypatch: pytest.MonkeyPatch, before_the_write: bool
) -> None:
    ringer = Doorbell.attach(run, "sleeper")
    write = os.write

    def close_and_write(descriptor: int, data: bytes) -> int:
        if not before_the_write:
            write(descriptor, data)
        ringer.close()
        return write(ringer.fileno(), data) if before_the_write else len(data)

    monkeypatch.setattr(os, "write", close_and_write)
    with pytest.raises(BufferClosed):
        bell.wait(0.0, look=ringer.ring)
