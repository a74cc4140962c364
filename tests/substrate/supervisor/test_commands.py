from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from substrate.region.command_socket import CommandSocket
from substrate.supervisor.commands import CommandRouter
from substrate.wire import encode_frame
from tests.substrate.supervisor.conftest import Launch


class Answers:
    """What a supervisor would say."""

    def region_stats(self) -> dict[str, Any]:
        return {"echo": {"pid": 1}, "shadow": {"pid": 2}}

    def region_yield(self) -> dict[str, Any]:
        return {"echo": {"weight": 1.0}}

    def governor_status(self) -> dict[str, Any]:
        return {"phase": "active"}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sock")


@pytest.fixture
def router(folder: Path) -> CommandRouter:
    return CommandRouter(
        Answers(), lambda process: folder / f"{process}.sock", routes={"echo": "echo"}, timeout_s=0.2
    )


@pytest.fixture
def silent(folder: Path) -> Iterator[None]:
    """A process that accepts connections and never answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(folder / "echo.sock"))
        listener.listen()
        yield


def test_all_regions_answer_by_their_id(router: CommandRouter) -> None:
    answer = router.command({"name": "region/stats", "handle": "h1"})
    assert answer == {"success": True, "data": Answers().region_stats(), "handle": "h1", "error": None}


def test_one_region_can_be_asked_for(router: CommandRouter) -> None:
    answer = router.command({"name": "region/stats", "params": {"region": "shadow"}})
    assert answer["data"] == {"shadow": {"pid": 2}}


@pytest.mark.parametrize(
    ("envelope", "named"),
    [
        ({"name": "region/nothing"}, ("region/nothing", "region/stats")),
        ({"name": "nothing"}, ("nothing", "governor/status")),
        ({"name": "echo"}, ("'echo'", "memory/recall")),
        ({"name": 7}, ("7",)),
        ({}, ("None",)),
        ({"name": "status"}, ("persona/status", "governor/status")),
        ({"name": "recal"}, ("memory/recall",)),
        ({"name": "xyzzy"}, ("persona/enroll", "region/stats", "memory/forget")),
        ({"name": "region/stats", "params": [1]}, ("an array", "object")),
        ({"name": "region/stats", "params": {"color": 1}}, ("color", "region")),
        ({"name": "region/stats", "params": {"region": 3}}, ("a number", "region: a string")),
        ({"name": "region/stats", "params": {"region": "nobody"}}, ("nobody", "echo, shadow")),
        ({"name": "region/new", "params": {"id": "mood"}}, ("path", "id: a string")),
        ({"name": "governor/status", "params": {"x": 1}}, ("x", "none")),
        ({"name": "memory/recal"}, ("'memory/recal'", "did you mean memory/recall")),
        ({"name": "memory/rows", "params": {"text": "x"}}, ("'memory/rows'", "memory/recall")),
        ({"name": "transcript/hide"}, ("'transcript/hide'", "transcript/withdraw")),
        ({"name": "memory/forget", "params": {"text": "x", "foo": 1}}, ("foo", "persona: a string")),
        ({"name": "memory/forget", "params": {"persona": 3}}, ("persona of memory/forget is a number",)),
    ],
)
def test_what_is_not_accepted_is_answered_with_what_is(
    router: CommandRouter, envelope: dict[str, Any], named: tuple[str, ...]
) -> None:
    answer = router.command(envelope)
    assert answer["success"] is False
    said = f"{answer['error']['message']} {answer['error']['hint']}"
    assert all(word in said for word in named), said


def test_a_process_that_never_answers_ends_in_an_error(router: CommandRouter, silent: None) -> None:
    answer = router.command({"name": "echo/heard"})
    assert "echo did not answer echo/heard" in answer["error"]["message"]


def test_a_process_that_is_not_there_ends_in_an_error(router: CommandRouter) -> None:
    answer = router.command({"name": "echo/heard"})
    assert "echo did not answer echo/heard within 0.2 s" in answer["error"]["message"]


def test_a_region_answers_between_its_ticks_and_says_what_it_accepts(launch: Launch) -> None:
    supervisor = launch()
    router = CommandRouter(
        supervisor,
        lambda process: supervisor.spec.run_directory / f"{process}.sock",
        routes={"echo": "echo", "persona": "service"},
    )
    assert router.command({"name": "echo/heard"})["data"] == {"heard": 0}
    unknown = router.command({"name": "echo/said"})
    assert unknown["error"]["hint"] == "accepted here: echo/heard, echo/modules"
    assert router.command({"name": "persona/status"})["data"]["pid"] != os.getpid()


def test_regions_start_with_the_kernels_loaded_and_without_engine_or_terminal(launch: Launch) -> None:
    supervisor = launch()
    router = CommandRouter(
        supervisor, lambda process: supervisor.spec.run_directory / f"{process}.sock", routes={"echo": "echo"}
    )
    loaded = set(router.command({"name": "echo/modules"})["data"])
    assert {"numba", "substrate.shm", "substrate.supervisor.preload"} <= loaded
    assert not loaded & {"llama_cpp", "torch", "textual", "rich"}


def test_region_new_writes_a_region_that_runs_and_overwrites_nothing(
    router: CommandRouter, tmp_path: Path
) -> None:
    path = tmp_path / "mood.py"
    envelope = {"name": "region/new", "params": {"id": "mood", "path": str(path)}}
    assert router.command(envelope)["data"] == {"path": str(path)}
    scope: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), scope)
    assert scope["Mood"]().id == "mood"
    path.write_text("mine")
    assert "not overwritten" in router.command(envelope)["error"]["message"]
    assert path.read_text() == "mine"


def test_region_new_refuses_what_is_no_id(router: CommandRouter, tmp_path: Path) -> None:
    params = {"id": "Mood Swings", "path": str(tmp_path / "mood.py")}
    assert "Mood Swings" in router.command({"name": "region/new", "params": params})["error"]["message"]
    assert not list(tmp_path.iterdir())


def test_an_answer_larger_than_the_socket_takes_is_sent_in_pieces_without_blocking(folder: Path) -> None:
    served = CommandSocket(folder / "big.sock", {"big/one": lambda params: "x" * 4_000_000})
    router = CommandRouter(
        Answers(), lambda process: folder / "big.sock", routes={"big": "big"}, timeout_s=10.0
    )
    answers: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: answers.append(router.command({"name": "big/one"})))
    asking.start()
    while asking.is_alive():
        served.serve()
        asking.join(0.001)
    served.close()
    assert len(answers[0]["data"]) == 4_000_000


def test_a_client_that_sends_rubbish_is_dropped_and_others_are_served(folder: Path) -> None:
    served = CommandSocket(folder / "echo.sock", {"echo/one": lambda params: 1})
    with socket.socket(socket.AF_UNIX) as rude, socket.socket(socket.AF_UNIX) as polite:
        for client in (rude, polite):
            client.connect(str(folder / "echo.sock"))
        rude.sendall(b"\xff" * 64)
        polite.sendall(encode_frame({"op": "command", "id": 1, "name": "echo/one", "params": {}}))
        served.serve()
        assert rude.recv(100) == b""
        assert b"success" in polite.recv(4096)
    served.close()


def test_a_command_that_fails_inside_is_answered_and_the_region_lives(folder: Path) -> None:
    def broken(params: object) -> None:
        raise ZeroDivisionError("oops")

    served = CommandSocket(folder / "echo.sock", {"echo/broken": broken})
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "echo.sock"))
        client.sendall(encode_frame({"op": "command", "id": 1, "name": "echo/broken", "params": {}}))
        served.serve()
        assert b"ZeroDivisionError: oops" in client.recv(4096)
    served.close()
