"""The doorbell in every interleaving, with ringers that may die at any step: no wake-up is lost."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pytest

from substrate.shm import doorbell_kernels
from tests.substrate.shm.weak_memory import (
    SHARED,
    Choices,
    Kernels,
    Machine,
    Site,
    Step,
    explore,
    ordering_sites,
)

EVENTS = SHARED + (1 << 16)
"""One word per ringer: what it published."""


@dataclass(slots=True)
class Scene:
    """A sleeper and its ringers; `bytes_waiting` is the FIFO."""

    kernels: Kernels
    ringers: tuple[str, ...]
    bytes_waiting: int = 0
    seen: set[str] = field(default_factory=set)
    rung: set[str] = field(default_factory=set)
    """Ringers that have done all that they had to do."""

    def sleeper(self) -> Step:
        """As in `Doorbell.wait`: announce, look, sleep, and drain the FIFO before the next sleep."""
        while len(self.seen) < len(self.ringers):
            self.bytes_waiting = 0
            yield from self.kernels.fall_asleep(SHARED)
            if (yield from self._look()):
                yield from self.kernels.wake_up(SHARED)
            else:
                yield "wait_until", lambda: self.bytes_waiting > 0
                yield from self._look()

    def _look(self) -> Step:
        found = False
        for index, name in enumerate(self.ringers):
            if name not in self.seen and (yield "load_atomic", EVENTS + 8 * index, "monotonic"):
                self.seen.add(name)
                found = True
        return found

    def ringer(self, name: str) -> Step:
        """Publish, then `Doorbell.ring`."""
        yield "store_atomic", EVENTS + 8 * self.ringers.index(name), 1, "release"
        state = yield from self.kernels.sleeping_since(SHARED)
        if state:
            self.bytes_waiting += 1
            yield from self.kernels.mark_woken(SHARED, state)
        self.rung.add(name)

    def hasty_ringer(self, name: str) -> Step:
        """What the doorbell does not do: mark the sleeper awake, then write."""
        yield "store_atomic", EVENTS + 8 * self.ringers.index(name), 1, "release"
        state = yield from self.kernels.sleeping_since(SHARED)
        if state:
            yield from self.kernels.mark_woken(SHARED, state)
            self.bytes_waiting += 1
        self.rung.add(name)


def explore_scene(
    ringers: tuple[str, ...],
    mortal: Collection[str],
    weaken: Collection[Site] = (),
    ring: Callable[[Scene, str], Step] = Scene.ringer,
) -> int:
    """Returns the number of distinct states."""
    kernels = Kernels(doorbell_kernels, weaken)
    states: set[int] = set()

    def run(choices: Choices) -> None:
        machine = kernels.machine = Machine(choices, states)
        scene = Scene(kernels, ringers)
        threads = {"sleeper": scene.sleeper(), **{name: ring(scene, name) for name in ringers}}
        machine.run_together(
            {name: (machine.new_thread(after_all=True), steps) for name, steps in threads.items()},
            mortal,
            outside=lambda: scene.bytes_waiting,
        )
        lost = scene.rung - scene.seen
        assert not lost, f"the sleeper sleeps on, though {lost} rang"

    explore(run)
    return len(states)


def test_no_wake_up_is_lost() -> None:
    assert explore_scene(("one",), mortal=()) > 100


@pytest.mark.stress
def test_no_wake_up_of_two_ringers_is_lost() -> None:
    assert explore_scene(("one", "two"), mortal=()) > 1000


def test_a_ringer_that_dies_leaves_the_sleeper_as_it_was() -> None:
    explore_scene(("one",), mortal=("one",))


@pytest.mark.stress
def test_a_ringer_that_dies_takes_no_other_ring_with_it() -> None:
    assert explore_scene(("one", "two"), mortal=("one",)) > 1000


def test_a_ringer_that_marked_before_it_wrote_would_take_others_with_it() -> None:
    """Why the byte is written first, and that this exploration would notice."""
    with pytest.raises(AssertionError, match="sleeps on"):
        explore_scene(("one", "two"), mortal=("one",), ring=Scene.hasty_ringer)


SITES = list(ordering_sites(doorbell_kernels))


@pytest.mark.parametrize("site", SITES, ids=str)
def test_without_either_full_fence_a_wake_up_is_lost(site: Site) -> None:
    with pytest.raises(AssertionError, match="sleeps on"):
        explore_scene(("one",), mortal=(), weaken={site})


def test_there_is_one_full_fence_on_each_side() -> None:
    found = [(site.function, site.operation, site.ordering) for site in SITES]
    assert found == [("fall_asleep", "fence", "seq_cst"), ("sleeping_since", "fence", "seq_cst")]
