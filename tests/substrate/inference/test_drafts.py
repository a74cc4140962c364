"""Drafts are guesses: they change what a reply costs, never what it says or whether it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from substrate.inference import FinishReason, Sampling
from substrate.inference.drafts import Draft, DraftPayoff
from substrate.inference.prompt_reader import PromptReader

from .conftest import GREEDY, WAIT_S, ReferenceEngine, finish, make_request, run, tokens_of

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]
CELLS = 256


def test_a_draft_that_reaches_beyond_the_context_does_not_fail_the_reply(start_lane: StartLane) -> None:
    sentence = "the lamp is lit again and again"
    asked = make_request(
        1, identity="x" * 188, grammar=f'root ::= "{sentence}"', sampling=replace(GREEDY, max_tokens=100)
    )
    (plain,) = run(start_lane(ctx=CELLS, sequences=1), asked)
    assert plain.finish_reason is FinishReason.LENGTH, "the context holds more than is meant here"
    assert 4 < plain.completion_tokens < len(sentence)
    (drafted,) = run(start_lane(ctx=CELLS, sequences=1), asked._replace(drafts=(sentence,)))
    assert (drafted.text, drafted.finish_reason) == (plain.text, plain.finish_reason)


def test_drafts_do_not_take_the_cells_of_others(start_lane: StartLane) -> None:
    """Both conversations just fit; a draft's guesses beside them do not."""
    lane = start_lane(ctx=2 * CELLS, sequences=2)
    keep = make_request(1, conversation="kept", identity="y" * 200, grammar='root ::= "yes"')

    async def settled() -> None:
        await finish(lane, keep)
        await lane.idle()

    asyncio.run(asyncio.wait_for(settled(), WAIT_S))
    sentence = "the lamp is lit again and again"
    asked = make_request(
        2,
        identity="x" * 150,
        grammar=f'root ::= "{sentence}"',
        drafts=(sentence,),
        sampling=replace(GREEDY, max_tokens=40),
    )
    assert run(lane, asked)[0].text == sentence
    (again,) = run(lane, keep)
    assert again.prompt_tokens_reused > 200


def test_drafted_replies_are_those_of_llama_cpp(
    start_lane: StartLane, reference: ReferenceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    certain = 0
    for number in range(6):
        asked = make_request(number, conversation=f"c{number}", message=f"joel: question {number}?")
        (plain,) = run(lane, asked._replace(conversation=f"plain {number}"))
        # Right for a while, then wrong: what was read of the wrong part must leave the cache again. Given as
        # tokens, since this model's replies are no text that would be read as the same ones again.
        right = tokens_of(plain)
        guess = [*right[:9], *((token + 1) % 256 for token in right[9:20])]
        monkeypatch.setattr(PromptReader, "content", lambda _, text, guess=guess: guess)
        before = lane.counters.drafts_kept
        (generation,) = run(lane, asked._replace(drafts=("given as tokens",)))
        certain += reference.check(asked, generation)
        assert lane.counters.drafts_kept > before
    assert certain > 6 * GREEDY.max_tokens / 2, "too many near ties to prove anything"


def test_a_draft_is_checked_under_the_sampling_of_its_request(start_lane: StartLane) -> None:
    lane = start_lane()
    sampling = Sampling(temperature=0.9, seed=5, repeat_penalty=1.3, max_tokens=24)
    letters = "root ::= [a-z ]{20}"  # what can be drafted: words of letters and no others
    (plain,) = run(lane, make_request(1, conversation="a", sampling=sampling, grammar=letters))
    drafted = make_request(2, conversation="b", sampling=sampling, grammar=letters, drafts=(plain.text,))
    assert run(lane, drafted)[0].text == plain.text
    assert lane.counters.drafts_kept > 10
    (other,) = run(lane, drafted._replace(conversation="c", sampling=replace(sampling, seed=6)))
    assert other.text != plain.text


def test_candidates_are_followed_as_long_as_the_reply_says_the_same() -> None:
    draft = Draft([[1, 2, 3], [1, 9, 8], []])
    assert draft.next_tokens() == [1, 2, 3]
    draft.follow(1)
    draft.follow(9)
    assert draft.next_tokens() == [8]
    draft.follow(7)
    assert draft.next_tokens() == []


def test_drafts_are_switched_off_for_the_persona_that_they_do_not_pay_for_and_tried_again() -> None:
    payoff = DraftPayoff()
    for _ in range(10):
        if payoff.is_worth_it("zoe"):
            payoff.observe("zoe", checked=16, kept=0)
        payoff.observe("paige", checked=16, kept=12)
    assert not payoff.is_worth_it("zoe")
    assert payoff.is_worth_it("paige")
    assert any(payoff.is_worth_it("zoe") for _ in range(20)), "never tried again"
    for _ in range(10):
        payoff.observe("zoe", checked=16, kept=16)
    assert payoff.is_worth_it("zoe")
