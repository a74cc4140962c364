"""Waits until the persona service says that its model is loaded and warm."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from substrate.wire import FrameReader, WireError

_log = logging.getLogger(__name__)

_RETRY_S = 0.01
_RECEIVE_BYTES = 64 * 1024


class ReadinessListener:
    """Listens, in a thread of its own, for one service process's `service-ready`.

    `tell` is called once with the frame, from that thread. `stop()` when the process has ended.
    """

    def __init__(self, socket_path: Path, tell: Callable[[dict[str, Any]], None]) -> None:
        self._socket_path = socket_path
        self._tell = tell
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="service-readiness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it. Idempotent."""
        self._stopped.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                # Short enough that `stop` is not kept waiting, long enough to cost nothing.
                connection.settimeout(0.1)
                try:
                    connection.connect(str(self._socket_path))
                    ready = self._receive(connection)
                except (OSError, WireError) as error:
                    # Not listening yet, or the socket of a predecessor that was killed.
                    _log.debug("the persona service does not answer yet: %s", error)
                    ready = None
            if ready is not None:
                self._tell(ready)
                return
            self._stopped.wait(_RETRY_S)

    def _receive(self, connection: socket.socket) -> dict[str, Any] | None:
        frames = FrameReader()
        while not self._stopped.is_set():
            try:
                data = connection.recv(_RECEIVE_BYTES)
            except TimeoutError:
                continue
            if not data:
                return None
            for frame in frames.feed(data):
                if frame.get("type") == "service-ready":
                    return frame
        return None
