"""The whole program over its JSON lines: what is said is remembered, figures are there, nothing is left."""

from __future__ import annotations

import json
import signal
import stat
from collections.abc import Iterator

import pytest

from substrate.command_table import COMMANDS
from substrate.interface.outputs import OUTPUTS
from tests.program import Program, Sandbox, eventually, is_alive, segment_exists

ECHO = "scripted:prefill_ms=300,delay_ms=10,text=I remember: {late}"
"""Replies hold the memories that their prompt showed; the prefill leaves memory as much time as a model."""

NAME = "Oluwaseun"


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    """One program for all tests that leave it as it was."""
    box = Sandbox()
    try:
        yield box.boot("--model", "scripted:prefill_ms=20,delay_ms=20,text=Hello yourself")
    finally:
        box.close()


def test_what_is_said_in_one_room_is_known_in_another_and_after_a_restart(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", ECHO)
    program.ask(f"My sister is called {NAME}", "m1", channel="general")
    reply = program.ask("What is my sister called?", "m2", channel="code")
    assert NAME in reply["text"]
    assert any(NAME in memory["text"] for memory in reply["memories"])
    assert program.end_input() == 0

    program = sandbox.boot("--model", ECHO)
    program.type_and_wait("What is my sister", channel="game", staged=NAME)
    reply = program.ask("What is my sister called?", "m1", channel="game")
    assert NAME in reply["text"]
    assert program.end_input() == 0


def test_a_reply_says_what_it_cost(running: Program) -> None:
    latency = running.ask("Hello", "cost")["latency"]
    assert latency["substrate_us"] > 0
    assert 20 <= latency["ttft_ms"] <= latency["total_ms"]


def test_ready_names_who_is_there_and_regions_are_processes_of_their_own(running: Program) -> None:
    ready = running.ready
    assert ready["personas"] == ["Paige"]
    assert ready["model"]["scripted"] is True
    stats = running.command("region/stats")
    assert {"hippocampus", "attention", "motor-cortex"} <= stats.keys()
    pids = {figures["pid"] for figures in stats.values()}
    assert len(pids | {running.pid, ready["service_pid"]}) == len(stats) + 2
    family = running.note_family()
    assert all(is_alive(family[pid]) for pid in pids)


@pytest.mark.parametrize("end", ["input", "SIGINT", "SIGTERM"])
def test_after_the_end_no_process_and_no_segment_is_left(sandbox: Sandbox, end: str) -> None:
    program = sandbox.boot("--model", "scripted")
    program.ask("Hello", "m1")
    family, segments = program.note_family(), program.segments()
    assert len(family) >= 5
    assert segments
    assert all(segment_exists(name) for name in segments)
    if end == "input":
        status = program.end_input()
    else:
        program.signal(signal.Signals[end])
        status = program.exit_status()
    assert status == 0
    assert not [process for process in family.values() if is_alive(process)]
    assert not [name for name in segments if segment_exists(name)]
    assert not list(sandbox.run_base.glob("psub-*"))


@pytest.mark.parametrize("milestone", ["loading the kernels", "starting the processes", "waking the regions"])
def test_a_signal_while_booting_ends_in_order(sandbox: Sandbox, milestone: str) -> None:
    program = sandbox.start("--stdio", "--model", "scripted")
    eventually(lambda: milestone in program.log, milestone)
    family = program.note_family()
    program.signal(signal.SIGTERM)
    assert program.exit_status() == 0
    assert not [line for line in program.lines if line["type"] == "error"]
    assert not [process for process in family.values() if is_alive(process)]
    assert not list(sandbox.run_base.glob("psub-*"))


def test_what_people_said_lies_in_files_that_only_they_can_read(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted")
    program.ask("Hello", "m1")
    assert program.end_input() == 0
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (sandbox.home, *sandbox.home.rglob("*"))}
    assert {path.name for path in modes} >= {"transcript.db", "seed.json", "longterm.db"}
    assert not {path: oct(mode) for path, mode in modes.items() if mode & 0o077}


def test_without_an_interface_it_runs_until_a_signal(sandbox: Sandbox) -> None:
    program = sandbox.start("--headless", "--model", "scripted")
    eventually(lambda: "ready after" in program.log, "it says that it is ready")
    family = program.note_family()
    program.signal(signal.SIGTERM)
    assert program.exit_status() == 0
    assert program.lines == []
    assert not [process for process in family.values() if is_alive(process)]


def test_the_end_of_input_waits_for_what_is_open(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:delay_ms=800,text=Done")
    program.say("Hello", "m1")
    program.say("Hello there", "m2", channel="code")
    assert program.end_input() == 0
    assert {line["in_reply_to"] for line in program.lines if line["type"] == "reply"} == {"m1", "m2"}
    assert " ERROR " not in program.log, "an orderly end is no error"


def test_what_is_sent_before_ready_is_answered_after_it(sandbox: Sandbox) -> None:
    program = sandbox.start("--stdio", "--model", "scripted:text=Hello yourself")
    program.say("Hello", "m1")
    assert program.end_input() == 0
    assert [line["type"] for line in program.lines] == ["ready", "accepted", "reply"]


def test_a_repeated_id_is_accepted_once(running: Program) -> None:
    running.say("Hello", "twice")
    running.say("Hello", "twice")
    running.outcome("twice")
    running.say("Hello", "twice")
    running.ask("Goodbye", "after twice")
    about = [line for line in running.lines if "twice" in (line.get("id"), line.get("in_reply_to"))]
    assert [line["type"] for line in about].count("reply") == 1
    assert len({line["message_id"] for line in about if line["type"] == "accepted"}) == 1


def test_deltas_come_only_when_asked_for_and_make_up_the_reply(sandbox: Sandbox) -> None:
    model = "scripted:delay_ms=50,deltas=5,text=One two three four five"
    program = sandbox.boot("--model", model, "--stream")
    reply = program.ask("Count", "m1")
    deltas = [line["text"] for line in program.lines if line["type"] == "delta"]
    assert len(deltas) > 1
    assert "".join(deltas) == reply["text"]
    assert program.end_input() == 0

    program = sandbox.boot("--model", model)
    program.ask("Count", "m1")
    assert program.end_input() == 0
    assert not [line for line in program.lines if line["type"] == "delta"]


def test_bad_lines_get_one_error_each_and_everything_else_goes_on(running: Program) -> None:
    message = {"type": "message", "channel": "general", "sender": "joel", "id": "bad"}
    bad = [
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"type":"shout"}',
        json.dumps({**message, "text": ""}).encode(),
        json.dumps({**message, "text": "bell\a"}).encode(),
        json.dumps({**message, "text": "x" * 1_000_000}).encode(),
        json.dumps({**message, "text": "x" * 6_000_000}).encode(),
        json.dumps({**message, "text": 3}).encode(),
        json.dumps(message).encode(),
    ]
    before = len(running.lines)
    for line in bad:
        running.send_raw(line + b"\n")
    assert running.ask("Hello", "good")["type"] == "reply"
    errors = [line for line in running.lines[before:] if line["type"] == "error"]
    assert len(errors) == len(bad)
    assert all(error["message"] for error in errors)


def test_an_unknown_command_is_told_what_is_accepted(running: Program) -> None:
    running.send({"type": "command", "name": "region/nonsense", "id": "nonsense"})
    result = running.wait_for("result", id="nonsense")
    assert result["success"] is False
    assert "region/stats" in result["error"]["hint"]


def test_commands_of_every_family_answer(running: Program) -> None:
    running.ask("My sister is called Oluwaseun", "sister")
    assert running.command("persona/status")["personas"][0]["name"] == "Paige"
    eventually(lambda: running.command("governor/status")["phase"] == "active", "the mind is awake")
    eventually(
        lambda: NAME in str(running.command("memory/recall", query="my sister")["engrams"]), "an engram"
    )
    for figures in running.command("region/stats").values():
        assert {"pid", "state", "restarts", "cadence_s", "published", "consumed", "misses", "weight"} <= (
            figures.keys()
        )


def test_every_line_has_the_fields_that_are_documented(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=One two three,deltas=2", "--stream")
    program.ask("Hello", "m1")
    program.send({"type": "shout", "id": "e1"}, {"type": "command", "name": "region/stats", "id": "c1"})
    program.wait_for("result", id="c1")
    assert program.end_input() == 0
    documented = {output.name: output for output in OUTPUTS}
    assert documented.keys() - {"silence"} == {line["type"] for line in program.lines}
    for line in program.lines:
        output = documented[line["type"]]
        fields = line.keys() - {"type"}
        assert output.fields.keys() <= fields <= output.fields.keys() | output.optional.keys(), line


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_documented_command_exists(running: Program, name: str) -> None:
    running.send({"type": "command", "name": name, "id": name, "params": {"no such parameter": 1}})
    result = running.wait_for("result", id=name)
    assert "no such parameter" in result["error"]["message"]
