"""How many events per second pass from one process to 1, 2, 4 and 8 others?

    python -m benchmarks.ring --json

The event ring is a broadcast: each reader sees every event, the writer waits for nobody. A queue of
multiprocessing delivers a message once, so there is one per reader; ZeroMQ broadcasts by XPUB and SUB over
ipc. The ring's writer is held back to half a ring ahead of its slowest reader: so nothing is lost, and all
three do the same work.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from ctypes import c_int64
from multiprocessing.connection import Connection
from typing import Any

import msgpack

from benchmarks._measure import at_least_one, benchmark_arguments, print_result, print_table
from benchmarks._peers import SPAWN, PeerMissing, import_peer
from substrate.shm import EventRing

READERS = (1, 2, 4, 8)
SLOTS = 4096
IDLE_S = 0.0002
"""A reader that finds nothing, and a writer that is far enough ahead, leave the core to the others."""

FIELDS = (1, 12345, "general", "joel", "What is my sister called?")
"""Kind, row, channel, sender, text."""


def broadcast(
    read: Callable[..., None], arguments: Sequence[tuple[Any, ...]], events: int, send: Callable[[], None]
) -> float:
    """Seconds from the first send until the last of the readers, one per tuple of arguments, has all."""
    connections: list[Connection] = []
    children = []
    for own in arguments:
        ours, theirs = SPAWN.Pipe(duplex=False)
        child = SPAWN.Process(target=read, args=(theirs, events, *own), daemon=True)
        child.start()
        theirs.close()
        connections.append(ours)
        children.append(child)
    try:
        assert all(connection.recv() == "ready" for connection in connections)
        started_ns = time.monotonic_ns()
        send()
        finished_ns = max(int(connection.recv()) for connection in connections)
        return (finished_ns - started_ns) / 1e9
    finally:
        for child in children:
            child.kill()
            child.join()


def read_ring(reply: Connection, events: int, name: str, taken: Any, place: int) -> None:
    reader = EventRing.attach(name)
    reply.send("ready")
    while taken[place] < events:
        found = reader.poll(256)
        if found:
            taken[place] += len(found)
        else:
            time.sleep(IDLE_S)
    assert reader.lost == 0
    reply.send(time.monotonic_ns())


def through_ring(events: int, readers: int) -> float:
    ring = EventRing.create(f"psub-{os.urandom(4).hex()}-ring", slots=SLOTS)
    taken: Any = SPAWN.RawArray(c_int64, readers)

    def send() -> None:
        for number in range(events):
            if number % 256 == 0:
                while number - min(taken) > SLOTS // 2:
                    time.sleep(IDLE_S)
            ring.append(*FIELDS)

    try:
        return broadcast(read_ring, [(ring.name, taken, place) for place in range(readers)], events, send)
    finally:
        ring.close()
        ring.unlink()


def read_queue(reply: Connection, events: int, queue: Any) -> None:
    reply.send("ready")
    for _ in range(events):
        queue.get()
    reply.send(time.monotonic_ns())


def through_queues(events: int, readers: int) -> float:
    queues = [SPAWN.Queue() for _ in range(readers)]

    def send() -> None:
        for _ in range(events):
            for queue in queues:
                queue.put(FIELDS)

    try:
        return broadcast(read_queue, [(queue,) for queue in queues], events, send)
    finally:
        for queue in queues:
            queue.cancel_join_thread()
            queue.close()


def read_zeromq(reply: Connection, events: int, address: str) -> None:
    zmq = import_peer("zmq")
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.set_hwm(0)
        socket.subscribe(b"")
        socket.connect(address)
        reply.send("ready")
        for _ in range(events):
            msgpack.unpackb(socket.recv())
        reply.send(time.monotonic_ns())


def through_zeromq(events: int, readers: int) -> float:
    zmq = import_peer("zmq")
    with (
        tempfile.TemporaryDirectory() as folder,
        zmq.Context() as context,
        context.socket(zmq.XPUB) as socket,
    ):
        socket.set_hwm(0)
        socket.setsockopt(zmq.XPUB_VERBOSE, 1)
        address = f"ipc://{folder}/events"
        socket.bind(address)

        def send() -> None:
            for _ in range(readers):
                socket.recv()  # a subscription has arrived
            for _ in range(events):
                socket.send(msgpack.packb(FIELDS))

        return broadcast(read_zeromq, [(address,)] * readers, events, send)


def main() -> None:
    parser = benchmark_arguments(__doc__ or "")
    parser.add_argument(
        "--rounds", type=at_least_one, default=3, help="interleaved rounds behind each figure"
    )
    parser.add_argument("--events", type=at_least_one, default=10_000, help="events per round")
    arguments = parser.parse_args()
    result: dict[str, object] = {}
    rows: list[tuple[object, ...]] = []
    ways = {"ring": through_ring, "queue": through_queues, "zeromq": through_zeromq}
    for readers in READERS:
        seconds: dict[str, list[float]] = {}
        for _ in range(arguments.rounds):
            for name, way in ways.items():
                try:
                    seconds.setdefault(name, []).append(way(arguments.events, readers))
                except PeerMissing as error:
                    print(f"left out, not installed: {error}")
        rates = {
            name: arguments.events / statistics.median(found) for name, found in seconds.items() if found
        }
        for name, rate in rates.items():
            result[f"readers_{readers}.{name}_events_per_s"] = rate
        for name in rates.keys() - {"ring"}:
            result[f"readers_{readers}.ring_over_{name}"] = rates["ring"] / rates[name]
        rows.append((f"{readers} readers", *(rates.get(name, "-") for name in ways)))
    print_table("events per second, each seen by every reader", ("", *ways), rows)
    print_result(result, arguments)


if __name__ == "__main__":
    main()
