"""Where other programs on this machine ask an instance its commands: a local socket of the supervisor.

A command may take several processes to answer (what is forgotten leaves memory and the history that is read),
so it is asked here and not of one of them. A frame in, a `result` out, as in substrate.wire.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.wire import FrameReader, WireError, encode_frame

COMMANDS_SOCKET = "commands"
"""The socket's name in the run directory."""

MOST_CONNECTIONS = 32

_RECEIVE_BYTES = 64 * 1024
_PAUSE_S = 0.2
_log = logging.getLogger(__name__)

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


class CommandServer:
    """A listening unix socket (mode 0600); each connection is served by a thread, one frame after another."""

    def __init__(self, path: Path, answer: Answer) -> None:
        """`answer` gives `success`, `data`, `handle` and `error` of a command, and raises nothing."""
        self._path = path
        self._answer = answer
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(str(path))
            path.chmod(0o600)
            self._listener.listen(MOST_CONNECTIONS)
        except OSError:
            self._listener.close()
            raise
        threading.Thread(target=self._accept, name="commands", daemon=True).start()

    def close(self) -> None:
        """Take the socket away and close every connection; what is being answered is not waited for."""
        with self._lock:
            self._closing.set()
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)  # wakes its thread, which closes it
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as waker:
            waker.connect(str(self._path))
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with self._listener:
            while True:
                try:
                    connection, _ = self._listener.accept()
                except OSError as error:  # no descriptor is left, or who asked has gone: it passes
                    _log.warning("a connection to %s could not be taken: %s", self._path.name, error)
                    if self._closing.wait(_PAUSE_S):
                        return
                    continue
                with self._lock:
                    if self._closing.is_set():
                        connection.close()
                        return
                    is_one_too_many = len(self._connections) >= MOST_CONNECTIONS
                    if not is_one_too_many:
                        self._connections.add(connection)
                if is_one_too_many:
                    _log.warning("a connection too many to %s was dropped", self._path.name)
                    connection.close()
                    continue
                try:
                    threading.Thread(
                        target=self._serve, args=(connection,), name="command-connection", daemon=True
                    ).start()
                except RuntimeError as error:  # no thread is left
                    _log.warning("a connection to %s could not be served: %s", self._path.name, error)
                    self._hang_up(connection)

    def _serve(self, connection: socket.socket) -> None:
        frames = FrameReader()
        try:
            while data := connection.recv(_RECEIVE_BYTES):
                for request in frames.feed(data):
                    connection.sendall(encode_frame(self._result(request)))
        except WireError as error:
            with contextlib.suppress(OSError):
                connection.sendall(encode_frame(_error(None, error)))
        except OSError as error:
            _log.info("a connection to %s ended: %s", self._path.name, error)
        finally:
            self._hang_up(connection)

    def _hang_up(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)
        connection.close()

    def _result(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if request.get("op") != "command":
            wrong = SubstrateError(f"{request.get('op')!r} is not asked here", "accepted: command")
            return _error(request.get("id"), wrong)
        named = {key: request.get(key) for key in ("id", "name")}
        return {"type": "result", **named, **self._answer(request)}


def _error(id_: object, error: SubstrateError) -> dict[str, Any]:
    return {"type": "error", "id": id_, "message": error.message, "hint": error.hint}
