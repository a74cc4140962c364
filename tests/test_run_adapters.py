"""`--lora` and a persona's `adapters`: who speaks with which, and what is refused before anybody speaks."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import pytest

from benchmarks.random_model import TINY, write_random_adapter, write_random_model
from tests.program import Program, Sandbox

CAST = """
[[persona]]
name = "Ada"
role = "a mathematician"
channels = ["ada"]
sampling = {{ temperature = 0, max_tokens = 16 }}

[[persona]]
name = "Max"
role = "a sailor"
channels = ["max"]
sampling = {{ temperature = 0, max_tokens = 16 }}
{max}

[[persona]]
name = "Zoe"
role = "a pilot"
channels = ["zoe"]
sampling = {{ temperature = 0, max_tokens = 16 }}
{zoe}
"""
ROOMS = ("ada", "max", "zoe")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model and two adapters for it."""
    folder = tmp_path_factory.mktemp("models")
    write_random_model(folder / "tiny.gguf", TINY)
    for seed, name in enumerate(("pirate", "calm")):
        write_random_adapter(folder / f"{name}.gguf", TINY, seed=seed)
    return folder


def loaded(files: Path) -> tuple[str, ...]:
    """The options of a program with the model and both adapters."""
    loras = (f"--lora={name}={files / name}.gguf" for name in ("pirate", "calm"))
    return ("--model", str(files / "tiny.gguf"), "--ctx", "2048", "--threads", "1", *loras)


def boot(sandbox: Sandbox, files: Path, home: str, **adapters: str) -> Program:
    cast = sandbox.folder / f"{home}.toml"
    cast.write_text(CAST.format(**{"max": "", "zoe": ""} | adapters))
    return sandbox.boot(*loaded(files), "--personas", str(cast), "--home", str(sandbox.folder / home))


def spoken(program: Program) -> dict[str, str]:
    """What each says to the same words, in a room of its own, one after another."""
    replies = {room: program.ask("What do you see?", room, channel=room) for room in ROOMS}
    assert all(reply["type"] == "reply" for reply in replies.values()), replies
    return {room: reply["text"] for room, reply in replies.items()}


def test_personas_speak_with_the_adapters_of_their_own_and_others_as_ever(
    sandbox: Sandbox, files: Path
) -> None:
    program = boot(sandbox, files, "bare")
    bare = spoken(program)
    assert program.end_input() == 0

    blends = {"max": "adapters = { pirate = 1.0 }", "zoe": "adapters = { pirate = 0.5, calm = 0.5 }"}
    program = boot(sandbox, files, "blended", **blends)
    blended = spoken(program)
    assert blended["ada"] == bare["ada"]
    assert blended["max"] != bare["max"]
    assert blended["zoe"] != bare["zoe"]
    again = program.ask("And now?", "m2", channel="max")
    assert again["latency"]["reused_tokens"] > again["latency"]["read_tokens"] / 4
    listed = {one["name"]: one["adapters"] for one in program.command("persona/status")["personas"]}
    assert listed == {"Ada": {}, "Max": {"pirate": 1.0}, "Zoe": {"calm": 0.5, "pirate": 0.5}}
    assert program.end_input() == 0


def test_who_was_enrolled_with_an_adapter_needs_it_at_the_next_start(sandbox: Sandbox, files: Path) -> None:
    program = sandbox.boot(*loaded(files))
    program.send(
        {
            "type": "command",
            "name": "persona/enroll",
            "params": {"name": "Max", "role": "a sailor", "adapters": {"loud": 1}},
            "id": "c1",
        }
    )
    refused = program.wait_for("result", id="c1")["error"]
    assert "'Max' speaks with the adapter 'loud'" in refused["message"]
    assert "calm, pirate" in refused["message"]
    enrolled = program.command("persona/enroll", name="Max", role="a sailor", adapters={"pirate": 0.8})
    assert enrolled["adapters"] == {"pirate": 0.8}
    assert program.end_input() == 0

    program = sandbox.boot(*loaded(files))
    assert program.command("persona/instances/list")[1]["adapters"] == {"pirate": 0.8}
    assert program.end_input() == 0

    program = sandbox.start("--stdio", "--model", str(files / "tiny.gguf"))
    error = program.wait_for("error")
    assert program.exit_status() == 1
    assert "'Max' speaks with the adapter 'pirate', which is not loaded" in error["message"]
    assert "--lora pirate=PATH" in error["hint"]
    seed = sandbox.home / "personas" / enrolled["persona_id"] / "seed.json"
    assert str(seed) in error["hint"]
    assert json.loads(seed.read_text())["enrolled"]["adapters"] == {"pirate": 0.8}


def test_an_adapter_that_cannot_be_used_stops_the_start(sandbox: Sandbox, files: Path) -> None:
    text = sandbox.folder / "notes.gguf"
    text.write_text("no adapter")
    whole = sandbox.folder / "whole.gguf"
    writer = gguf.GGUFWriter(whole, TINY.architecture)
    writer.add_context_length(TINY.context)
    writer.add_type(gguf.GGUFType.MODEL)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    model, pirate = str(files / "tiny.gguf"), f"pirate={files / 'pirate.gguf'}"
    for arguments, said in (
        (("--model", model, "--lora", f"pirate={sandbox.folder / 'nowhere.gguf'}"), "nowhere.gguf"),
        (("--model", model, "--lora", f"pirate={text}"), "not a GGUF"),
        (("--model", model, "--lora", f"pirate={whole}"), "general.type is 'model'"),
        (("--model", model, "--lora", f"pirate={model}"), "cannot load the adapter pirate"),
        (("--model", model, "--lora", pirate, "--lora", pirate), "'pirate' twice"),
        (("--model", "scripted:text=Aye.", "--lora", pirate), "--lora goes with a model file"),
        (("--model", "http://127.0.0.1:9/v1", "--lora", pirate), "--lora goes with a model file"),
        (("--model", model, "--lora", "pirate"), "not NAME=PATH"),
    ):
        program = sandbox.start("--stdio", *arguments)
        error = program.wait_for("error")
        assert said in error["message"], error
        assert error["hint"], error
        assert program.exit_status() == 1
