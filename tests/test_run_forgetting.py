"""What is to be forgotten is gone: from answers, from memory, from every file of the home directory."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import partial
from pathlib import Path

import pytest

from tests.program import Program, Sandbox, eventually

SECRET = "xylophone"
SHARED_MEMORY = Path("/dev/shm")


def holds_the_secret(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and holds(path)]


def holds(path: Path) -> bool:
    """Whether a file holds the word or its stem, however it is written."""
    return re.search(SECRET[:-1].encode(), path.read_bytes(), re.IGNORECASE) is not None


def segments_with_the_secret(program: Program) -> list[str]:
    return [name for name in program.segments() if holds(SHARED_MEMORY / name)]


def holds_the_secret_in(program: Program, part: str) -> bool:
    return any(part in name for name in segments_with_the_secret(program))


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


def test_a_word_is_forgotten_in_both_of_its_encodings(sandbox: Sandbox) -> None:
    forms = [unicodedata.normalize(form, "Noémie") for form in ("NFC", "NFD")]
    program = sandbox.boot("--model", "scripted:text=Noted.")
    for number, form in enumerate(forms):
        program.ask(f"My sister is called {form}.", f"m{number}")
    eventually(lambda: program.command("memory/list")["count"] == 4, "both messages and replies are engrams")

    forgotten = program.command("memory/forget", text=forms[0])

    def is_written() -> bool:
        files = [path.read_bytes() for path in sandbox.home.rglob("*") if path.is_file()]
        return any(form[:-1].lower().encode() in file.lower() for form in forms for file in files)

    assert len(forgotten["withdrawn"]) == 2
    eventually(lambda: not is_written(), "neither form is in a file")
    assert program.end_input() == 0
    assert not is_written()


@pytest.mark.skipif(sys.platform != "linux", reason="shared memory can be read as files on Linux only")
def test_forgotten_words_are_nowhere_in_shared_memory(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask(f"My {SECRET} lesson is on Monday.", "m1", channel="code")
    # What is heard together is recalled for before it is remembered: only an engram comes up for sure.
    eventually(lambda: program.command("memory/list", text=SECRET)["engrams"], "the message is an engram")
    program.ask(f"What is my {SECRET} teacher called?", "m2", channel="code")
    program.send({"type": "typing", "channel": "code", "sender": "joel", "text": f"is the {SECRET}"})
    for part in ("features", "prefetch", "candidates", "focus", "ring"):
        eventually(partial(holds_the_secret_in, program, part), f"the word is in the shared memory of {part}")

    program.command("memory/forget", text=SECRET)

    eventually(lambda: not segments_with_the_secret(program), "the word has left shared memory")
    eventually(lambda: not holds_the_secret(sandbox.home), "the word is in no file")
    assert program.ask("Good morning.", "m3")["type"] == "reply"
    assert program.command("region/stats")["sensory"]["published"] < 30  # blanks are no results
    assert program.end_input() == 0


def test_what_one_persona_forgets_it_reads_no_more_and_the_others_keep_it(sandbox: Sandbox) -> None:
    cast = sandbox.folder / "cast.toml"
    cast.write_text("".join(f'[[persona]]\nname = "{name}"\nrole = "a friend"\n' for name in ("Ada", "Bo")))
    arguments = ("--model", "scripted:text=Noted.", "--personas", str(cast))
    program = sandbox.boot(*arguments)
    program.ask(f"Ada, the password is {SECRET}. " + "There is more to it than that. " * 11, "m1")

    def knows(name: str) -> bool:
        return SECRET in str(program.command("memory/list", persona=name)["engrams"])

    def prompt_tokens(name: str, message_id: str) -> int:
        latency = program.ask(f"{name}, hello.", message_id)["latency"]
        return int(latency["reused_tokens"] + latency["read_tokens"])

    eventually(lambda: knows("Ada") and knows("Bo"), "both know")
    program.command("memory/forget", text=SECRET, persona="Ada")

    assert not knows("Ada")
    assert knows("Bo")
    assert prompt_tokens("Bo", "m2") > prompt_tokens("Ada", "m3") + 50
    assert program.end_input() == 0

    program = sandbox.boot(*arguments)
    assert not knows("Ada")
    assert prompt_tokens("Bo", "m2") > prompt_tokens("Ada", "m3") + 50
    assert program.end_input() == 0


def test_a_conversation_that_begins_anew_is_remembered_beside_the_old_one(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask(f"The password is {SECRET}.", "m1")
    eventually(lambda: program.command("memory/list")["count"] == 2, "both messages are engrams")
    assert program.end_input() == 0
    for file in sandbox.home.glob("transcript.db*"):
        file.unlink()

    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask("It is raining again.", "n1")
    eventually(lambda: program.command("memory/list")["count"] == 4, "the new messages are engrams, too")
    program.command("memory/forget", text=SECRET)

    assert SECRET not in str(program.command("memory/list", text=SECRET)["engrams"])
    assert "raining" in str(program.command("memory/list")["engrams"])
    eventually(lambda: not holds_the_secret(sandbox.home), "the words are in no file")
    assert program.end_input() == 0


def test_a_corrected_memory_is_recalled_in_its_new_words(sandbox: Sandbox) -> None:
    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask("My sister is called Oluwasen.", "m1")
    eventually(lambda: program.command("memory/list", limit=100)["count"] == 2, "both messages are engrams")
    first = program.command("memory/list", limit=100)["engrams"][-1]

    program.command("memory/correct", engram_id=first["engram_id"], text="My sister is called Oluwaseun.")

    best = program.command("memory/recall", query="What is my sister called?")["engrams"][0]
    assert (best["text"], best["message_id"]) == ("My sister is called Oluwaseun.", first["message_id"])
    assert program.end_input() == 0
