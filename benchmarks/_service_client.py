"""A client of the persona service, on its socket, as the terminal is one."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from substrate.instance import SERVICE
from substrate.shm import RunDirectory
from substrate.supervisor.home import find_instance
from substrate.wire import FrameReader, encode_frames

_PATIENCE_S = 60.0


class ServiceClient:
    """Says things and hears what becomes of them. Used from one thread."""

    def __init__(self, path: Path, name: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_PATIENCE_S)
        self._socket.connect(str(path))
        self._frames = FrameReader()
        self._name, self._numbers = name, itertools.count()

    def say(self, channels: Sequence[str], text: str) -> list[str]:
        """One message to each channel, all released at once; their ids."""
        ids = [f"{self._name}-{next(self._numbers)}" for _ in channels]
        self._socket.sendall(
            encode_frames(
                {"op": "message", "id": id_, "channel": channel, "sender": "joel", "text": text}
                for id_, channel in zip(ids, channels, strict=True)
            )
        )
        return ids

    def events(self) -> Iterator[dict[str, Any]]:
        """What the service says, as it comes."""
        while data := self._socket.recv(65536):
            yield from self._frames.feed(data)
        raise RuntimeError("the service closed the connection")

    def close(self) -> None:
        self._socket.close()


@contextmanager
def service_client(home: Path, name: str = "bench") -> Iterator[ServiceClient]:
    """A client of the instance that runs on `home`; `name` is part of its messages' ids."""
    client = ServiceClient(RunDirectory.open(find_instance(home).run_directory).socket_path(SERVICE), name)
    try:
        yield client
    finally:
        client.close()
