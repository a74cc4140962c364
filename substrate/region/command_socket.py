"""Where a region answers commands: a local socket, served by the region's own loop between two ticks.

Nothing here blocks: a peer that sends half a frame, or does not read its answer, waits in its own connection
while the region thinks on.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from substrate.errors import SubstrateError
from substrate.region.contract import Command
from substrate.wire import FrameReader, WireError, command_failure, command_result, encode_frame

_log = logging.getLogger(__name__)

_BACKLOG = 16
_RECEIVE_BYTES = 64 * 1024


class CommandSocket:
    """A listening unix socket (mode 0600) and its connections. Used from one thread."""

    def __init__(self, path: Path, commands: Mapping[str, Command]) -> None:
        self._path = path
        self._commands = commands
        path.unlink(missing_ok=True)  # left by a predecessor that was killed
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(_BACKLOG)
        self._connections: dict[int, _Connection] = {}

    def filenos(self) -> list[int]:
        """Descriptors on which something may arrive."""
        return [self._listener.fileno(), *self._connections]

    @property
    def has_unsent(self) -> bool:
        """Whether an answer waits for its peer to read: come back soon."""
        return any(connection.has_unsent for connection in self._connections.values())

    def serve(self) -> None:
        """Answer what has arrived, without waiting for anything."""
        self._accept()
        for fileno, connection in list(self._connections.items()):
            try:
                if connection.serve(self._commands):
                    continue
            except (OSError, WireError) as error:
                _log.warning("a connection to %s was dropped: %s", self._path.name, error)
            connection.close()
            del self._connections[fileno]

    def close(self) -> None:
        """Close every connection and remove the socket's file."""
        self._listener.close()
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except BlockingIOError:
                return
            accepted.setblocking(False)
            self._connections[accepted.fileno()] = _Connection(accepted)


class _Connection:
    """One client: frames in, answers out, each as far as the socket allows right now."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer
        self._frames = FrameReader()
        self._unsent = bytearray()

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def serve(self, commands: Mapping[str, Command]) -> bool:
        """Returns False when the peer is gone. Raises OSError and WireError."""
        self._send()
        while True:
            try:
                data = self._peer.recv(_RECEIVE_BYTES)
            except BlockingIOError:
                return True
            if not data:
                return False
            for request in self._frames.feed(data):
                self._unsent += encode_frame(answer(request, commands))
            self._send()

    def close(self) -> None:
        self._peer.close()

    def _send(self) -> None:
        while self._unsent:
            try:
                sent = self._peer.send(self._unsent)
            except BlockingIOError:
                return
            del self._unsent[:sent]


def answer(request: Mapping[str, Any], commands: Mapping[str, Command]) -> dict[str, Any]:
    """The `result` for one `command` frame: data, or an error that names what is accepted."""
    name, params = request.get("name"), request.get("params") or {}
    command = commands.get(name) if isinstance(name, str) else None
    try:
        if command is None:
            accepted = ", ".join(sorted(commands)) or "none"
            raise SubstrateError(f"unknown command {name!r}", f"accepted here: {accepted}")
        if not isinstance(params, Mapping):
            raise SubstrateError(f"params of {name} are {type(params).__name__}, not an object")
        return command_result(request, command(params))
    except SubstrateError as error:
        return command_failure(request, error)
    except Exception as error:  # a command's bug must not end the region; the log has the traceback
        _log.exception("command %s failed", name)
        failure = SubstrateError(f"{name} failed: {type(error).__name__}: {error}", "see the log")
        return command_failure(request, failure)
