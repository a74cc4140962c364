"""What the engine read is used, outlasts a restart, and is gone when words are taken back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import LlamaLane, Sampling
from substrate.instance import ModelSettings
from substrate.persona.prompt import LAYOUT_VERSION
from substrate.persona.service import make_adapter
from tests.substrate.persona.conftest import Make
from tests.substrate.persona.service_process import WAIT_S, Client, Instance, settings

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


@pytest.fixture
def parked(make_instance: Make, home: Path, model: Path) -> tuple[Instance, str]:
    """An instance that has conversed, parked what it read and ended; and its message."""
    instance = make_instance(personas=(settings(home, "Paige", sampling=BRIEF),))
    instance.start(model)
    client = instance.ready_client()
    client.say(GREETING, "m1")
    accepted = client.of_type("accepted", id="m1")
    client.outcomes("m1")
    assert instance.stop() == 0
    assert parked_files(home)
    return instance, accepted["message_id"]


def parked_files(home: Path) -> list[Path]:
    return list((home / "kv").glob("*.kv"))


def wait_until_gone(client: Client, home: Path) -> None:
    """What follows a withdrawal is not announced: ask until it is done."""
    deadline = time.monotonic() + WAIT_S
    while parked_files(home):
        assert time.monotonic() < deadline
        client.command("persona/status")


def test_words_that_are_withdrawn_leave_the_disk(
    parked: tuple[Instance, str], home: Path, model: Path
) -> None:
    instance, message_id = parked
    instance.start(model)
    client = instance.ready_client()
    client.command("transcript/withdraw", message_ids=[message_id])
    wait_until_gone(client, home)


@pytest.mark.parametrize("engine", ["scripted", "scripted:load_ms=60000"], ids=["another", "loading"])
def test_words_leave_the_disk_also_when_no_lane_runs(
    parked: tuple[Instance, str], home: Path, engine: str
) -> None:
    instance, message_id = parked
    instance.start(engine)
    client = instance.client()
    client.command("transcript/withdraw", message_ids=[message_id])
    wait_until_gone(client, home)


def test_an_edited_message_leaves_the_disk_and_what_stands_before_it_need_not_be_read_again(
    parked: tuple[Instance, str], home: Path, model: Path
) -> None:
    instance, _ = parked
    instance.start(model)
    client = instance.ready_client()
    client.say("and now?", "m2")
    accepted = client.of_type("accepted", id="m2")
    (before,) = client.outcomes("m2")
    client.send({"op": "edit", "id": "m3", "message_id": accepted["message_id"], "text": "and then?"})
    (after,) = client.outcomes("m3")
    wait_until_gone(client, home)
    assert after["latency"]["reused_tokens"] >= before["latency"]["reused_tokens"]


def test_a_persona_that_is_shut_down_leaves_nothing_parked(
    parked: tuple[Instance, str], home: Path, model: Path
) -> None:
    instance, _ = parked
    instance.start(model)
    client = instance.ready_client()
    client.command("persona/instances/shutdown", persona="Paige")
    wait_until_gone(client, home)


def test_what_was_parked_under_other_words_of_the_prompt_is_not_taken_back(home: Path, model: Path) -> None:
    adapter = make_adapter(ModelSettings(path=model), lambda busy: None, lambda: False, home / "kv")
    assert isinstance(adapter, LlamaLane)
    assert adapter.settings.layout_version == LAYOUT_VERSION
    assert adapter.settings.parking_folder == home / "kv"
