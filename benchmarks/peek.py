"""How fast is a peek, and what would one pay elsewhere?

    python -m benchmarks.peek --json

Reads of one key's value to Python bytes, beside LMDB, iceoryx2's blackboard, a lock around shared memory, a
manager's dict and Redis; reads of an unchanged decoded value; and reads while a writer in another process
publishes as fast as it can.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event

import numba

from benchmarks._measure import (
    ROUNDS,
    Batch,
    Percentiles,
    Rounds,
    at_least_one,
    batch_of,
    benchmark_arguments,
    calls_within,
    measure_interleaved,
    print_result,
    print_table,
    time_singly,
)
from benchmarks._peers import (
    SPAWN,
    PeerMissing,
    iceoryx_child,
    lmdb_reader,
    locked_segment_reader,
    manager_reader,
    redis_reader,
)
from substrate.shm import ReadyBuffer

PAYLOADS = {"64": 64, "1k": 1024, "4k": 4096, "64k": 65536}
KEY = ("persona", "channel")
UNDER_WRITER_CALLS = 400_000
DISTINCT_VALUES = 50_000

_numba_empty: Callable[[int], int] = numba.njit("int64(int64)")(lambda word: word)


@dataclass(frozen=True, slots=True)
class Measured:
    """One payload size."""

    rounds: Rounds
    singly: Mapping[str, Percentiles]


@contextmanager
def temporary_buffer(keys: int, value_bytes: int, versions: int = 4) -> Iterator[ReadyBuffer]:
    """A buffer outside of any instance, removed at the end."""
    buffer = ReadyBuffer.create(
        f"psub-{os.urandom(4).hex()}-bench", keys=keys, value_bytes=value_bytes, versions=versions
    )
    try:
        yield buffer
    finally:
        buffer.close()
        buffer.unlink()


def measure_payload(size_bytes: int, rounds: int) -> tuple[Measured, list[str]]:
    """All candidates for one payload size, and the peers that are not installed."""
    payload = os.urandom(size_bytes)
    batches: dict[str, Batch] = {}
    singly: dict[str, Callable[[], list[int]]] = {}
    missing: list[str] = []
    with ExitStack() as stack:

        def add(name: str, run: Callable[[], object], single_calls: int = 50_000) -> None:
            batches[name] = batch_of(run, calls_within(run))
            singly[name] = functools.partial(time_singly, run, single_calls)

        writer = stack.enter_context(temporary_buffer(8, size_bytes + 16))
        reader = ReadyBuffer.attach(writer.name)
        stack.callback(reader.close)
        writer.publish_bytes(KEY, payload)
        writer.publish(("decoded",), payload)
        add("peek_bytes", reader.handle(KEY).peek_bytes)
        add("peek unchanged", reader.handle(("decoded",)).peek)
        add("publish_bytes", functools.partial(writer.publish_bytes, ("written",), payload))
        add("empty numba call", functools.partial(_numba_empty, 1))
        add("dict lookup", functools.partial({KEY: payload}.get, KEY))
        for name, peer, single_calls in (
            ("LMDB", lmdb_reader, 50_000),
            ("lock + shared memory", locked_segment_reader, 50_000),
            ("Manager().dict()", manager_reader, 2000),
            ("Redis", redis_reader, 2000),
        ):
            try:
                add(name, stack.enter_context(peer(payload)), single_calls)
            except PeerMissing as error:
                missing.append(str(error))
        try:
            child = stack.enter_context(iceoryx_child(payload))
            batches["iceoryx2"] = child.batch(500)
            singly["iceoryx2"] = functools.partial(child.time_singly, 20_000)
        except PeerMissing as error:
            missing.append(str(error))
        measured = measure_interleaved(batches, rounds)
        return Measured(measured, {name: Percentiles.of_ns(run()) for name, run in singly.items()}), missing


def measure_by_keys(counts: tuple[int, ...], rounds: int) -> Rounds:
    """A peek of an unchanged value, in buffers with more and more live keys."""
    with ExitStack() as stack:
        batches = {"empty numba call": batch_of(functools.partial(_numba_empty, 1), 5000)}
        for count in counts:
            writer = stack.enter_context(temporary_buffer(count, 64, versions=2))
            for number in range(count):
                writer.publish((str(number),), number)
            reader = ReadyBuffer.attach(writer.name)
            stack.callback(reader.close)
            batches[f"{count} keys"] = batch_of(reader.handle((str(count // 2),)).peek, 5000)
        return measure_interleaved(batches, rounds)


def publish_at_full_speed(name: str, stop: Event) -> None:
    """Publish values that are one word repeated, a new word each time, until told to stop."""
    writer = ReadyBuffer.adopt(name)
    number = 0
    while not stop.is_set():
        for _ in range(1000):
            number += 1
            writer.publish_bytes(KEY, number.to_bytes(8, "little") * 128)
    writer.close()


@dataclass(frozen=True, slots=True)
class UnderWriter:
    """Peeks of 1 KiB beside a busy writer; `torn` and `values_seen` count peeks and distinct values."""

    latency: Percentiles
    peeks: int
    torn: int
    values_seen: int


def measure_under_writer(calls: int) -> UnderWriter:
    """Peek while another process writes.

    Goes on beyond `calls` until the writer, which shares the machine with others, was seen to write.
    """
    with temporary_buffer(8, 1024) as buffer:
        stop = SPAWN.Event()
        buffer.publish_bytes(KEY, bytes(1024))
        reader = ReadyBuffer.attach(buffer.name)
        peek_bytes = reader.handle(KEY).peek_bytes
        child = SPAWN.Process(target=publish_at_full_speed, args=(buffer.name, stop), daemon=True)
        child.start()
        try:
            while peek_bytes() == bytes(1024):
                pass
            samples: list[int] = []
            torn, seen, previous = 0, 0, b""
            while len(samples) < calls or (seen < DISTINCT_VALUES and len(samples) < 20 * calls):
                started_ns = time.perf_counter_ns()
                data = peek_bytes()
                samples.append(time.perf_counter_ns() - started_ns)
                if data is None or data != data[:8] * 128:
                    torn += 1
                elif data != previous:
                    seen, previous = seen + 1, data
            return UnderWriter(Percentiles.of_ns(samples), len(samples), torn, seen)
        finally:
            stop.set()
            child.join()
            reader.close()


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument(
        "--rounds", type=at_least_one, default=ROUNDS, help="interleaved rounds behind each ratio"
    )
    parser.add_argument(
        "--calls", type=at_least_one, default=UNDER_WRITER_CALLS, help="peeks beside a busy writer"
    )
    arguments = parser.parse_args()
    result: dict[str, object] = {}
    unchanged: list[float] = []
    missing: list[str] = []
    for label, size_bytes in PAYLOADS.items():
        measured, missing = measure_payload(size_bytes, arguments.rounds)
        rows: list[tuple[str, float, float, float, float, float]] = []
        for name, percentiles in measured.singly.items():
            mean_us = measured.rounds.median_us(name)
            ratio = measured.rounds.ratio(name, "peek_bytes")
            rows.append((name, mean_us, ratio, percentiles.p50_us, percentiles.p99_us, percentiles.p999_us))
            field = name.replace(" ", "_").replace("+", "and").replace("()", "").replace(".", "_").lower()
            result[f"payload_{label}.{field}"] = {"mean_us": mean_us, **percentiles.as_json()}
        rows.sort(key=lambda row: row[1])
        columns = ("", "mean us", "x peek_bytes", "p50 us", "p99 us", "p99.9 us")
        print_table(f"{size_bytes} bytes", columns, rows)
        for peer in ("LMDB", "iceoryx2"):
            if peer in measured.singly:
                ratio = measured.rounds.ratio("peek_bytes", peer)
                result[f"peek_bytes_{label}_over_{peer.lower()}"] = ratio
        unchanged.append(measured.rounds.ratio("peek unchanged", "empty numba call"))
        result[f"peek_unchanged_over_empty_call_by_payload.{label}"] = unchanged[-1]
    for name in missing:
        print(f"left out, not installed: {name}")

    counts = (1, 1_000, 100_000)
    by_keys = measure_by_keys(counts, arguments.rounds)
    rows_by_keys = []
    for count in counts:
        ratio = by_keys.ratio(f"{count} keys", "empty numba call")
        unchanged.append(ratio)
        result[f"peek_unchanged_over_empty_call_by_keys.{count}"] = ratio
        rows_by_keys.append((f"{count:,} keys", by_keys.median_us(f"{count} keys"), ratio))
    print_table("peek of an unchanged value", ("", "mean us", "x empty numba call"), rows_by_keys)
    result["peek_unchanged_over_empty_call"] = max(unchanged)

    written = measure_under_writer(arguments.calls)
    latency = written.latency
    result |= {"p999_us_under_writer": latency.p999_us, "torn": written.torn}
    result |= {"values_seen": written.values_seen, "under_writer": latency.as_json()}
    print_table(
        "1024 bytes, a writer at full speed in another process",
        ("", "p50 us", "p99 us", "p99.9 us", "peeks", "distinct values", "torn"),
        [
            (
                "peek_bytes",
                *latency.as_json().values(),
                written.peeks,
                written.values_seen,
                written.torn,
            )
        ],
    )
    print_result(result, arguments)


if __name__ == "__main__":
    main()
