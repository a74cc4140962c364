"""How long from ringing a doorbell until the sleeper runs?

    python -m benchmarks.wake --json

A parent rings, a child wakes and notes the time; both read the same monotonic clock. The pause between
rings matters more than the mechanism: after 5 ms the kernel has put the core to sleep. So every mechanism is
measured at pauses of 0.5, 5 and 50 ms, in rotation, beside a bare pipe: the least that the system asks for a
wake-up.
"""

from __future__ import annotations

import os
import select
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks._measure import (
    ROUNDS,
    Percentiles,
    at_least_one,
    benchmark_arguments,
    print_result,
    print_table,
)
from benchmarks._peers import SPAWN, PeerMissing, import_peer, redis_server
from substrate.shm import Doorbell, RunDirectory

PAUSES_S = {"0_5ms": 0.0005, "5ms": 0.005, "50ms": 0.05}
WAKES_PER_ROUND = {"0_5ms": 40, "5ms": 20, "50ms": 4}
BELL = "sleeper"

Ring = Callable[[], object]


@contextmanager
def sleeper(target: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """A child that sleeps in `target(reply, *arguments)` and sends the time of each wake-up."""
    ours, theirs = SPAWN.Pipe(duplex=False)
    child = SPAWN.Process(target=target, args=(theirs, *arguments), daemon=True)
    child.start()
    theirs.close()
    try:
        assert ours.recv() == "ready"
        yield ours
    finally:
        child.kill()
        child.join()
        ours.close()


def sleep_at_doorbell(reply: Connection, run_path: Path) -> None:
    bell = Doorbell.adopt(RunDirectory.open(run_path), BELL)
    reply.send("ready")
    while True:
        if bell.wait(60.0).rung:
            reply.send(time.monotonic_ns())


def sleep_at_pipe(reply: Connection, path: Path) -> None:
    """What the doorbell is made of, without the doorbell: poll and read on a FIFO."""
    fifo = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(fifo, select.POLLIN)
    reply.send("ready")
    while True:
        poll.poll()
        os.read(fifo, 64)
        reply.send(time.monotonic_ns())


def sleep_at_zeromq(reply: Connection, address: str) -> None:
    zmq = import_peer("zmq")
    with zmq.Context() as context, context.socket(zmq.PULL) as socket:
        socket.connect(address)
        reply.send("ready")
        while True:
            socket.recv()
            reply.send(time.monotonic_ns())


def sleep_at_redis(reply: Connection, path: str) -> None:
    redis = import_peer("redis")
    subscription = redis.Redis(unix_socket_path=path).pubsub()
    subscription.subscribe("bell")
    subscription.get_message(timeout=10.0)
    reply.send("ready")
    for message in subscription.listen():
        if message["type"] == "message":
            reply.send(time.monotonic_ns())


@contextmanager
def doorbell(folder: Path) -> Iterator[tuple[Ring, Connection]]:
    run = RunDirectory.create(folder)
    try:
        created = Doorbell.create(run, BELL)
        with sleeper(sleep_at_doorbell, run.path) as reply:
            yield created.ring, reply
        created.close()
    finally:
        run.close()


@contextmanager
def bare_pipe(folder: Path) -> Iterator[tuple[Ring, Connection]]:
    path = folder / "pipe"
    os.mkfifo(path)
    fifo = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        with sleeper(sleep_at_pipe, path) as reply:
            yield lambda: os.write(fifo, b"\0"), reply
    finally:
        os.close(fifo)


@contextmanager
def zeromq_ipc(folder: Path) -> Iterator[tuple[Ring, Connection]]:
    zmq: Any = import_peer("zmq")
    address = f"ipc://{folder}/zeromq"
    with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
        socket.bind(address)
        with sleeper(sleep_at_zeromq, address) as reply:
            yield lambda: socket.send(b"\0"), reply


@contextmanager
def redis_pubsub(folder: Path) -> Iterator[tuple[Ring, Connection]]:
    with redis_server() as client:
        path = client.connection_pool.connection_kwargs["path"]
        with sleeper(sleep_at_redis, path) as reply:
            yield lambda: client.publish("bell", b"\0"), reply


def wake_once(ring: Ring, reply: Connection, pause_s: float) -> int:
    """Nanoseconds from just before the ring until the sleeper runs, after a pause of `pause_s`.

    A doorbell says that its sleeper was still awake, which happens on a busy machine: then it is rung again.
    """
    time.sleep(pause_s)
    started_ns = time.monotonic_ns()
    while ring() is False:
        started_ns = time.monotonic_ns()
    woken_ns: int = reply.recv()
    return woken_ns - started_ns


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument(
        "--rounds", type=at_least_one, default=ROUNDS, help="interleaved rounds behind each ratio"
    )
    arguments = parser.parse_args()
    result: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sleepers: dict[str, tuple[Ring, Connection]] = {}
        for name, enter in (
            ("doorbell", doorbell),
            ("pipe", bare_pipe),
            ("zeromq", zeromq_ipc),
            ("redis", redis_pubsub),
        ):
            try:
                sleepers[name] = stack.enter_context(enter(Path(folder)))
            except PeerMissing as error:
                print(f"left out, not installed: {error}")
        for label, pause_s in PAUSES_S.items():
            samples: dict[str, list[int]] = {name: [] for name in sleepers}
            medians: dict[str, list[float]] = {name: [] for name in sleepers}
            names = list(sleepers)
            for _ in range(arguments.rounds):
                for name in names:
                    ring, reply = sleepers[name]
                    found = [wake_once(ring, reply, pause_s) for _ in range(WAKES_PER_ROUND[label])]
                    samples[name] += found
                    medians[name].append(statistics.median(found))
                names.append(names.pop(0))
            rows = []
            for name in sleepers:
                percentiles = Percentiles.of_ns(samples[name])
                over_pipe = statistics.median(
                    mine / pipe for mine, pipe in zip(medians[name], medians["pipe"], strict=True)
                )
                result[f"pause_{label}.{name}"] = {**percentiles.as_json(), "over_pipe": over_pipe}
                rows.append((name, percentiles.p50_us, percentiles.p99_us, percentiles.p999_us, over_pipe))
                if name == "doorbell":
                    result[f"wake_over_pipe_{label}"] = over_pipe
            print_table(
                f"ring to running after a pause of {pause_s * 1000:g} ms",
                ("", "p50 us", "p99 us", "p99.9 us", "x pipe"),
                rows,
            )
    print_result(result, arguments)


if __name__ == "__main__":
    main()
