"""A new user's first try, with the model that comes along: Paige remembers what she was told.

Questions are typed before they are sent, as in the terminal: memory looks for what will be needed meanwhile.
"""

from __future__ import annotations

from pathlib import Path

from tests.program import Program, Sandbox

NAME = "Oluwaseun"
QUESTION = "What is my sister called?"


def type_and_ask(program: Program, text: str, message_id: str, channel: str) -> str:
    """Type, give memory the moment that typing takes, send; returns the reply."""
    program.type_and_wait(text, channel, staged=NAME)
    reply = program.ask(text, message_id, channel)
    assert reply["type"] == "reply", reply
    return str(reply["text"])


def test_the_sisters_name_in_the_same_room_in_another_and_after_a_restart(sandbox: Sandbox) -> None:
    program = sandbox.boot()
    assert program.ready["model"]["scripted"] is False
    program.ask(f"My sister is called {NAME}", "m1", "general")
    program.ask("Hello", "m2", "general")
    assert NAME in type_and_ask(program, QUESTION, "m3", "general")
    assert NAME in type_and_ask(program, QUESTION, "m4", "code")
    assert program.end_input() == 0

    program = sandbox.boot()
    assert NAME in type_and_ask(program, QUESTION, "m1", "game")
    assert NAME in type_and_ask(program, QUESTION, "m2", "general")
    assert program.end_input() == 0


def test_paige_knows_who_she_is(sandbox: Sandbox) -> None:
    program = sandbox.boot()
    assert "Paige" in program.ask("What is your name?", "m1")["text"]
    assert program.end_input() == 0


def test_a_context_that_cannot_hold_the_identity_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    personas = tmp_path / "personas.toml"
    personas.write_text(f'[[persona]]\nname = "Paige"\nrole = "a friend"\nabout = "{"very kind " * 400}"\n')
    program = sandbox.start("--stdio", "--ctx", "256", "--personas", str(personas))
    assert program.exit_status() == 1
    (error,) = program.lines
    assert "256" in error["message"]
    assert "--ctx" in error["hint"]
