"""How benchmarks measure and report, so that their figures can be compared.

A machine is never quiet. Ratios are therefore medians over interleaved rounds: in each round every
candidate runs one batch, in an order that rotates, so that whatever disturbs the machine disturbs all of
them alike. A batch takes about a millisecond, less than a time slice, so that most are not interrupted.
Percentiles come from singly timed calls, since a batch mean hides its worst. Single timings include the
clock itself, about 0.05 us.

A benchmark prints a table for people and, with `--json`, one JSON object as its last line.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import platform
import signal
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROUNDS = 51
"""Interleaved rounds behind a ratio."""


Batch = Callable[[], float]
"""Runs one batch of calls and returns the mean seconds per call; it may run in another process."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of singly timed calls, in microseconds."""

    p50_us: float
    p99_us: float
    p999_us: float

    @classmethod
    def of_ns(cls, samples_ns: Sequence[int]) -> Percentiles:
        ordered = sorted(samples_ns)
        last = len(ordered) - 1
        return cls(*(ordered[round(share * last)] / 1000 for share in (0.50, 0.99, 0.999)))

    def as_json(self) -> dict[str, float]:
        return {"p50_us": self.p50_us, "p99_us": self.p99_us, "p999_us": self.p999_us}


@dataclass(frozen=True, slots=True)
class Rounds:
    """Seconds per call of each candidate, one batch mean per interleaved round."""

    seconds: Mapping[str, Sequence[float]]

    def median_us(self, name: str) -> float:
        return statistics.median(self.seconds[name]) * 1e6

    def ratio(self, name: str, other: str) -> float:
        """The median over rounds of `name` over `other` in the same round."""
        return statistics.median(a / b for a, b in zip(self.seconds[name], self.seconds[other], strict=True))


def measure_interleaved(batches: Mapping[str, Batch], rounds: int = ROUNDS) -> Rounds:
    """Time all batches in turn, `rounds` times over, after one round that is thrown away."""
    seconds: dict[str, list[float]] = {name: [] for name in batches}
    names = list(batches)
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds + 1):
            for name in names:
                mean_s = batches[name]()
                if number > 0:
                    seconds[name].append(mean_s)
            names.append(names.pop(0))
    finally:
        gc.enable()
    return Rounds(seconds)


def batch_of(run: Callable[[], object], calls: int) -> Batch:
    """A batch of `calls` calls of `run` in this process."""

    def time_batch() -> float:
        repeats = itertools.repeat(None, calls)
        started_ns = time.perf_counter_ns()
        for _ in repeats:
            run()
        return (time.perf_counter_ns() - started_ns) / calls / 1e9

    return time_batch


def calls_within(run: Callable[[], object], seconds: float = 0.001) -> int:
    """How many calls of `run` take about `seconds`; at least one."""
    calls, mean_s = 1, batch_of(run, 1)()
    while calls * mean_s < seconds:
        calls *= 2
        mean_s = batch_of(run, calls)()
    return calls


def time_singly(run: Callable[[], object], calls: int) -> list[int]:
    """Nanoseconds of each of `calls` calls, the clock's own time included."""
    clock = time.perf_counter_ns
    samples = [0] * calls
    for index in range(calls):
        started_ns = clock()
        run()
        samples[index] = clock() - started_ns
    return samples


def benchmark_arguments(description: str) -> argparse.ArgumentParser:
    """A parser with `--json`; benchmarks add the flags of their longer forms.

    From here on SIGTERM ends a benchmark as Ctrl+C does, in order: one that `timeout` ends leaves no process
    and no shared memory.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    return parser


def at_least_one(text: str) -> int:
    """The type of an argument that says how many, of which there has to be one."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people; numbers are shown with three significant digits, to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    print(f"\n{title}")
    print(_line(columns, widths))
    print(_line(["-" * width for width in widths], widths))
    for row in cells:
        print(_line(row, widths))


def print_result(result: Mapping[str, object], arguments: argparse.Namespace) -> None:
    """Print the machine and, with `--json`, `result` as the last line; dots in its keys become nesting."""
    machine = describe_machine()
    print("\n" + ", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
    if arguments.json:
        print(json.dumps(nested({**result, "machine": machine})), flush=True)


def nested(flat: Mapping[str, object]) -> dict[str, Any]:
    """`{"a.b": 1}` becomes `{"a": {"b": 1}}`."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        *folders, leaf = path.split(".")
        node = tree
        for folder in folders:
            node = node.setdefault(folder, {})
        node[leaf] = value
    return tree


def describe_machine() -> dict[str, object]:
    """What the figures depend on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
        "load": round(os.getloadavg()[0], 1),
    }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(texts, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)])
