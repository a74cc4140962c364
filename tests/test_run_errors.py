"""A boot that cannot succeed: one clear error that says what is wrong and what to do, and exit status 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Line, Sandbox


def failed_boot(sandbox: Sandbox, *arguments: str) -> Line:
    """Start with --stdio; returns the one error."""
    program = sandbox.start("--stdio", *arguments)
    assert program.exit_status() == 1
    assert [line["type"] for line in program.lines] == ["error"], program.log
    error = program.lines[0]
    assert error["hint"], error
    assert not list(sandbox.run_base.glob("psub-*")), "a run directory was left"
    return error


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "there is no model file"),
        (b"", "empty"),
        (b"GGUF" + bytes(range(200)), ""),
        (b"not a model", ""),
    ],
    ids=["missing", "empty", "damaged", "another format"],
)
def test_a_model_that_cannot_be_loaded(sandbox: Sandbox, content: bytes | None, named: str) -> None:
    model = sandbox.folder / "some.gguf"
    if content is not None:
        model.write_bytes(content)
    error = failed_boot(sandbox, "--model", str(model))
    assert "some.gguf" in error["message"]
    assert named in error["message"]


def test_a_scripted_model_that_does_not_load_tells_why(sandbox: Sandbox) -> None:
    error = failed_boot(sandbox, "--model", "scripted:fail_load=no such engine")
    assert "no such engine" in error["message"]


def test_an_unknown_setting_of_a_scripted_model(sandbox: Sandbox) -> None:
    assert "speed" in failed_boot(sandbox, "--model", "scripted:speed=9")["message"]


def test_a_context_smaller_than_the_identity(sandbox: Sandbox, tmp_path: Path) -> None:
    personas = tmp_path / "personas.toml"
    personas.write_text(f'[[persona]]\nname = "Paige"\nrole = "a friend"\nabout = "{"very kind " * 2000}"\n')
    error = failed_boot(sandbox, "--model", "scripted:context_tokens=512", "--personas", str(personas))
    assert "Paige" in error["message"]


def test_a_home_that_cannot_be_made(sandbox: Sandbox) -> None:
    (sandbox.folder / "home").write_text("a file stands where the folder should be")
    assert str(sandbox.home) in failed_boot(sandbox, "--model", "scripted")["message"]


def test_a_second_instance_on_the_same_home(sandbox: Sandbox) -> None:
    first = sandbox.boot("--model", "scripted")
    second = sandbox.start("--stdio", "--model", "scripted")
    assert second.exit_status() == 1
    assert str(first.pid) in second.lines[0]["message"]
    assert first.ask("Still there?", "m1")["type"] == "reply"


def test_a_personas_file_that_cannot_be_read(sandbox: Sandbox, tmp_path: Path) -> None:
    personas = tmp_path / "personas.toml"
    personas.write_text("[[persona]]\nname = 5\n")
    error = failed_boot(sandbox, "--model", "scripted", "--personas", str(personas))
    assert str(personas) in error["message"]


@pytest.mark.parametrize("arguments", [("--ctx", "many"), ("--threads", "0"), ("--colour", "red")])
def test_an_option_that_cannot_be_read_is_named(sandbox: Sandbox, arguments: tuple[str, str]) -> None:
    assert arguments[0] in failed_boot(sandbox, *arguments)["message"]


def test_without_a_terminal_the_terminal_is_refused_in_words(sandbox: Sandbox) -> None:
    program = sandbox.start("--model", "scripted")
    assert program.exit_status() == 1
    assert "--stdio" in program.log
    assert program.lines == []


def test_a_damaged_memory_costs_one_persona_its_memory_and_nobody_the_conversation(sandbox: Sandbox) -> None:
    cast = sandbox.folder / "cast.toml"
    cast.write_text("".join(f'[[persona]]\nname = "{name}"\nrole = "a friend"\n' for name in ("Ada", "Bo")))
    arguments = ("--model", "scripted:text=Noted.", "--personas", str(cast))
    program = sandbox.boot(*arguments)
    ada = next(one["persona_id"] for one in program.command("persona/instances/list") if one["name"] == "Ada")
    program.ask("Bo, the weather is awful.", "m1")
    assert program.end_input() == 0
    for file in (sandbox.home / "personas" / ada).glob("longterm.db*"):
        file.write_bytes(b"U" * 8192)

    program = sandbox.boot(*arguments)
    assert program.ask("Ada, hello.", "m2")["type"] == "reply"
    assert program.ask("Bo, hello.", "m3")["type"] == "reply"
    assert "awful" in str(program.command("memory/list", persona="Bo")["engrams"])
    program.send({"type": "command", "name": "memory/list", "params": {"persona": "Ada"}, "id": "c1"})
    answer = program.wait_for("result", id="c1")
    assert "damaged" in str(answer["error"])
    assert program.end_input() == 0
