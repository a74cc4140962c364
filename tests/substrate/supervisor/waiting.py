"""Bounded waiting for what other processes do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from substrate.instance import SERVICE
from substrate.shm import ReadyBuffer, RunDirectory
from substrate.wire import encode_frame


def until(condition: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Wait until `condition` holds; fail with `what` when it does not within `timeout_s`."""
    pause = threading.Event()
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {what}"
        pause.wait(0.005)


class Room:
    """Says things to a stand-in service, and looks at what the regions made of them."""

    def __init__(self, run_directory: Path) -> None:
        self._run = RunDirectory.open(run_directory)
        self._buffers: dict[str, ReadyBuffer] = {}

    def say(self, text: str, channel: str = "general") -> None:
        """Wait until the service listens, tell it, and wait until it has passed it on."""
        until(lambda: self._has_said(text, channel), "the service listens")

    def _has_said(self, text: str, channel: str) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            try:
                connection.connect(str(self._run.socket_path(SERVICE)))
            except OSError:
                return False  # it is being restarted
            connection.sendall(
                encode_frame({"op": "message", "channel": channel, "sender": "joel", "text": text})
            )
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        return True

    def staged(self, buffer: str, *key: str) -> Any:
        """The value that is staged now, or None."""
        if buffer not in self._buffers:
            self._buffers[buffer] = ReadyBuffer.attach(self._run.segment_name(buffer))
        staged = self._buffers[buffer].peek(key)
        return None if staged is None else staged.value

    def hears(self, text: str, channel: str = "general") -> dict[str, Any]:
        """Wait until Echo has published `text`; returns what it published."""
        until(
            lambda: (self.staged("echoes", channel) or {}).get("text") == text,
            f"{text!r} published in {channel}",
        )
        value: dict[str, Any] = self.staged("echoes", channel)
        return value

    def close(self) -> None:
        for buffer in self._buffers.values():
            buffer.close()


@contextmanager
def room(run_directory: Path) -> Iterator[Room]:
    opened = Room(run_directory)
    try:
        yield opened
    finally:
        opened.close()
