"""A reply is that of `llama_cpp.Llama` on the embedded model, however the lane came to it.

The tokens are compared up to the first choice whose two best logits lie within NEAR_TIE.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from substrate.inference import GenerateRequest, Priority, Role, Turn
from substrate.models import EMBEDDED_MODEL
from substrate.persona.prompt import RememberedLine, identity_text, late_block

from .conftest import GREEDY, WAIT_S, Reference, ReferenceEngine, finish, make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]
NEAR_TIE = 0.45
"""Wider than for random weights: rows of this model read one by one differ from those of a batch by up to
0.44 (prompts of words in no order), and a choice of one was up to 0.18 below the best of the other."""
NAMES = ("Paige", "Max", "Zoe", "Ines", "Omar", "Lena")
LINES = (
    ("- joel: hello there", "Hello, joel."),
    ("- joel: my sister is called Ada.", "Noted: your sister is called Ada."),
    ("- ann: I live in Bergen.", "Noted."),
)


def request_of(number: int, **more: Any) -> GenerateRequest:
    """A turn of one persona with a history of a few exchanges and a memory, as the handler composes it."""
    name = NAMES[number % len(NAMES)]
    history = [turn for asked, said in LINES for turn in (Turn(Role.USER, asked), Turn(Role.ASSISTANT, said))]
    memory = RememberedLine("ann", "code", 0.0, f"The lamp number {number} is blue.")
    return make_request(
        number,
        conversation=f"{name}/general",
        identity=identity_text(name, "a friend who remembers"),
        history=tuple(history[: 2 * (number % (len(LINES) + 1))]),
        message="- joel: what is my sister called?" if number % 2 else "- ann: where do I live?",
        late=partial(late_block, [memory], 3600.0),
        sampling=replace(GREEDY, max_tokens=32),
        **more,
    )


@pytest.fixture(scope="module")
def expected() -> Mapping[int, Reference]:
    """By number of the request."""
    engine = ReferenceEngine(EMBEDDED_MODEL, near_tie=NEAR_TIE)
    found = {number: engine.greedy(request_of(number)) for number in range(len(NAMES))}
    assert sum(one.tokens for one in found.values()) > 20, "too many near ties to prove anything"
    return found


@pytest.fixture
def seedling(start_lane: StartLane, tmp_path: Path) -> Callable[..., LlamaLane]:
    return partial(start_lane, path=EMBEDDED_MODEL, parking_folder=tmp_path / "parked")


def check(expected: Mapping[int, Reference], lane: LlamaLane, *numbers: int) -> None:
    for number, generation in zip(numbers, run(lane, *map(request_of, numbers)), strict=True):
        assert expected[number].agrees_with(generation), (number, generation.text)


def test_alone_together_and_again_from_what_is_kept(
    seedling: Callable[..., LlamaLane], expected: Mapping[int, Reference]
) -> None:
    lane = seedling()
    check(expected, lane, 3)
    check(expected, lane, *expected)
    check(expected, lane, *expected)


def test_after_a_restart_from_what_was_parked(
    seedling: Callable[..., LlamaLane], expected: Mapping[int, Reference]
) -> None:
    lane = seedling()
    run(lane, *map(request_of, expected))
    lane.close()
    lane = seedling(ctx=2048, sequences=8)
    generations = run(lane, *map(request_of, expected))
    # All but the last words of what was read before, but for prompts too short to be worth a file.
    assert sum(one.prompt_tokens_reused > 64 for one in generations) >= 4
    for number, generation in enumerate(generations):
        assert expected[number].agrees_with(generation)


@pytest.mark.parametrize(
    "scarce",
    [{"sequences": 2}, {"ctx": 512}, {"sequences": 1, "ctx": 512}, {"sequences": 8, "batch_rows": 24}],
    ids=str,
)
def test_where_sequences_cells_or_rows_are_scarce(
    seedling: Callable[..., LlamaLane], expected: Mapping[int, Reference], scarce: Mapping[str, int]
) -> None:
    lane = seedling(**scarce)
    check(expected, lane, *expected)
    check(expected, lane, *reversed(tuple(expected)))


def test_beside_requests_that_are_given_up_and_work_in_the_background(
    seedling: Callable[..., LlamaLane], expected: Mapping[int, Reference]
) -> None:
    lane = seedling(sequences=4)

    async def leave(number: int, pieces: int) -> None:
        """Ask what another asks as well, read a few pieces, and go."""
        stream = lane.generate(request_of(number)._replace(conversation=f"left {number}"))
        async for _ in stream:
            pieces -= 1
            if pieces == 0:
                break
        await stream.aclose()

    async def all_at_once() -> None:
        background = request_of(5, priority=Priority.BACKGROUND)
        waiting = [asyncio.create_task(finish(lane, background))]
        waiting += [asyncio.create_task(finish(lane, request_of(number))) for number in range(5)]
        await asyncio.gather(*(leave(number, pieces=1 + number % 3) for number in range(6)))
        generations = await asyncio.gather(*waiting)
        for number, generation in zip((5, 0, 1, 2, 3, 4), generations, strict=True):
            assert expected[number].agrees_with(generation), (number, generation.text)

    asyncio.run(asyncio.wait_for(all_at_once(), WAIT_S))


def test_after_words_were_typed_ahead_and_changed(
    seedling: Callable[..., LlamaLane], expected: Mapping[int, Reference]
) -> None:
    lane = seedling()
    asked = request_of(3)
    for typed in ("- joel: wha", "- joel: what was that about", "- joel: what is my sis"):
        prompt = asked.prompt._replace(message=typed)
        lane.prefill_ahead(asked.persona_id, asked.conversation, prompt)
    check(expected, lane, 3)
