"""Writers, readers, ringers and sleepers killed with SIGKILL, at random and after each store."""

from __future__ import annotations

import functools
import random
import signal
from collections.abc import Callable

import numpy as np
import pytest

from substrate.shm import Doorbell, EventRing, ReadyBuffer, RunDirectory, layout
from substrate.shm.segment import Segment, load_word
from tests.substrate.shm.processes import forked
from tests.substrate.shm.stress_kernels import (
    check_many,
    countdown,
    mortal_kernels,
    patterns_of,
    publish_many,
    value_of,
)

KEY = ("victim",)
WORDS = 8192
"""64 KiB: a publish takes long enough for a kill to land inside."""

KILLS, KILLS_UNDER_STRESS = 40, 1000
INSIDE_SHARE = 0.3


def publish_until_killed(name: str) -> None:
    writer = ReadyBuffer.adopt(name)
    entry = writer._entries[KEY]
    patterns = patterns_of(WORDS)
    while True:
        publish_many(writer._view_address, entry, patterns, WORDS, 100)


def kill_writers(name: str, kills: int) -> int:
    """Kill `kills` writers of the buffer in turn; returns how many died inside a publish."""
    reader = ReadyBuffer.attach(name)
    handle = reader.handle(KEY)
    segment = Segment.attach(name, layout.BUFFER_MAGIC)
    cell = segment.address + layout.HEADER_BYTES + layout.directory_entries(1) * layout.ENTRY_BYTES
    generator = random.Random(1)
    inside, before = 0, handle.version()
    for _ in range(kills):
        with forked(lambda: publish_until_killed(name)) as writer:
            alive_until = before + generator.randint(1, 40)
            while handle.version() < alive_until:
                writer.must_live()
                data = handle.peek_bytes()
                assert data is not None
            writer.kill()
        version = load_word(cell + layout.CELL_HEAD)
        assert version >= alive_until
        assert handle.peek_bytes() == value_of(version, WORDS), "not the last complete value"
        next_slot = cell + layout.CELL_SLOTS + ((version + 1) & 1) * layout.slot_bytes(8 * WORDS)
        inside += load_word(next_slot + layout.SLOT_SEQ) in (0, version + 1)
        before = version
    assert reader.counters().epoch == kills
    assert reader.counters().contended <= reader.counters().hits
    segment.close()
    reader.close()
    return inside


def make_victim(name: str) -> None:
    buffer = ReadyBuffer.create(name, keys=1, value_bytes=8 * WORDS, versions=2)
    buffer.publish_bytes(KEY, value_of(1, WORDS))
    buffer.close()


def test_a_killed_writer_leaves_its_last_value_and_another_goes_on(new_name: Callable[[], str]) -> None:
    name = new_name()
    make_victim(name)
    kill_writers(name, KILLS)


@pytest.mark.stress
def test_a_thousand_killed_writers_lose_nothing_and_block_nobody(new_name: Callable[[], str]) -> None:
    name = new_name()
    make_victim(name)
    inside = kill_writers(name, KILLS_UNDER_STRESS)
    print(f"{inside} of {KILLS_UNDER_STRESS} writers died inside a publish")
    assert inside >= INSIDE_SHARE * KILLS_UNDER_STRESS


def test_readers_killed_at_random_never_disturb_the_writer(new_name: Callable[[], str]) -> None:
    name = new_name()
    buffer = ReadyBuffer.create(name, keys=1, value_bytes=1024, versions=2)
    buffer.publish_bytes(KEY, value_of(1, 128))
    entry = buffer._entries[KEY]

    def read_until_killed() -> None:
        handle = ReadyBuffer.attach(name).handle(KEY)
        tally = np.zeros(3, np.int64)
        while True:
            check_many(handle._address, 128, 1000, tally.ctypes.data)

    version, patterns = 1, patterns_of(128)
    for kill in range(20):
        hits = buffer.counters().hits
        with forked(read_until_killed) as reader:
            while buffer.counters().hits < hits + 10 * kill + 1:
                reader.must_live()
                assert publish_many(buffer._view_address, entry, patterns, 128, 10) == version + 10
                version += 10
            reader.kill()
    assert buffer.peek_bytes(KEY) == value_of(version, 128)
    counters = buffer.counters()
    assert counters.consumed <= counters.published == version
    buffer.close()


def test_a_writer_killed_after_any_store_leaves_every_key_whole(new_name: Callable[[], str]) -> None:
    """The deterministic form: the real writer, in a process of its own, killed after each store in turn."""
    name = new_name()
    life: list[tuple[str, str, int]] = [
        ("publish", "a", 1),
        ("publish", "a", 2),
        ("publish", "b", 3),
        ("publish", "a", 4),
        ("evict", "b", 0),
        ("publish", "c", 5),
        ("publish", "c", 6),
    ]
    ReadyBuffer.create(name, keys=3, value_bytes=256, versions=2).close()
    reader = ReadyBuffer.attach(name)
    handles = {key: reader.handle((key,)) for key in "abc"}

    def act(writer: ReadyBuffer, operation: str, key: str, number: int) -> None:
        if operation == "publish":
            writer.publish((key,), [number] * 50)
        else:
            writer.evict((key,))

    def live(stores: int) -> None:
        writer = ReadyBuffer.adopt(name)
        countdown[0] = stores
        for step in life:
            act(writer, *step)
        countdown[0] = 0

    with mortal_kernels():
        stores, status = 0, -1
        while status != 0:
            stores += 1
            with forked(functools.partial(live, stores)) as child:
                status = child.wait()
                assert status in (0, -signal.SIGKILL)
            found = {key: staged.value for key, handle in handles.items() if (staged := handle.peek())}
            assert all(value == [value[0]] * 50 for value in found.values())
            numbers = {key: value[0] for key, value in found.items()}
            states: list[dict[str, int]] = [{}]
            for operation, key, number in life:
                state = {other: kept for other, kept in states[-1].items() if other != key}
                states.append(state | {key: number} if operation == "publish" else state)
            assert numbers in states, f"killed after store {stores}: {numbers}"
            adopted = ReadyBuffer.adopt(name)
            for key in "abc":
                adopted.publish((key,), [9] * 50)
                staged = handles[key].peek()
                assert staged is not None and staged.value == [9] * 50
            for key in "abc":
                adopted.evict((key,))
            adopted.close()
    assert stores > 60
    assert reader.counters().contended == 0
    reader.close()


def test_a_ring_writer_killed_after_any_store_leaves_the_ring_whole(new_name: Callable[[], str]) -> None:
    ring = EventRing.create(new_name(), slots=8)
    reader = EventRing.attach(ring.name)

    def live(stores: int) -> None:
        writer = EventRing.adopt(ring.name)
        countdown[0] = stores
        for _ in range(3):
            row = writer.head() + 1
            writer.append(row, row, "general", "joel", f"{row:0100}")
        countdown[0] = 0

    with mortal_kernels():
        stores, status, expected = 0, -1, 1
        while status != 0:
            stores += 1
            with forked(functools.partial(live, stores)) as child:
                status = child.wait()
            for event in reader.poll():
                assert (event.seq, event.row_id, event.text) == (expected, expected, f"{expected:0100}")
                expected += 1
            assert reader.lost == 0
            assert expected == ring.head() + 1
    assert stores > 30


def test_ring_writers_killed_at_random_leave_only_whole_events(new_name: Callable[[], str]) -> None:
    ring = EventRing.create(new_name(), slots=64)
    reader = EventRing.attach(ring.name)

    def append_until_killed() -> None:
        writer = EventRing.adopt(ring.name)
        while True:
            row = writer.head() + 1
            writer.append(1, row, "general", "joel", f"{row:0800}")

    taken = 0
    for kill in range(20):
        with forked(append_until_killed) as writer:
            head = ring.head()
            while ring.head() < head + 7 * kill + 1:
                writer.must_live()
            writer.kill()
        for event in reader.poll():
            taken += 1
            assert event.text == f"{event.row_id:0800}"
            assert event.seq == event.row_id == taken + reader.lost
        assert reader.seq == ring.head()


def test_a_ringer_killed_after_any_step_does_not_silence_the_bell(run: RunDirectory) -> None:
    """Whatever a dying ringer left, the next ring of a living one wakes the sleeper."""
    bell = Doorbell.create(run, "sleeper")
    living = Doorbell.attach(run, "sleeper")

    def ring_and_die(stores: int) -> None:
        mine = Doorbell.attach(run, "sleeper")
        countdown[0] = stores
        mine.ring()

    def look() -> bool:
        with forked(lambda: ring_and_die(1)) as child:
            assert child.wait() == -signal.SIGKILL, "it dies once it has marked the sleeper awake"
        return False

    with mortal_kernels():
        assert bell.wait(30.0, look=look).rung
    for _ in range(10):
        assert bell.wait(30.0, look=lambda: not living.ring()).rung


def test_a_sleeper_killed_asleep_is_followed_by_one_that_wakes(run: RunDirectory) -> None:
    bell = Doorbell.create(run, "sleeper")

    def sleep() -> None:
        Doorbell.adopt(run, "sleeper").wait(60.0)

    for _ in range(5):
        with forked(sleep) as sleeper:
            while not bell.ring():
                sleeper.must_live()
            sleeper.kill()
        adopted = Doorbell.adopt(run, "sleeper")
        assert not adopted.wait(0.0)
        assert adopted.wait(30.0, look=lambda: not bell.ring()).rung
        adopted.close()
