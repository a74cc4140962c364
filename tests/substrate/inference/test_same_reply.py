"""A reply is that of `llama_cpp.Llama` on the embedded model, however the lane came to it.

Every token is compared with what `Llama` would choose there: it reads the prompt by itself from an empty
cache, then the tokens that the lane chose, one by one. A token must be the best, or a near tie below it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.random_model import TINY, write_random_adapter
from substrate.inference import Blend, GenerateRequest, Generation, Priority, Prompt, Role, Turn
from substrate.inference.native import NativeContext
from substrate.inference.sampling import TokenSampler
from substrate.inference.sequences import Sequence, SequencePool
from substrate.inference.tokens import Tokens
from substrate.models import EMBEDDED_MODEL
from substrate.persona.prompt import RememberedLine, identity_text, late_block

from .conftest import GREEDY, WAIT_S, ReferenceEngine, finish, make_request, run, start

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]
NEAR_TIE_EMBEDDED = 0.45
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


def turn_behind(asked: GenerateRequest, generation: Generation, message: str) -> GenerateRequest:
    """The next turn of the conversation, with another memory."""
    said = (Turn(Role.USER, asked.prompt.message), Turn(Role.ASSISTANT, generation.text))
    memory = RememberedLine("joel", "code", 0.0, f"{message} was asked before.")
    prompt = Prompt(
        asked.prompt.identity, asked.prompt.history + said, message, partial(late_block, [memory], 3600.0)
    )
    return asked._replace(prompt=prompt)


@pytest.fixture(scope="module")
def reference() -> ReferenceEngine:
    return ReferenceEngine(EMBEDDED_MODEL, near_tie=NEAR_TIE_EMBEDDED)


@pytest.fixture
def seedling(start_lane: StartLane, tmp_path: Path) -> Callable[..., LlamaLane]:
    return partial(start_lane, path=EMBEDDED_MODEL, parking_folder=tmp_path / "parked")


def check(reference: ReferenceEngine, lane: LlamaLane, *numbers: int) -> list[Generation]:
    """Together; most choices must be certain, or nothing is proved."""
    asked = [request_of(number) for number in numbers]
    generations = run(lane, *asked)
    check_all(reference, asked, generations)
    return generations


def check_all(
    reference: ReferenceEngine, asked: list[GenerateRequest], generations: list[Generation]
) -> None:
    certain = sum(reference.check(*pair) for pair in zip(asked, generations, strict=True))
    assert certain > 0.8 * sum(one.completion_tokens for one in generations), "too many near ties"


def settled(lane: LlamaLane, asked: GenerateRequest) -> Generation:
    """One turn, and what is done behind it in idle time."""

    async def turn() -> Generation:
        generation = await finish(lane, asked)
        await lane.idle()
        return generation

    return asyncio.run(asyncio.wait_for(turn(), WAIT_S))


def test_alone_together_and_again_from_what_is_kept(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    check(reference, lane, 3)
    check(reference, lane, *range(len(NAMES)))
    again = check(reference, lane, *range(len(NAMES)))
    assert all(one.prompt_tokens_reused > one.prompt_tokens_read for one in again)


def test_behind_a_prefix_that_another_has_read(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    first = check(reference, lane, 3)[0]
    asked = request_of(3)._replace(conversation="another room")
    (second,) = run(lane, asked)
    assert second.prompt_tokens_reused > first.prompt_tokens_read / 2
    check_all(reference, [asked], [second])


def test_at_every_turn_of_a_settled_conversation(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    asked = request_of(3)
    turns, generations = [], []
    for message in ("- ann: where do I live?", "- joel: who am I?", "- ann: hello again", "- joel: bye"):
        turns.append(asked)
        generations.append(settled(lane, asked))
        asked = turn_behind(asked, generations[-1], message)
    check_all(reference, turns, generations)
    # Nothing but the new message and the memories was read, behind replies that were read anew.
    held = [one.prompt_tokens_reused for one in generations]
    assert held == sorted(held)
    assert held[-1] > 2 * generations[-1].prompt_tokens_read


def test_after_the_oldest_half_of_a_history_was_dropped(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    whole = request_of(3)
    settled(lane, whole)
    shifted = whole._replace(prompt=whole.prompt._replace(history=whole.prompt.history[2:]))
    # Read again in idle time, as the handler asks for it, and without.
    lane.prefill_ahead(whole.persona_id, whole.conversation, shifted.prompt._replace(message=""))
    asyncio.run(asyncio.wait_for(lane.idle(), WAIT_S))
    (ahead,) = run(lane, shifted)
    at_once = shifted._replace(prompt=shifted.prompt._replace(history=whole.prompt.history[4:]))
    (anew,) = run(lane, at_once)
    check_all(reference, [shifted, at_once], [ahead, anew])
    assert ahead.prompt_tokens_reused > anew.prompt_tokens_reused


def test_after_a_restart_from_what_was_parked(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    run(lane, *map(request_of, range(len(NAMES))))
    lane.close()
    lane = seedling(ctx=2048, sequences=8)
    generations = check(reference, lane, *range(len(NAMES)))
    # All but the last words of what was read before, but for prompts too short to be worth a file.
    assert sum(one.prompt_tokens_reused > 64 for one in generations) >= 4


@pytest.mark.parametrize(
    "scarce",
    [{"sequences": 2}, {"ctx": 512}, {"sequences": 1, "ctx": 512}, {"sequences": 8, "batch_rows": 24}],
    ids=str,
)
def test_where_sequences_cells_or_rows_are_scarce(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine, scarce: Mapping[str, int]
) -> None:
    lane = seedling(**scarce)
    check(reference, lane, *range(len(NAMES)))
    check(reference, lane, *reversed(range(len(NAMES))))


@pytest.mark.parametrize("sequences", [1, 4])
def test_of_background_work_that_gave_way_and_of_the_turn_that_it_gave_way_to(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine, sequences: int
) -> None:
    """With its cells left to it, and with its only sequence taken from it."""
    lane = seedling(sequences=sequences)

    async def both() -> list[Generation]:
        background = await start(lane, request_of(1, priority=Priority.BACKGROUND))
        live = await finish(lane, request_of(3))
        return [await background, live]

    generations = asyncio.run(asyncio.wait_for(both(), WAIT_S))
    check_all(reference, [request_of(1), request_of(3)], generations)


def test_beside_requests_that_are_given_up_and_work_in_the_background(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
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

    async def all_at_once() -> list[Generation]:
        background = request_of(5, priority=Priority.BACKGROUND)
        waiting = [asyncio.create_task(finish(lane, background))]
        waiting += [asyncio.create_task(finish(lane, request_of(number))) for number in range(5)]
        await asyncio.gather(*(leave(number, pieces=1 + number % 3) for number in range(6)))
        return await asyncio.gather(*waiting)

    generations = asyncio.run(asyncio.wait_for(all_at_once(), WAIT_S))
    check_all(reference, [request_of(number) for number in (5, 0, 1, 2, 3, 4)], generations)


def test_after_words_were_typed_ahead_and_changed(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    asked = request_of(3)
    for typed in ("- joel: wha", "- joel: what was that about", "- joel: what is my sis"):
        prompt = asked.prompt._replace(message=typed)
        lane.prefill_ahead(asked.persona_id, asked.conversation, prompt)
    check(reference, lane, 3)


def test_with_drafts_that_are_right_for_a_while(
    seedling: Callable[..., LlamaLane], reference: ReferenceEngine
) -> None:
    lane = seedling()
    (plain,) = check(reference, lane, 3)
    half = plain.text[: len(plain.text) // 2]
    asked = request_of(3, drafts=("nothing of it", f"{half} and so on", plain.text))
    check_all(reference, [asked], run(lane, asked))


def test_under_an_adapter_and_without_it_side_by_side(
    start_lane: StartLane, tiny_model: Path, tmp_path: Path
) -> None:
    adapter = write_random_adapter(tmp_path / "calm.gguf", TINY, seed=1)
    lane = start_lane(adapters={"calm": adapter})
    asked = [
        make_request(number, conversation=f"c{number}", blend=(("calm", 0.5),) if number % 2 else ())
        for number in range(4)
    ]
    generations = run(lane, *asked)
    engines = (
        ReferenceEngine(tiny_model),
        ReferenceEngine(tiny_model, lora_path=str(adapter), lora_scale=0.5),
    )
    certain = [
        engines[number % 2].check(one, generation)
        for number, (one, generation) in enumerate(zip(asked, generations, strict=True))
    ]
    assert min(certain) > GREEDY.max_tokens / 2, "too many near ties"


def claims_one_token_more(patch: pytest.MonkeyPatch) -> None:
    """Of a prefix that ends before the new text does."""
    usable = SequencePool.usable_prefix

    def longer(pool: SequencePool, sequence: Sequence, wanted: Tokens[int], blend: Blend) -> int:
        length = usable(pool, sequence, wanted, blend)
        return length + (0 < length < min(len(sequence.tokens), len(wanted) - 1))

    patch.setattr(SequencePool, "usable_prefix", longer)


def samples_from_the_row_of_another(patch: pytest.MonkeyPatch) -> None:
    sample = TokenSampler.sample
    patch.setattr(
        TokenSampler, "sample", lambda sampler, context, row: sample(sampler, context, row - (0 < row < 4))
    )


def is_given_the_state_of_another(patch: pytest.MonkeyPatch) -> None:
    load = NativeContext.load_sequence
    first: list[memoryview] = []

    def load_first(context: NativeContext, sequence: int, state: memoryview) -> bool:
        first.append(state)
        return load(context, sequence, first[0])

    patch.setattr(NativeContext, "load_sequence", load_first)


@pytest.mark.parametrize(
    "fault",
    [claims_one_token_more, samples_from_the_row_of_another, is_given_the_state_of_another],
    ids=lambda fault: fault.__name__,
)
def test_a_fault_of_the_lane_is_seen_by_this_comparison(
    start_lane: StartLane,
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
) -> None:
    reference = ReferenceEngine(tiny_model)
    asked = [make_request(n, conversation=f"c{n}", message=f"joel: {n} and {n}?") for n in range(4)]

    def said() -> list[tuple[GenerateRequest, Generation]]:
        lane = start_lane(parking_folder=tmp_path / "parked")
        generations = run(lane, *asked)
        again = run(lane, *asked)
        lane.close()
        return [*zip(asked, generations, strict=True), *zip(asked, again, strict=True)]

    for request, generation in said():
        reference.check(request, generation)
    fault(monkeypatch)
    faulty = said()
    with pytest.raises(AssertionError, match="below"):
        for request, generation in faulty:
            reference.check(request, generation)
