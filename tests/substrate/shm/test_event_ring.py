"""Events reach every reader once and in order, or are reported lost."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import pytest

from substrate.shm import BufferClosed, EventRing, ValueTooLarge, layout
from substrate.shm.segment import Segment


@pytest.fixture
def ring(new_name: Callable[[], str]) -> EventRing:
    return EventRing.create(new_name(), slots=8)


def append(ring: EventRing, *rows: int) -> None:
    for row in rows:
        ring.append(1, row, "general", "joel", f"message {row}")


def test_a_reader_sees_what_is_appended_after_it_attached(ring: EventRing) -> None:
    append(ring, 1, 2)
    reader = EventRing.attach(ring.name)
    assert reader.poll() == []
    assert not reader.has_new()
    assert ring.append(7, 3, "code", "zoë", "grüße") == 3
    assert reader.has_new()
    (event,) = reader.poll()
    assert (event.seq, event.kind, event.row_id, event.channel, event.sender, event.text) == (
        3,
        7,
        3,
        "code",
        "zoë",
        "grüße",
    )
    assert reader.poll() == []
    assert reader.head() == ring.head() == 3


def test_a_reader_goes_on_behind_a_given_event(ring: EventRing) -> None:
    append(ring, *range(1, 6))
    reader = EventRing.attach(ring.name, after=2)
    assert [event.row_id for event in reader.poll(2)] == [3, 4]
    assert [event.row_id for event in reader.poll()] == [5]
    assert reader.lost == 0


def test_readers_have_cursors_of_their_own(ring: EventRing) -> None:
    first, second = EventRing.attach(ring.name), EventRing.attach(ring.name)
    append(ring, 1, 2)
    assert len(first.poll()) == 2
    append(ring, 3)
    assert [event.row_id for event in second.poll()] == [1, 2, 3]
    assert [event.row_id for event in first.poll()] == [3]


def test_a_text_that_does_not_fit_is_left_out_and_the_row_named(ring: EventRing) -> None:
    reader = EventRing.attach(ring.name)
    for length in (949, 950, 100_000):
        ring.append(1, length, "general", "joe", "x" * length)
    ring.append(1, 0, "general", "joe", "")
    texts = [event.text for event in reader.poll()]
    assert texts == ["x" * 949, "x" * 950, None, ""]


def test_names_that_do_not_fit_are_refused(ring: EventRing) -> None:
    with pytest.raises(ValueTooLarge, match=r"961 bytes, an event holds 960"):
        ring.append(1, 1, "c" * 960, "s")
    assert ring.head() == 0


def test_a_lapped_reader_is_told_how_many_events_it_lost(ring: EventRing) -> None:
    reader = EventRing.attach(ring.name)
    append(ring, *range(1, 101))
    rows = [event.row_id for event in reader.poll()]
    assert rows == [97, 98, 99, 100]
    assert reader.lost == 96
    append(ring, 101)
    assert [event.row_id for event in reader.poll()] == [101]
    assert reader.lost == 96


def test_all_but_one_slot_can_be_read(ring: EventRing) -> None:
    reader = EventRing.attach(ring.name)
    append(ring, *range(1, 8))
    assert [event.row_id for event in reader.poll()] == [1, 2, 3, 4, 5, 6, 7]
    assert reader.lost == 0


def test_a_new_writer_goes_on_behind_the_last_event(ring: EventRing) -> None:
    reader = EventRing.attach(ring.name)
    append(ring, 1)
    ring.close()
    adopted = EventRing.adopt(reader.name)
    append(adopted, 2)
    assert [event.row_id for event in reader.poll()] == [1, 2]
    adopted.close()


@pytest.mark.parametrize("slots", [0, 1, 3, 100])
def test_slots_that_make_no_sense_are_refused(new_name: Callable[[], str], slots: int) -> None:
    with pytest.raises(ValueError, match=str(slots)):
        EventRing.create(new_name(), slots=slots)


def test_every_use_after_close_is_refused(ring: EventRing) -> None:
    reader = EventRing.attach(ring.name)
    reader.close()
    ring.close()
    ring.close()
    for call in (
        reader.poll,
        reader.head,
        reader.has_new,
        reader.appended,
        ring.head,
        lambda: append(ring, 1),
    ):
        with pytest.raises(BufferClosed):
            call()


def test_nothing_is_left_of_events_that_were_overwritten(ring: EventRing) -> None:
    reader = EventRing.attach(ring.name)
    ring.append(1, 7, "general", "joel", "secret " * 100)
    ring.overwrite(0)
    assert reader.appended() == 1
    segment = Segment.attach(ring.name, magic=layout.RING_MAGIC)
    assert b"secret" not in ctypes.string_at(segment.address, layout.ring_bytes(8))
    segment.close()
    append(ring, 8)
    events = list(reader.poll())
    assert reader.lost > 0
    assert (events[-1].row_id, events[-1].text) == (8, "message 8")
