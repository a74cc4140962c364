"""`--headless`: other programs talk to the instance over its socket, and none can spoil it for the rest."""

from __future__ import annotations

import signal
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from substrate.supervisor.home import NoInstance, find_instance
from substrate.wire import FrameReader, encode_frame
from tests.program import PATIENCE_S, Program, Sandbox, eventually

SLOW = "scripted:delay_ms=400,deltas=4,text=Pleased to meet you"


class Peer:
    """One program at the other end of the service's socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._socket.settimeout(PATIENCE_S)
        self._frames = FrameReader()
        self._heard: list[dict[str, Any]] = []

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def say(self, text: str, message_id: str, channel: str = "general") -> None:
        message = {"op": "message", "channel": channel, "sender": "joel", "text": text, "id": message_id}
        self.send(encode_frame(message))

    def wait_for(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next event of a type, with these fields."""
        return self._wait(
            lambda event: (
                event["type"] == kind and all(event.get(key) == value for key, value in fields.items())
            )
        )

    def is_told_to_go(self) -> bool:
        """Read to the end; whether the last that was said is an error."""
        while data := self._socket.recv(65536):
            self._heard.extend(self._frames.feed(data))
        return bool(self._heard) and self._heard[-1]["type"] == "error"

    def close(self) -> None:
        self._socket.close()

    def _wait(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            for at, event in enumerate(self._heard):
                if is_wanted(event):
                    return self._heard.pop(at)
            data = self._socket.recv(65536)
            assert data, "the connection was closed"
            self._heard.extend(self._frames.feed(data))


@pytest.fixture
def program(sandbox: Sandbox) -> Program:
    return sandbox.start("--headless", "--model", SLOW)


@pytest.fixture
def connect(sandbox: Sandbox, program: Program) -> Iterator[Callable[..., Peer]]:
    """Makes peers of the running instance."""
    peers: list[Peer] = []

    def has_connected(name: str) -> bool:
        connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connecting.connect(str(find_instance(sandbox.home).run_directory / name))
        except (NoInstance, OSError):  # it boots: there is no socket yet, or nobody listens to it
            connecting.close()
            return False
        peers.append(Peer(connecting))
        return True

    def make(name: str = "service.sock") -> Peer:
        eventually(partial(has_connected, name), f"{name} listens")
        return peers[-1]

    yield make
    for peer in peers:
        peer.close()


RUBBISH = {
    "http": b"GET / HTTP/1.1\r\n\r\n",
    "huge": struct.pack(">I", 2**31) + b"x",
    "no msgpack": struct.pack(">I", 3) + b"\xc1\xc1\xc1",
    "no map": struct.pack(">I", 1) + b"\x90",
    "deep": struct.pack(">I", 5000) + b"\x91" * 5000,
}
"""What is no frame of ours."""


def test_a_frame_that_cannot_be_read_ends_only_its_own_connection(connect: Callable[..., Peer]) -> None:
    talking = connect()
    talking.say("Hello", "m1")
    talking.wait_for("accepted", id="m1")
    for what, rubbish in RUBBISH.items():
        babbling = connect()
        babbling.send(rubbish)
        assert babbling.is_told_to_go(), what
    assert talking.wait_for("reply")["text"] == "Pleased to meet you"


def test_a_request_that_is_wrong_is_one_error_and_the_connection_goes_on(
    connect: Callable[..., Peer],
) -> None:
    peer = connect()
    peer.send(encode_frame({"op": "dance", "id": "x"}))
    assert "accepted: message" in peer.wait_for("error", id="x")["hint"]
    peer.say("Hello", "m1")
    assert peer.wait_for("reply")["in_reply_to"] == "m1"


def test_frames_may_come_in_pieces_and_end_in_the_middle(connect: Callable[..., Peer]) -> None:
    frame = encode_frame(
        {"op": "message", "channel": "general", "sender": "joel", "text": "Hello", "id": "m1"}
    )
    with closing(connect()) as gone:
        gone.send(frame[:9])
    peer = connect()
    for byte in frame:
        peer.send(bytes([byte]))
    peer.wait_for("reply", in_reply_to="m1")


def test_what_is_forgotten_over_the_socket_is_forgotten_in_the_history_as_well(
    connect: Callable[..., Peer],
) -> None:
    peer = connect()
    peer.say("My sister is called Oluwaseun.", "m1")
    peer.wait_for("outcomes_done", in_reply_to="m1")
    asking = connect("commands.sock")

    def command(name: str, **params: object) -> dict[str, Any]:
        asking.send(encode_frame({"op": "command", "id": name, "name": name, "params": params}))
        return asking.wait_for("result", id=name)

    def is_remembered() -> bool:
        return bool(command("memory/list", text="Oluwaseun")["data"]["engrams"])

    eventually(is_remembered, "it is remembered")
    assert command("memory/forget", text="Oluwaseun")["success"] is True
    assert command("region/stats")["data"]["hippocampus"]["pid"] > 0
    peer.send(encode_frame({"op": "history", "id": "h", "channel": "general", "limit": 9}))
    said = [message["text"] for message in peer.wait_for("history", id="h")["messages"]]
    assert said == ["Pleased to meet you"]


def test_who_goes_away_in_the_middle_of_a_reply_is_told_it_when_it_asks(connect: Callable[..., Peer]) -> None:
    with closing(connect()) as first:
        first.say("Hello", "m1")
        first.wait_for("accepted", id="m1")
    second = connect()
    second.send(encode_frame({"op": "resume", "ids": ["m1"]}))
    assert second.wait_for("reply", in_reply_to="m1")["text"] == "Pleased to meet you"


def test_many_clients_are_each_told_their_own_and_a_signal_ends_it_in_order(
    connect: Callable[..., Peer], program: Program
) -> None:
    peers = [connect() for _ in range(12)]
    for number, peer in enumerate(peers):
        peer.say("Hello", f"m{number}", channel=f"room-{number}")
    for number, peer in enumerate(peers):
        assert peer.wait_for("reply")["in_reply_to"] == f"m{number}"
    program.note_family()
    program.signal(signal.SIGTERM)
    assert program.exit_status() == 0
