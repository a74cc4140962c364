"""What is left of a conversation after half a year in a memory that is far too small for it?

    python -m benchmarks.retention --json

A fake clock runs through 180 days of about 60 messages each; the memory holds 3,000 engrams, a third of what
is said. Beside small talk there are facts that replies use now and then, messages that got a reaction,
and facts that nobody ever came back to. Reported is the share of each that is still remembered, by age.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks._measure import benchmark_arguments, print_result, print_table
from benchmarks.recall import Chatter
from substrate.memory import EngramStore, MemorySettings, Message
from substrate.memory.salience import Counter, salience_of
from substrate.memory.settings import DAY_S, CapacitySettings

DAYS = 180
SMALL_TALK_A_DAY = 54
CAPACITY = 3_000
AGES = {"under a month": (0, 30), "one to three months": (30, 90), "over three months": (90, 180)}
KINDS = ("small talk", "fact, never used", "fact, used in replies", "with a reaction")
_USES_A_WEEK = 0.5
_START_S = 1_600_000_000.0


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = simulate(Path(folder))
    print_table(
        f"Share still remembered of {DAYS} days in {CAPACITY:,} engrams",
        ["what was said", *AGES],
        [[kind, *(kept[kind][age] for age in AGES)] for kind in KINDS],
    )
    figures = {
        f"{kind.replace(',', '').replace(' ', '_')}.{age.replace(' ', '_')}": kept[kind][age]
        for kind in KINDS
        for age in AGES
    }
    print_result(figures, arguments)


def simulate(folder: Path, seed: int = 3) -> Mapping[str, Mapping[str, float]]:
    """By kind and age the share of what was said that is still in memory."""
    settings = replace(MemorySettings(), capacity=CapacitySettings(engrams=CAPACITY))
    store = EngramStore(folder / "longterm.db", "simulation", settings)
    chatter, chance = Chatter(seed), random.Random(seed)
    said: dict[int, tuple[str, int]] = {}
    row = 0
    for day in range(DAYS):
        now_s = _START_S + day * DAY_S
        kinds = ["small talk"] * SMALL_TALK_A_DAY + [kind for kind in KINDS[1:] for _ in range(2)]
        chance.shuffle(kinds)
        messages = []
        for kind in kinds:
            row += 1
            said[row] = kind, day
            words = chatter.text(chance.randint(5, 20))
            messages.append(Message(f"m{row}", row, "general", "joel", words, now_s + row % 60 * 600.0))
        store.admit(messages)
        _live_a_day(store, said, day, chance, now_s + DAY_S / 2)
        store.evict(now_s + DAY_S)
    held = {int(number) for number in store.index.column("row_id")[store.index.column("alive")]}
    store.close()
    return _shares(said, held)


def _live_a_day(
    store: EngramStore, said: Mapping[int, tuple[str, int]], day: int, chance: random.Random, now_s: float
) -> None:
    """Reactions to what was said today, and replies that use facts of any age."""
    reaction = salience_of({Counter.REACTIONS: 1.0}, store.settings.salience)
    store.set_salience(
        (row, reaction)
        for row, (kind, said_on) in said.items()
        if kind == "with a reaction" and said_on == day
    )
    used = [
        f"{row}.0"
        for row, (kind, _) in said.items()
        if kind == "fact, used in replies" and chance.random() < _USES_A_WEEK / 7.0
    ]
    store.rehearse(used, used, now_s)


def _shares(said: Mapping[int, tuple[str, int]], held: set[int]) -> Mapping[str, Mapping[str, float]]:
    kept: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row, (kind, day) in said.items():
        for age, (least, most) in AGES.items():
            if least <= DAYS - 1 - day < most:
                kept[kind, age].append(row in held)
    return {kind: {age: statistics.fmean(kept[kind, age]) for age in AGES} for kind in KINDS}


if __name__ == "__main__":
    main()
