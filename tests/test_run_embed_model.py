"""`--embed-model`: a model of the user's own makes the vectors, in a process that nobody depends on."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import psutil

from benchmarks.random_model import TINY, write_random_model
from tests.program import Program, Sandbox, eventually
from tests.random_bert import write_random_bert

FACT = "My sister is called Oluwaseun."


def best(program: Program, query: str) -> dict[str, Any]:
    found: dict[str, Any] = program.command("memory/recall", query=query)["engrams"][0]
    return found


def is_embedded_by(program: Program, name: str) -> bool:
    listed = program.command("memory/list")
    return bool(listed["embedder"].startswith(name) and listed["count"] and not listed["vectors_to_come"])


def test_stored_vectors_are_made_anew_for_the_model_and_again_without_it(sandbox: Sandbox) -> None:
    model = write_random_bert(sandbox.folder / "bert.gguf")
    program = sandbox.boot("--model", "scripted:text=Noted.")
    program.ask(FACT, "m1", channel="code")
    program.ask("It was raining all night, and the old roof over the kitchen began to leak again.", "m2")
    eventually(lambda: is_embedded_by(program, "static"), "the table's vectors are there")
    assert program.end_input() == 0

    program = sandbox.boot("--model", "scripted:text=Noted.", "--embed-model", str(model))
    assert "embedder" in program.command("region/stats")
    assert best(program, "What is my sister called?")["text"] == FACT
    eventually(lambda: is_embedded_by(program, "gguf"), "the model's vectors are there")
    program.ask("The bakery closes at noon.", "m1")
    eventually(lambda: "bakery" in str(program.command("memory/list")["engrams"]), "it is remembered")
    eventually(lambda: is_embedded_by(program, "gguf"), "what was said since has a vector, too")
    assert program.end_input() == 0

    program = sandbox.boot("--model", "scripted:text=Noted.")
    eventually(lambda: is_embedded_by(program, "static"), "the table's vectors are back")
    assert best(program, "What is my sister called?")["text"] == FACT
    assert program.end_input() == 0


def test_while_the_embedders_process_is_dead_memory_goes_on(sandbox: Sandbox) -> None:
    model = write_random_bert(sandbox.folder / "bert.gguf")
    program = sandbox.boot("--model", "scripted:text=Noted.", "--embed-model", str(model))
    pid = program.command("region/stats")["embedder"]["pid"]

    psutil.Process(pid).send_signal(signal.SIGKILL)
    program.ask(FACT, "m1")

    eventually(lambda: FACT in str(program.command("memory/list")["engrams"]), "it is taken in")
    assert best(program, "What is my sister called?")["text"] == FACT
    eventually(lambda: is_embedded_by(program, "gguf"), "the process came back and made the vectors")
    assert program.command("region/stats")["embedder"]["restarts"] >= 1
    assert program.end_input() == 0


def test_a_file_that_is_no_embedding_model_is_refused_with_what_to_do(sandbox: Sandbox) -> None:
    broken = sandbox.folder / "broken.gguf"
    broken.write_bytes(write_random_bert(sandbox.folder / "bert.gguf").read_bytes()[:4000])
    writes = write_random_model(sandbox.folder / "writes.gguf", TINY)
    text = sandbox.folder / "notes.gguf"
    text.write_text("not a model")
    for path, said in (
        (Path("/nowhere/bert.gguf"), "no model file"),
        (text, "not a GGUF"),
        (broken, "cannot load"),
        (writes, "no embedding model"),
    ):
        program = sandbox.start("--stdio", "--model", "scripted:text=Noted.", "--embed-model", str(path))
        error = program.wait_for("error")
        assert said in error["message"], error
        assert error["hint"], error
        assert program.exit_status() == 1
