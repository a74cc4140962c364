"""What the engine read is used, outlasts a restart, and is gone when words are taken back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import Sampling
from tests.substrate.persona.conftest import Make
from tests.substrate.persona.service_process import WAIT_S, settings

BRIEF = Sampling(max_tokens=24, seed=1)
GREETING = "what do you see from the lighthouse tonight, and is the sea calm or wild?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("models") / "tiny.gguf", TINY)


def test_what_was_read_outlasts_a_restart(make_instance: Make, home: Path, model: Path) -> None:
    instance = make_instance(personas=(settings(home, "Paige", sampling=BRIEF),))
    instance.start(model)
    client = instance.ready_client()
    client.say(GREETING, "m1")
    (first,) = client.outcomes("m1")
    assert instance.stop() == 0
    assert list((home / "kv").glob("*.kv"))
    instance.start(model)
    client = instance.ready_client()
    client.say("and now?", "m2")
    (second,) = client.outcomes("m2")
    assert second["latency"]["reused_tokens"] > first["latency"]["read_tokens"] / 2


def test_words_that_are_withdrawn_leave_the_disk(make_instance: Make, home: Path, model: Path) -> None:
    instance = make_instance(personas=(settings(home, "Paige", sampling=BRIEF),))
    instance.start(model)
    client = instance.ready_client()
    client.say(GREETING, "m1")
    accepted = client.of_type("accepted", id="m1")
    client.outcomes("m1")
    assert instance.stop() == 0
    assert list((home / "kv").glob("*.kv"))
    instance.start(model)
    client = instance.ready_client()
    client.command("transcript/withdraw", message_ids=[accepted["message_id"]])
    deadline = time.monotonic() + WAIT_S
    while list((home / "kv").glob("*.kv")):
        assert time.monotonic() < deadline
        client.command("persona/status")
