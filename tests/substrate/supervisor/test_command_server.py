"""The socket at which other programs ask an instance its commands."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from substrate.supervisor.command_server import MOST_CONNECTIONS, CommandServer
from substrate.wire import FrameReader, encode_frame

PATIENCE_S = 20.0


def echo(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"success": True, "data": request.get("params"), "handle": request.get("handle"), "error": None}


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sock") / "commands.sock"


@pytest.fixture
def server(path: Path) -> Iterator[CommandServer]:
    with closing(CommandServer(path, echo)) as server:
        yield server


def connected(path: Path) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.connect(str(path))  # waits where a socket with a time limit would be refused
    peer.settimeout(PATIENCE_S)
    return peer


def heard(peer: socket.socket, count: int = 1) -> list[dict[str, Any]]:
    """The next frames, fewer when the connection ends."""
    frames, found = FrameReader(), list[dict[str, Any]]()
    while len(found) < count and (data := peer.recv(65536)):
        found.extend(frames.feed(data))
    return found


def test_a_command_is_answered_with_its_id_and_several_in_order(server: CommandServer, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    requests = [
        {"op": "command", "id": number, "name": "x", "params": {"n": number}, "handle": "h"}
        for number in range(3)
    ]
    with closing(connected(path)) as peer:
        peer.sendall(b"".join(map(encode_frame, requests)))
        assert heard(peer, 3) == [
            {"type": "result", "id": number, "name": "x", **echo(request)}
            for number, request in enumerate(requests)
        ]


def test_what_is_no_command_is_one_error_and_what_is_no_frame_the_end(
    server: CommandServer, path: Path
) -> None:
    with closing(connected(path)) as peer, closing(connected(path)) as babbling:
        peer.sendall(encode_frame({"op": "message", "id": "m1"}))
        (error,) = heard(peer)
        assert (error["type"], error["id"], error["hint"]) == ("error", "m1", "accepted: command")
        babbling.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert [one["type"] for one in heard(babbling, 2)] == ["error"]
        peer.sendall(encode_frame({"op": "command", "name": "x"}))
        assert heard(peer)[0]["success"] is True


def test_one_connection_too_many_is_dropped(server: CommandServer, path: Path) -> None:
    peers = [connected(path) for _ in range(MOST_CONNECTIONS)]
    for peer in peers:
        peer.sendall(encode_frame({"op": "command", "name": "x"}))
        assert heard(peer)
    with closing(connected(path)) as refused:
        assert heard(refused) == []
    for peer in peers:
        peer.close()


def test_a_connection_that_could_not_be_taken_is_not_the_last(
    server: CommandServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(connected(path)) as first:
        first.sendall(encode_frame({"op": "command", "name": "x"}))
        assert heard(first)
    listener = server._listener
    failures = [OSError("too many open files")]

    class Failing:
        def accept(self) -> object:
            if failures:
                raise failures.pop()
            return listener.accept()

    monkeypatch.setattr(server, "_listener", Failing())
    connected(path).close()  # which the accept that is under way takes
    with closing(connected(path)) as second:
        second.sendall(encode_frame({"op": "command", "name": "x"}))
        assert heard(second)
    assert not failures


def test_the_end_closes_every_connection_and_takes_the_socket_away(server: CommandServer, path: Path) -> None:
    with closing(connected(path)) as peer:
        peer.sendall(encode_frame({"op": "command", "name": "x"}))
        assert heard(peer)
        server.close()
        assert heard(peer) == []
    assert not path.exists()
