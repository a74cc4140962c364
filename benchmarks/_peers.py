"""What one would use instead, set up with its own fastest settings, and cleaned up afterwards.

Each peer is a context manager. One that is not installed raises PeerMissing, and the benchmark says so.
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

from benchmarks._measure import Batch, batch_of, time_singly

SPAWN = multiprocessing.get_context("spawn")
_SHARED_MEMORY = Path("/dev/shm")


class PeerMissing(Exception):
    """The peer is not installed; the message names the package."""


def import_peer(name: str) -> Any:
    """The module of a peer, or PeerMissing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PeerMissing(f"{name} (pip install 'persona-substrate[bench]')") from error


@contextmanager
def lmdb_reader(payload: bytes) -> Iterator[Callable[[], bytes]]:
    """LMDB on the shared-memory file system, no sync, a new read transaction per get."""
    lmdb = import_peer("lmdb")
    with _fast_folder() as folder:
        environment = lmdb.open(str(folder), map_size=1 << 26, sync=False, metasync=False, lock=True)
        with environment.begin(write=True) as transaction:
            transaction.put(b"key", payload)
        begin = environment.begin

        def read() -> bytes:
            with begin() as transaction:
                value: bytes = transaction.get(b"key")
                return value

        try:
            yield read
        finally:
            environment.close()


@contextmanager
def locked_segment_reader(payload: bytes) -> Iterator[Callable[[], bytes]]:
    """A lock of multiprocessing around a copy out of a shared_memory block."""
    lock, size_bytes = SPAWN.Lock(), len(payload)
    segment = SharedMemory(create=True, size=size_bytes)
    buffer = segment.buf
    assert buffer is not None
    buffer[:size_bytes] = payload

    def read() -> bytes:
        with lock:
            return bytes(buffer[:size_bytes])

    try:
        yield read
    finally:
        segment.close()
        segment.unlink()


@contextmanager
def manager_reader(payload: bytes) -> Iterator[Callable[[], bytes]]:
    """A dict in a manager process."""
    with SPAWN.Manager() as manager:
        values = manager.dict(key=payload)
        yield lambda: values["key"]


@contextmanager
def redis_reader(payload: bytes) -> Iterator[Callable[[], bytes]]:
    """GET over a unix socket."""
    with redis_server() as client:
        client.set("key", payload)
        yield lambda: client.get("key")


@contextmanager
def redis_server() -> Iterator[Any]:
    """A client of a redis-server of its own, on a unix socket in a temporary folder, without persistence."""
    redis = import_peer("redis")
    program = shutil.which("redis-server")
    if program is None:
        raise PeerMissing("redis-server (Debian package redis-server)")
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/redis.sock"
        command = [program, "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"]
        with subprocess.Popen([*command, "--dir", folder], stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                for line in server.stdout:
                    if "ready to accept connections" in line.lower():
                        break
                yield redis.Redis(unix_socket_path=socket)
            finally:
                server.terminate()


class IceoryxChild:
    """iceoryx2's blackboard in a process of its own, which leaves files behind when it can."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def batch(self, calls: int) -> Batch:
        """A batch of `calls` gets, run and timed in the child."""
        return lambda: float(self._ask(calls, False))

    def time_singly(self, calls: int) -> list[int]:
        samples: list[int] = self._ask(calls, True)
        return samples

    def _ask(self, calls: int, singly: bool) -> Any:
        self._connection.send((calls, singly))
        return self._connection.recv()


@contextmanager
def iceoryx_child(payload: bytes) -> Iterator[IceoryxChild]:
    """The blackboard, read to bytes. What the child made is removed, whether it did so itself or not."""
    import_peer("iceoryx2")
    prefix = f"iox2-bench-{uuid.uuid4().hex[:8]}_"
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = SPAWN.Pipe()
        child = SPAWN.Process(target=_serve_iceoryx, args=(theirs, payload, folder, prefix), daemon=True)
        child.start()
        theirs.close()
        try:
            yield IceoryxChild(ours)
        finally:
            ours.close()
            child.join()
            for path in _SHARED_MEMORY.glob(f"{prefix}*"):
                path.unlink()


def _serve_iceoryx(connection: Connection, payload: bytes, folder: str, prefix: str) -> None:
    iox2 = import_peer("iceoryx2")
    iox2.set_log_level(iox2.LogLevel.Fatal)
    config = iox2.config.default()
    config.global_cfg.prefix = iox2.FileName.new(prefix)
    config.global_cfg.root_path = iox2.Path.new(folder)
    fields = {"_fields_": [("data", ctypes.c_uint8 * len(payload))]}
    value_type: Any = type("Payload", (ctypes.Structure,), fields)
    node = iox2.NodeBuilder.new().config(config).create(iox2.ServiceType.Ipc)
    key = ctypes.c_uint64(1)
    builder = node.service_builder(iox2.ServiceName.new("peek")).blackboard_creator(ctypes.c_uint64)
    service = builder.add(key, value_type.from_buffer_copy(payload)).create()
    entry = service.reader_builder().create().entry(key, value_type)

    def read() -> bytes:
        data: bytes = entry.get().data
        return data

    assert read() == payload
    while True:
        try:
            calls, singly = connection.recv()
        except EOFError:
            return
        connection.send(time_singly(read, calls) if singly else batch_of(read, calls)())


@contextmanager
def _fast_folder() -> Iterator[Path]:
    parent = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)
