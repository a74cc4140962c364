"""What is to be forgotten is gone: from answers, from memory, from every file of the home directory."""

from __future__ import annotations

from pathlib import Path

from tests.program import Sandbox, eventually

SECRET = "xylophone"


def holds_the_secret(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_forgotten_words_are_in_no_file_of_the_home_and_in_no_memory(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask(f"The password is {SECRET}.", "m1", channel="code")
    program.ask("It is raining again.", "m2")
    eventually(
        lambda: SECRET in str(program.command("memory/recall", query="password")["engrams"]),
        "the message is an engram",
    )
    assert holds_the_secret(sandbox.home)

    forgotten = program.command("memory/forget", text=SECRET)

    assert len(forgotten["withdrawn"]) == 1
    eventually(
        lambda: SECRET not in str(program.command("memory/recall", query="password")["engrams"]),
        "the engram is gone",
    )
    eventually(lambda: not holds_the_secret(sandbox.home), "the words are in no file")
    assert "raining" in str(program.command("memory/list")["engrams"])
    assert program.end_input() == 0
    assert not holds_the_secret(sandbox.home)


def test_a_corrected_memory_is_recalled_in_its_new_words(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask("My sister is called Oluwasen.", "m1")
    eventually(lambda: program.command("memory/list", limit=100)["count"] == 2, "both messages are engrams")
    first = program.command("memory/list", limit=100)["engrams"][-1]

    program.command("memory/correct", engram_id=first["engram_id"], text="My sister is called Oluwaseun.")

    best = program.command("memory/recall", query="What is my sister called?")["engrams"][0]
    assert (best["text"], best["message_id"]) == ("My sister is called Oluwaseun.", first["message_id"])
    assert program.end_input() == 0
