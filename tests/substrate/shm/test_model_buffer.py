"""Publish, peek, insert, evict, reuse and adopt, explored exhaustively with a crash at every store."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass

import pytest

from substrate.shm import buffer_kernels, layout
from tests.substrate.shm.weak_memory import (
    SHARED,
    Choices,
    Kernels,
    Killed,
    Machine,
    Site,
    Thread,
    explore,
    ordering_sites,
)

VALUE_WORDS = 2
VALUE_BYTES = 8 * VALUE_WORDS
VERSIONS = 2
VIEW, HANDLE_A, HANDLE_B = 1024, 2048, 3072
KEY_A, KEY_B, KEY_C = 0x61, 0x62, 0x63
HASH = 6
"""All keys collide, at the first entry."""

Value = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class World:
    """A buffer with two slots per key, in which all keys have the same home."""

    machine: Machine
    kernels: Kernels
    entries: int

    @classmethod
    def build(cls, choices: Choices, kernels: Kernels, entries: int = 1) -> World:
        machine = kernels.machine = Machine(choices)
        directory = SHARED + layout.HEADER_BYTES
        for offset, word in (
            (layout.VIEW_BASE, SHARED),
            (layout.VIEW_DIRECTORY, directory),
            (layout.VIEW_ENTRY_MASK, entries - 1),
            (layout.VIEW_CELLS, directory + entries * layout.ENTRY_BYTES),
            (layout.VIEW_CELL_BYTES, layout.cell_bytes(VALUE_BYTES, VERSIONS)),
            (layout.VIEW_SLOT_BYTES, layout.slot_bytes(VALUE_BYTES)),
            (layout.VIEW_SLOT_MASK, VERSIONS - 1),
            (layout.VIEW_VALUE_BYTES, VALUE_BYTES),
        ):
            machine.private[VIEW + offset] = word
        for handle, key in ((HANDLE_A, KEY_A), (HANDLE_B, KEY_B)):
            machine.private[handle + layout.HANDLE_VIEW] = VIEW
            machine.private[handle + layout.HANDLE_COUNTS] = 1
            machine.private[handle + layout.HANDLE_HASH] = HASH
            machine.private[handle + layout.HANDLE_KEY] = handle + 512
            machine.private[handle + layout.HANDLE_KEY_LENGTH] = 1
            machine.private[handle + 512] = key
        return cls(machine, kernels, entries)

    def writer(self) -> Thread:
        """A process that starts now, after all that happened."""
        return self.machine.new_thread(after_all=True)

    def late_reader(self) -> Thread:
        """A reader that knows all that has happened so far."""
        return self.machine.new_thread(after_all=True)

    def fresh_reader(self) -> Thread:
        """A reader in another process: it has seen nothing yet, and its handles are not resolved."""
        for handle in (HANDLE_A, HANDLE_B):
            self.machine.private[handle + layout.HANDLE_ENTRY] = 0
        return self.machine.new_thread(after_all=False)

    def entry(self, position: int) -> int:
        return SHARED + layout.HEADER_BYTES + position * layout.ENTRY_BYTES

    def insert(self, thread: Thread, key: int, number: int, cell: int = 0, key_words: int = 1) -> int:
        """The key gets the first free entry of its chain; returns the entry's address."""
        machine, kernels = self.machine, self.kernels
        entry = int(machine.run(thread, kernels.claim_entry(VIEW, HASH, self.entries)))
        data = machine.new_object(value_of(key, number))
        name = machine.new_object((key,) * key_words)
        length = 8 * key_words if key_words > 1 else 1
        machine.run(thread, kernels.insert(VIEW, entry, HASH, cell, name, length, data, VALUE_BYTES, number))
        return entry

    def publish(self, thread: Thread, key: int, number: int, entry: int) -> None:
        data = self.machine.new_object(value_of(key, number))
        self.machine.run(thread, self.kernels.publish(VIEW, entry, data, VALUE_BYTES, number))

    def evict(self, thread: Thread, entry: int) -> None:
        self.machine.run(thread, self.kernels.evict(entry))

    def peek(self, thread: Thread, handle: int) -> Value | None:
        data = self.machine.run(thread, self.kernels.peek_bytes(handle))
        return None if data is None else self.machine.object_words(data, VALUE_WORDS)

    def peek_to_decode(self, thread: Thread, handle: int) -> tuple[Value | None, int, int]:
        """Value, version and stamp."""
        data, version, stamp, _, _ = self.machine.run(thread, self.kernels.peek_to_decode(handle))
        return None if data is None else self.machine.object_words(data, VALUE_WORDS), version, stamp


def value_of(key: int, number: int) -> Value:
    """Both words tell key and number: a torn value, or one of another key, gives itself away."""
    return (1000 * key + number,) * VALUE_WORDS


Scenario = Callable[[World], None]


def a_fresh_reader_sees_whole_values(world: World) -> None:
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1)
    for number in (2, 3, 4):
        world.publish(writer, KEY_A, number, entry)
    found = world.peek(world.fresh_reader(), HANDLE_A)
    assert found is None or found in [value_of(KEY_A, number) for number in (1, 2, 3, 4)]


def a_decoded_value_has_its_own_version_and_stamp(world: World) -> None:
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1)
    for number in (2, 3, 4):
        world.publish(writer, KEY_A, number, entry)
    found, version, stamp = world.peek_to_decode(world.fresh_reader(), HANDLE_A)
    assert found is None or (found == value_of(KEY_A, version) and stamp == version)


def values_of_one_reader_never_go_back(world: World) -> None:
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1)
    world.publish(writer, KEY_A, 2, entry)
    reader = world.fresh_reader()
    seen = [world.peek(reader, HANDLE_A) for _ in range(2)]
    numbers = [0 if found is None else found[0] for found in seen]
    assert numbers == sorted(numbers)


def a_reader_that_is_not_lapped_needs_one_try(world: World) -> None:
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1)
    reader, other = world.late_reader(), world.late_reader()
    world.publish(writer, KEY_A, 2, entry)
    assert world.peek(reader, HANDLE_A) in (value_of(KEY_A, 1), value_of(KEY_A, 2))
    assert world.peek_to_decode(other, HANDLE_A)[0] in (value_of(KEY_A, 1), value_of(KEY_A, 2))
    assert world.machine.newest(SHARED + layout.CONTENDED) == 0


def an_entry_used_again_never_shows_another_key(world: World) -> None:
    """The reader's handle is resolved; then entry and cell are given to another key."""
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1)
    reader = world.late_reader()
    assert world.peek(reader, HANDLE_A) == value_of(KEY_A, 1)
    world.evict(writer, entry)
    world.insert(writer, KEY_B, 2)
    world.publish(writer, KEY_B, 3, entry)
    found = world.peek(reader, HANDLE_A)
    assert found is None or found == value_of(KEY_A, 1)
    other = world.peek(reader, HANDLE_B)
    assert other is None or other in (value_of(KEY_B, 2), value_of(KEY_B, 3))


def the_version_of_a_key_is_never_that_of_another(world: World) -> None:
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1)
    reader = world.late_reader()
    assert world.machine.run(reader, world.kernels.newest_version(HANDLE_A)) == 1
    world.evict(writer, entry)
    world.insert(writer, KEY_B, 2)
    assert world.machine.run(reader, world.kernels.newest_version(HANDLE_A)) in (0, 1)


def a_lookup_never_takes_half_a_key_for_a_key(world: World) -> None:
    """The entry is B's in generation 1 and A's in generation 3; a handle is bound to its own only."""
    writer = world.writer()
    entry = world.insert(writer, KEY_B, 1)
    world.evict(writer, entry)
    world.insert(writer, KEY_A, 2)
    reader = world.fresh_reader()
    for handle, generation in ((HANDLE_A, 3), (HANDLE_B, 1)):
        if world.machine.run(reader, world.kernels.resolve(handle)):
            assert world.machine.private[handle + layout.HANDLE_GENERATION] == generation


def a_listed_key_is_a_whole_key(world: World) -> None:
    writer = world.writer()
    entry = world.insert(writer, KEY_A, 1, key_words=2)
    world.evict(writer, entry)
    world.insert(writer, KEY_B, 2, key_words=2)
    listed = world.machine.run(world.fresh_reader(), world.kernels.copy_key(VIEW, 0))
    assert listed is None or world.machine.object_words(listed, 2) in ((KEY_A,) * 2, (KEY_B,) * 2)


def a_live_key_is_found_whatever_happens_before_it_in_its_chain(world: World) -> None:
    writer = world.writer()
    first = world.insert(writer, KEY_A, 1, cell=0)
    world.insert(writer, KEY_B, 2, cell=1)
    reader = world.late_reader()
    world.evict(writer, first)
    world.insert(writer, KEY_C, 3, cell=0)
    assert world.peek(reader, HANDLE_B) == value_of(KEY_B, 2)


SCENARIOS: dict[Scenario, int] = {
    a_fresh_reader_sees_whole_values: 1,
    a_decoded_value_has_its_own_version_and_stamp: 1,
    values_of_one_reader_never_go_back: 1,
    a_reader_that_is_not_lapped_needs_one_try: 1,
    an_entry_used_again_never_shows_another_key: 1,
    the_version_of_a_key_is_never_that_of_another: 1,
    a_lookup_never_takes_half_a_key_for_a_key: 1,
    a_listed_key_is_a_whole_key: 1,
    a_live_key_is_found_whatever_happens_before_it_in_its_chain: 2,
}
"""Each with the number of entries of its buffer."""


def run_scenario(scenario: Scenario, weaken: Collection[Site] = (), tries: int = 1) -> int:
    kernels = Kernels(buffer_kernels, weaken, TRIES=tries)
    return explore(lambda choices: scenario(World.build(choices, kernels, SCENARIOS[scenario])))


@pytest.mark.parametrize("tries", [1, 2])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_in_every_execution(scenario: Scenario, tries: int) -> None:
    run_scenario(scenario, tries=tries)


def find_violation(weaken: Collection[Site]) -> str | None:
    for scenario in SCENARIOS:
        try:
            run_scenario(scenario, weaken)
        except AssertionError:
            return scenario.__name__
    return None


SITES = list(ordering_sites(buffer_kernels))


@pytest.mark.parametrize("site", SITES, ids=str)
def test_without_any_one_ordering_a_promise_breaks(site: Site) -> None:
    """Where two pairs say the same (SLOT_SEQ and CELL_HEAD), without both."""
    weaken = {site}
    if site.address == "slot + SLOT_SEQ":
        weaken |= {other for other in SITES if other.address.endswith("CELL_HEAD")}
    assert find_violation(weaken), f"nothing breaks without {site}: is it needed?"


def test_every_fence_and_ordering_is_among_those_tried() -> None:
    source = inspect.getsource(buffer_kernels)
    assert len(SITES) == sum(source.count(f'"{ordering}")') for ordering in ("acquire", "release", "seq_cst"))


# Crashes


@dataclass(frozen=True, slots=True)
class Life:
    """What a writer does before it is killed: operations on the buffer's one entry."""

    operations: tuple[tuple[str, int, int], ...]
    """("insert" or "publish", key, number) or ("evict", key, 0)."""


LIFE = Life(
    (
        ("insert", KEY_A, 1),
        ("publish", KEY_A, 2),
        ("publish", KEY_A, 3),
        ("evict", KEY_A, 0),
        ("insert", KEY_B, 4),
        ("publish", KEY_B, 5),
    )
)


def live_until_killed(world: World, stores: int) -> tuple[dict[int, int], dict[int, int]]:
    """Run LIFE for `stores` stores; returns each key's newest number before and after the last operation."""
    machine, writer = world.machine, world.writer()
    machine.stores_left = stores
    entry = world.entry(0)
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    try:
        for operation, key, number in LIFE.operations:
            after = {other: newest for other, newest in before.items() if other != key}
            if operation == "evict":
                world.evict(writer, entry)
            elif operation == "insert":
                after[key] = number
                world.insert(writer, key, number)
            else:
                after[key] = number
                world.publish(writer, key, number, entry)
            before = dict(after)
    except Killed:
        return before, after
    finally:
        machine.stores_left = None
    return before, before


def count_stores() -> int:
    kernels = Kernels(buffer_kernels)
    stores = 0
    while live_until_killed(World.build(Choices(), kernels), stores)[0] != {KEY_B: 5}:
        stores += 1
    return stores


def allowed(key: int, *states: dict[int, int]) -> set[Value | None]:
    return {value_of(key, state[key]) if key in state else None for state in states}


@pytest.mark.parametrize("stores", range(count_stores() + 1))
def test_a_writer_killed_before_any_store_leaves_the_last_complete_value(stores: int) -> None:
    """A reader that starts after the death finds, at once, the state before or after the last operation."""
    kernels = Kernels(buffer_kernels, TRIES=1)

    def run(choices: Choices) -> None:
        world = World.build(choices, kernels)
        before, after = live_until_killed(world, stores)
        handle, key = ((HANDLE_A, KEY_A), (HANDLE_B, KEY_B))[choices.choose(2)]
        assert world.peek(world.late_reader(), handle) in allowed(key, before, after)
        assert world.machine.newest(SHARED + layout.CONTENDED) == 0

    explore(run)


@pytest.mark.parametrize("stores", range(count_stores() + 1))
def test_a_new_writer_goes_on_where_a_killed_one_stopped(stores: int) -> None:
    """The new writer finds the entry live or free, and publishes; readers old and new see whole values."""
    kernels = Kernels(buffer_kernels, TRIES=1)

    def run(choices: Choices) -> None:
        world = World.build(choices, kernels)
        live_until_killed(world, stores)
        entry = world.entry(0)
        is_live = bool(world.machine.newest(entry + layout.GENERATION) & 1)
        writer = world.writer()
        if is_live:
            key = KEY_A if world.machine.newest(entry + layout.KEY) == KEY_A else KEY_B
            world.publish(writer, key, 8, entry)
            world.publish(writer, key, 9, entry)
        else:
            key = KEY_A
            world.insert(writer, key, 8)
            world.publish(writer, key, 9, entry)
        handle = HANDLE_A if key == KEY_A else HANDLE_B
        assert world.peek(world.late_reader(), handle) == value_of(key, 9)
        handle, key = ((HANDLE_A, KEY_A), (HANDLE_B, KEY_B))[choices.choose(2)]
        found = world.peek(world.fresh_reader(), handle)
        assert found is None or found in [value_of(key, number) for number in range(10)]

    explore(run)
