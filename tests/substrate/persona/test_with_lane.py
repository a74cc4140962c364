"""The service with llama.cpp under it: a real model, as tiny and as random as it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import Sampling
from tests.substrate.persona.conftest import Make
from tests.substrate.persona.service_process import WAIT_S, Instance, settings


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("models") / "tiny.gguf", TINY)


BRIEF = Sampling(max_tokens=24)


def test_a_real_model_answers_and_keeps_what_it_read(make_instance: Make, home: Path, model: Path) -> None:
    instance = make_instance(personas=(settings(home, "Paige", sampling=BRIEF),), stream_deltas=True)
    instance.start(model)
    client = instance.ready_client()
    reused = []
    for number in range(3):
        client.say(f"line {number}", number)
        (outcome,) = client.outcomes(number)
        assert outcome["type"] in ("reply", "silence")
        if outcome["type"] == "reply":
            reused.append(outcome["latency"]["reused_tokens"])
    assert reused == sorted(reused)
    assert instance.stop() == 0


def test_personas_that_could_answer_decide_in_the_words_of_the_contract(
    make_instance: Make, home: Path, model: Path
) -> None:
    names = ("Paige", "Max", "Zoe")
    instance = make_instance(personas=tuple(settings(home, name, sampling=BRIEF) for name in names))
    instance.start(model)
    client = instance.ready_client()
    client.say("good morning", "m1")
    outcomes = client.outcomes("m1")
    assert sorted(outcome["persona"] for outcome in outcomes) == ["Max", "Paige", "Zoe"]
    for outcome in outcomes:
        cut_off = outcome["type"] == "error" and "not complete" in outcome["message"]
        assert outcome["type"] in ("reply", "silence") or cut_off, outcome


def test_who_is_enrolled_at_run_time_speaks_as_the_model_does_best_also_after_a_restart(
    make_instance: Make, home: Path, model: Path
) -> None:
    instance = make_instance(personas=(settings(home, "Paige", sampling=BRIEF),), sampling=BRIEF)
    for number in range(2):
        instance.start(model)
        client = instance.ready_client()
        client.command("persona/enroll", name="Zoe", role="a pilot")
        client.say("Zoe?", number)
        (reply,) = client.outcomes(number)
        assert (reply["type"], reply["persona"]) == ("reply", "Zoe")
        assert reply["latency"]["written_tokens"] <= BRIEF.max_tokens
        assert instance.stop() == 0


def test_a_message_longer_than_the_context_is_an_error_of_its_own(
    make_instance: Make, home: Path, model: Path
) -> None:
    instance = make_instance(personas=(settings(home, "Paige", sampling=BRIEF),))
    instance.start(model)
    client = instance.ready_client()
    client.say("x" * 20_000, "m1")
    (error,) = client.outcomes("m1")
    assert error["type"] == "error"
    assert "tokens" in error["message"]
    client.say("short", "m2")
    assert client.outcomes("m2")[0]["type"] != "error"


@pytest.mark.parametrize("content", [None, b"", b"GGUF but not really"])
def test_a_file_that_is_no_model_is_a_fatal_error_that_names_it(
    instance: Instance, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "broken.gguf"
    if content is not None:
        file.write_bytes(content)
    process = instance.start(file)
    error = instance.client().of_type("error", fatal=True)
    assert str(file) in error["message"]
    process.join(WAIT_S)
    assert process.exitcode == 1
