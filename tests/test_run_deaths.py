"""Any process may be killed at any instruction: nothing that was accepted is lost, nothing is left behind."""

from __future__ import annotations

import os
import signal

from tests.program import Line, Program, Sandbox, eventually, is_alive, segment_exists


def back_after(program: Program, before: Line) -> Line:
    """Wait until another process is the hippocampus; returns what is said of it."""

    def is_back() -> bool:
        now = program.command("region/stats")["hippocampus"]
        return now["pid"] not in (None, before["pid"]) and now["state"] in ("ready", "ticking")

    eventually(is_back, "the hippocampus runs again")
    after: Line = program.command("region/stats")["hippocampus"]
    return after


def test_a_killed_region_is_back_while_replies_keep_coming(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Still here")
    program.ask("Hello", "m1")
    before = program.command("region/stats")["hippocampus"]
    os.kill(before["pid"], signal.SIGKILL)
    for number in range(5):
        reply = program.ask("Are you there?", f"during-{number}")
        assert reply["type"] == "reply"
        assert reply["latency"]["waited_ms"] == 0.0
    after = back_after(program, before)
    assert after["restarts"] == before["restarts"] + 1
    ticks = after["ticks"]
    assert program.ask("And now?", "m2")["type"] == "reply"
    eventually(
        lambda: program.command("region/stats")["hippocampus"]["ticks"] > ticks, "the new one ticks again"
    )
    turns = program.command("persona/status")["turns"]
    assert turns["outcomes"] == {"reply": 7}
    assert sum(turns["late_binding"].values()) == 7
    assert program.end_input() == 0


def test_what_is_said_while_the_hippocampus_is_dead_is_remembered(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:prefill_ms=300,text={late}")
    program.ask("Hello", "m1")
    before = program.command("region/stats")["hippocampus"]
    os.kill(before["pid"], signal.SIGKILL)
    program.ask("My sister is called Oluwaseun", "m2")
    back_after(program, before)
    eventually(
        lambda: "Oluwaseun" in str(program.command("memory/recall", query="sister")["engrams"]),
        "the message is an engram",
    )
    assert program.end_input() == 0


def test_a_service_killed_between_accepted_and_reply_still_gives_the_one_outcome(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:delay_ms=700,text=Here it is")
    program.say("Hello", "m1")
    program.wait_for("accepted", id="m1")
    os.kill(program.ready["service_pid"], signal.SIGKILL)
    assert program.outcome("m1")["type"] == "reply"
    assert program.ask("Once more", "m2")["type"] == "reply"
    assert program.command("persona/status")["pid"] != program.ready["service_pid"]
    assert program.end_input() == 0
    outcomes = [line for line in program.lines if line.get("in_reply_to") == "m1"]
    assert len(outcomes) == 1


def test_messages_sent_while_the_service_is_dead_are_answered_when_it_is_back(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Here")
    os.kill(program.ready["service_pid"], signal.SIGKILL)
    for number in range(3):
        program.say("Hello", f"m{number}")
    assert program.end_input() == 0
    answered = [line["in_reply_to"] for line in program.lines if line["type"] == "reply"]
    assert sorted(answered) == ["m0", "m1", "m2"]


def test_nothing_outlives_a_killed_supervisor_and_the_next_boot_has_every_message(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:delay_ms=60000")
    for number in range(4):
        program.say(f"Note number {number}", f"m{number}")
    for number in range(4):
        program.wait_for("accepted", id=f"m{number}")
    family, segments = program.note_family(), program.segments()
    program.signal(signal.SIGKILL)
    program.exit_status()
    eventually(lambda: not any(map(is_alive, family.values())), "every child is gone")

    program = sandbox.boot("--model", "scripted:text=Here")
    assert not [name for name in segments if segment_exists(name)]

    def all_known() -> bool:
        known = str(program.command("memory/list", limit=100)["engrams"])
        return all(f"Note number {number}" in known for number in range(4))

    eventually(all_known, "every accepted message is remembered")
    assert program.end_input() == 0
