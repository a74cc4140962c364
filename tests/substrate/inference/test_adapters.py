"""Blends change what is said, decode side by side, and never share what they read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llama_cpp.llama_cpp as llama
import pytest

from benchmarks.random_model import TINY, write_random_adapter
from substrate.inference import Delta
from substrate.inference.adapters import AdapterError

from .conftest import GREEDY, WAIT_S, begin, finish, held, make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]
BLENDS = ((), (("calm", 1.0),), (("calm", 0.5), ("wild", 0.5)))


@pytest.fixture
def lane(start_lane: StartLane, tmp_path: Path) -> LlamaLane:
    names = ("calm", "wild")
    files = {
        name: write_random_adapter(tmp_path / f"{name}.gguf", TINY, seed=n) for n, name in enumerate(names)
    }
    return start_lane(adapters=files)


def test_each_blend_speaks_in_its_own_way_alone_and_together(lane: LlamaLane) -> None:
    alone = [
        run(lane, make_request(n, conversation=f"alone{n}", blend=blend))[0].text
        for n, blend in enumerate(BLENDS)
    ]
    assert len(set(alone)) == len(BLENDS)
    together = run(
        lane, *(make_request(n, conversation=f"both{n}", blend=BLENDS[n % len(BLENDS)]) for n in range(6))
    )
    # The beginnings: further on, choices that are near ties may differ between batches.
    assert [one.text[:4] for one in together] == [text[:4] for text in alone + alone]


def test_what_was_read_under_one_blend_is_not_used_under_another(lane: LlamaLane) -> None:
    (calm,) = run(lane, make_request(1, blend=BLENDS[1]))
    (plain,) = run(lane, make_request(2))
    (again,) = run(lane, make_request(3, blend=tuple(reversed(BLENDS[1]))))
    assert calm.prompt_tokens_reused == plain.prompt_tokens_reused == 0
    assert again.prompt_tokens_reused > 80
    assert again.text == calm.text != plain.text


def test_the_order_of_a_blend_and_weights_of_zero_do_not_matter(lane: LlamaLane) -> None:
    (first,) = run(lane, make_request(1, blend=BLENDS[2]))
    (second,) = run(lane, make_request(2, blend=(("wild", 0.5), ("calm", 0.5))))
    (zero,) = run(lane, make_request(3, blend=(("wild", 0.0),)))
    (plain,) = run(lane, make_request(4))
    assert second.text == first.text
    assert zero.text == plain.text
    assert plain.prompt_tokens_reused > 0


def test_an_unknown_adapter_is_named_and_harms_no_other(lane: LlamaLane) -> None:
    async def both() -> list[object]:
        asked = (make_request(1, blend=(("loud", 1.0),)), make_request(2, conversation="b"))
        return list(await asyncio.gather(*(finish(lane, one) for one in asked), return_exceptions=True))

    refused, served = asyncio.run(asyncio.wait_for(both(), WAIT_S))
    assert isinstance(refused, AdapterError)
    assert "loud" in refused.message
    assert "calm" in refused.hint
    assert not isinstance(served, Exception)


@pytest.mark.parametrize(
    ("blend", "says"),
    [
        ((("calm", float("nan")),), "weight of the adapter 'calm' is nan"),
        ((("calm", float("inf")),), "is inf"),
        ((("calm", 0.5), ("calm", 0.5)), "stands twice"),
    ],
)
def test_a_blend_that_means_nothing_is_refused(
    lane: LlamaLane, blend: tuple[tuple[str, float], ...], says: str
) -> None:
    with pytest.raises(AdapterError, match=says):
        run(lane, make_request(blend=blend))


def test_blends_take_turns_while_they_write(lane: LlamaLane) -> None:
    """Nobody waits until those of another blend have ended."""
    order: list[int] = []
    note = order.append

    async def follow(number: int) -> None:
        asked = make_request(
            number,
            conversation=f"c{number}",
            blend=BLENDS[number % len(BLENDS)],
            sampling=replace(GREEDY, max_tokens=60),
        )
        async for event in lane.generate(asked):
            if isinstance(event, Delta):
                note(number)

    async def together() -> None:
        with held(lane):
            tasks = [await begin(follow(number)) for number in range(3)]
        await asyncio.gather(*tasks)

    asyncio.run(asyncio.wait_for(together(), WAIT_S))
    starts = [order.index(number) for number in range(3)]
    ends = [len(order) - 1 - order[::-1].index(number) for number in range(3)]
    assert max(starts) < min(ends) / 2


def test_adapters_are_loaded_once_and_switched_only_when_the_blend_changes(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = {"llama_adapter_lora_init": 0, "llama_set_adapters_lora": 0}

    def counted(name: str) -> Callable[..., Any]:
        function = getattr(llama, name)

        def call(*arguments: Any) -> Any:
            calls[name] += 1
            return function(*arguments)

        return call

    for name in calls:
        monkeypatch.setattr(llama, name, counted(name))
    lane = start_lane(adapters={"calm": write_random_adapter(tmp_path / "calm.gguf", TINY, seed=1)})
    for number, blend in enumerate((BLENDS[1], BLENDS[1], BLENDS[0], BLENDS[1])):
        run(lane, make_request(number, blend=blend, sampling=replace(GREEDY, max_tokens=4)))
        asyncio.run(asyncio.wait_for(lane.idle(), WAIT_S))
    assert calls == {"llama_adapter_lora_init": 1, "llama_set_adapters_lora": 3}


def test_a_file_that_is_no_adapter_is_refused_at_load(start_lane: StartLane, tiny_model: Path) -> None:
    with pytest.raises(AdapterError, match="calm"):
        start_lane(adapters={"calm": tiny_model})
