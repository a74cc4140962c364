"""Append, read, lap and adopt, explored exhaustively with a crash at every store."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pytest

from substrate.shm import layout, ring_kernels
from tests.substrate.shm.weak_memory import (
    SHARED,
    Choices,
    Kernels,
    Killed,
    Machine,
    Pruned,
    Site,
    Thread,
    explore,
    ordering_sites,
)

SLOTS = 2
CURSOR = 1024
STEPS_OF_ONE_TRY, STEPS_OF_TWO_TRIES = 10, 24
WORDS = (layout.EVENT_TEXT + 8) // 8


@dataclass(frozen=True, slots=True)
class World:
    """A ring of two slots, whose events carry their own number in every field."""

    machine: Machine
    kernels: Kernels

    @classmethod
    def build(cls, choices: Choices, kernels: Kernels) -> World:
        machine = kernels.machine = Machine(choices)
        machine.private[CURSOR + layout.CURSOR_BASE] = SHARED
        machine.private[CURSOR + layout.CURSOR_SLOT_MASK] = SLOTS - 1
        return cls(machine, kernels)

    def process(self) -> Thread:
        """A process that starts now, after all that happened."""
        return self.machine.new_thread(after_all=True)

    def append(self, writer: Thread, number: int) -> None:
        data = self.machine.new_object((number,))
        steps = self.kernels.append(SHARED, SLOTS - 1, number, number, 8, 0, 0, data, 8, number)
        assert self.machine.run(writer, steps) == number

    def append_until_killed(self, stores: int) -> int:
        """Append events until the writer is killed; returns the number of the last complete one."""
        writer = self.process()
        self.machine.stores_left = stores
        number = 0
        try:
            for number in range(1, 4):
                self.append(writer, number)
        except Killed:
            return number - 1
        finally:
            self.machine.stores_left = None
        return number

    def read(self, reader: Thread, steps_max: int = STEPS_OF_TWO_TRIES) -> int | None:
        """The number of the next event, checked in every field; None when there is none."""
        data = self.machine.run(reader, self.kernels.read_event(CURSOR), steps_max)
        if data is None:
            return None
        words = self.machine.object_words(data, WORDS)
        seq = words[layout.EVENT_SEQ // 8]
        for field in (layout.EVENT_KIND, layout.EVENT_ROW, layout.EVENT_STAMP, layout.EVENT_TEXT):
            assert words[field // 8] == seq, f"event {seq} holds {words}"
        return seq

    @property
    def lost(self) -> int:
        return self.machine.private.get(CURSOR + layout.CURSOR_LOST, 0)


Scenario = Callable[[World], None]


def a_lapped_reader_reads_whole_events_and_counts_the_lost(world: World) -> None:
    """Three events through two slots, under the eyes of a reader that began before them."""
    reader, writer = world.process(), world.process()
    for number in (1, 2, 3):
        world.append(writer, number)
    seq = world.read(reader)
    assert seq is None or seq == 1 + world.lost, f"event {seq} after {world.lost} lost"


def a_reader_goes_on_behind_what_it_read_or_lost(world: World) -> None:
    writer = world.process()
    world.append(writer, 1)
    world.append(writer, 2)
    reader = world.process()
    first = world.read(reader)
    world.append(writer, 3)
    second = world.read(reader)
    assert (first, world.lost) == (2, 1)
    assert second in (None, 3)
    assert world.lost == 1


def an_announced_event_is_read_at_the_first_try(world: World) -> None:
    reader, writer = world.process(), world.process()
    world.append(writer, 1)
    try:
        assert world.read(reader, STEPS_OF_ONE_TRY) in (None, 1)
    except Pruned:
        pytest.fail("a second try was needed")


SCENARIOS: tuple[Scenario, ...] = (
    a_lapped_reader_reads_whole_events_and_counts_the_lost,
    a_reader_goes_on_behind_what_it_read_or_lost,
    an_announced_event_is_read_at_the_first_try,
)


def run_scenario(scenario: Scenario, weaken: Collection[Site] = ()) -> int:
    kernels = Kernels(ring_kernels, weaken)
    return explore(lambda choices: scenario(World.build(choices, kernels)))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_in_every_execution(scenario: Scenario) -> None:
    run_scenario(scenario)


SITES = list(ordering_sites(ring_kernels))


@pytest.mark.parametrize("site", SITES, ids=str)
def test_without_any_one_ordering_a_promise_breaks(site: Site) -> None:
    """Where two pairs say the same (EVENT_SEQ and HEAD), without both."""
    weaken = {site}
    if site.address == "slot + EVENT_SEQ":
        weaken |= {other for other in SITES if other.address == "base + HEAD"}
    for scenario in SCENARIOS:
        try:
            run_scenario(scenario, weaken)
        except (AssertionError, pytest.fail.Exception):
            return
    pytest.fail(f"nothing breaks without {site}: is it needed?")


def count_stores() -> int:
    kernels = Kernels(ring_kernels)
    stores = 0
    while World.build(Choices(), kernels).append_until_killed(stores) < 3:
        stores += 1
    return stores


@pytest.mark.parametrize("stores", range(count_stores() + 1))
def test_a_writer_killed_before_any_store_leaves_the_ring_readable(stores: int) -> None:
    """What was announced can be read; the new writer goes on behind it, and nothing half-written shows."""
    kernels = Kernels(ring_kernels)

    def run(choices: Choices) -> None:
        world = World.build(choices, kernels)
        complete = world.append_until_killed(stores)
        head = world.machine.newest(SHARED + layout.HEAD)
        assert head in (complete, complete + 1)
        seq = world.read(world.process())
        assert seq == (head or None)
        assert world.lost == max(0, head - 1)
        world.append(world.process(), head + 1)
        assert world.read(world.process()) == head + 1

    explore(run)
