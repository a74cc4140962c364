"""One step after another: who reads, who gives way, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from substrate.inference import (
    GenerateRequest,
    Generation,
    InferenceError,
    Priority,
    Prompt,
    Role,
    Sampling,
    Turn,
)
from substrate.inference import engine as engine_module
from substrate.inference.job import Reply

from .engine_bench import CELLS, ROWS, SEQUENCES, Bench


@pytest.fixture(scope="module")
def bench(tiny_model: Path) -> Iterator[Bench]:
    made = Bench(tiny_model)
    yield made
    made.close()


def greedy(number: int, message: str, **more: object) -> GenerateRequest:
    return GenerateRequest(
        request_id=f"{number}",
        persona_id="paige",
        conversation=f"c{number}",
        prompt=Prompt("You are Paige.", (), message, str),
        sampling=Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=40),
        **more,  # type: ignore[arg-type]  # fields of the request
    )


def result(bench: Bench, request: GenerateRequest) -> Generation:
    reply = bench.ask(request)
    while bench.engine.has_work:
        bench.engine.step()
    (end,) = [event for event in bench.events(reply) if isinstance(event, Generation)]
    return end


class HandMoved:
    """A clock that stands still between two looks of the test at it."""

    def __init__(self) -> None:
        self.now_ns = 1_000

    def perf_counter_ns(self) -> int:
        return self.now_ns

    monotonic_ns = perf_counter_ns


def test_what_lies_between_steps_that_follow_each_other_counts_as_theirs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.start()
    clock = HandMoved()
    monkeypatch.setattr(engine_module, "time", clock)
    engine = bench.engine
    bench.ask(greedy(0, "what now?"))
    engine.step()
    clock.now_ns += 700
    engine.step()
    assert engine.counters.step_ns - engine.counters.native_ns == 700
    engine.rest()
    clock.now_ns += 5_000
    engine.step()
    assert engine.counters.step_ns - engine.counters.native_ns == 700


def test_steps_that_only_write_are_told_apart_from_those_that_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.start()
    clock = HandMoved()
    monkeypatch.setattr(engine_module, "time", clock)
    engine, counters = bench.engine, bench.engine.counters
    reply = bench.ask(greedy(0, "what now?"))
    while not bench.ends(reply):
        engine.step()
        clock.now_ns += 100
    (end,) = bench.ends(reply)
    assert isinstance(end, Generation)
    # The first token comes from the step that reads the end of the prompt.
    assert counters.decode_steps == end.completion_tokens - 1
    assert counters.decode_overhead_ns == 100 * counters.decode_steps
    bench.step_until_idle()
    assert counters.decode_steps == end.completion_tokens - 1 < counters.steps, "settling reads"


def test_what_is_taken_over_from_a_kept_conversation_takes_room_all_the_same(bench: Bench) -> None:
    bench.start()
    engine = bench.engine
    identity = "You are Paige. " + "x" * 205

    def ask(number: int, new_tokens: int) -> Reply:
        sampling = Sampling(temperature=0.0, max_tokens=new_tokens)
        prompt = Prompt(identity, (), f"{number}: and what do you see tonight?", str)
        return bench.ask(GenerateRequest(f"{number}", "paige", f"c{number}", prompt, sampling))

    ask(0, 1)
    while engine.has_work:
        engine.step()
    first, second = ask(1, 128), ask(2, 128)
    shared = len(identity)
    alone = first.opening_length - shared + 128
    assert 2 * alone <= CELLS < shared + 2 * alone, "the sizes prove nothing"
    for _ in range(8):
        engine.step()
    assert first.generated > 0
    assert second.generated == 0, "there is no room for its reply beside the first"
    engine.jobs.cancel(first)
    while not second.generated:
        engine.step()


def test_who_was_refused_is_looked_at_again_when_somebody_ends_and_not_at_every_step(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.start()
    engine = bench.engine
    first, second = (
        bench.ask(
            GenerateRequest(
                f"{number}",
                "paige",
                f"c{number}",
                Prompt(f"{number} " + "x" * 250, (), "what now?", str),
                Sampling(temperature=0.0, max_tokens=128),
            )
        )
        for number in range(2)
    )
    while not first.generated:
        engine.step()
    looked: list[object] = []
    longest_prefix = bench.pool.longest_prefix

    def counted(*arguments: Any) -> Any:
        looked.append(arguments)
        return longest_prefix(*arguments)

    monkeypatch.setattr(bench.pool, "longest_prefix", counted)
    for _ in range(8):
        engine.step()
    assert (first.generated > 8, second.generated, looked) == (True, 0, [])
    engine.jobs.cancel(first)
    while not second.generated:
        engine.step()


def test_where_nothing_read_can_be_taken_over_nobody_waits_for_anothers_reading(bench: Bench) -> None:
    bench.start()
    bench.pool.can_rewind = False
    for number in range(3):
        bench.ask(greedy(number, "what now?"))
    bench.engine.step()
    assert all(job.sequence is not None for job in bench.engine.jobs.all)


def test_what_two_began_with_takes_room_also_when_the_one_who_read_it_has_ended(bench: Bench) -> None:
    bench.start()
    engine = bench.engine

    def ask(number: int, identity: str, new_tokens: int) -> Reply:
        sampling = Sampling(temperature=0.0, max_tokens=new_tokens)
        prompt = Prompt(identity, (), f"{number}: and what do you see tonight?", str)
        return bench.ask(GenerateRequest(f"{number}", "paige", f"c{number}", prompt, sampling))

    shared = "You are Paige. " + "x" * 185
    reader, borrower = ask(0, shared, 5), ask(1, shared, 128)
    while not bench.ends(reader):
        engine.step()
    assert borrower.generated > 0
    other = ask(2, "You are Quinn. " + "y" * 30, 128)
    needed = borrower.opening_length + 128 - borrower.generated + other.opening_length + 128
    assert needed - len(shared) <= CELLS < needed, "the sizes prove nothing"
    for _ in range(8):
        engine.step()
    assert other.generated == 0, "it was let in on cells that the other's beginning takes"
    engine.jobs.cancel(borrower)
    while not other.generated:
        engine.step()
    assert engine.counters.preempted == 0


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_background_work_that_holds_what_a_live_turn_begins_with_gives_way_too(
    bench: Bench, is_forgotten: bool
) -> None:
    bench.start()
    engine = bench.engine
    sampling = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=20)

    def ask(number: int, identity: str, priority: Priority) -> Reply:
        prompt = Prompt(identity, (), f"joel: {number}?", str)
        return bench.ask(GenerateRequest(f"{number}", "p", f"c{number}", prompt, sampling, priority))

    background = ask(0, "You are Paige. " * 3, Priority.BACKGROUND)
    while not background.generated:
        engine.step()
    writers = [ask(number, f"{number} " * 10, Priority.LIVE) for number in range(1, SEQUENCES)]
    while not all(writer.generated for writer in writers):
        engine.step()
    if is_forgotten:
        engine.jobs.forget("p", "c0")
    live = ask(9, "You are Paige. " * 3, Priority.LIVE)
    while not live.generated:
        engine.step()
        bench.check_ledger()
    assert all(writer.generated < 20 for writer in writers), "it waited for one of them to end"
    assert not bench.ends(background)
    while engine.has_work:
        engine.step()
    (end,) = [event for event in bench.events(live) if isinstance(event, Generation)]
    assert (end.prompt_tokens_reused > 45) is not is_forgotten
    assert [event for event in bench.events(background) if isinstance(event, Generation)]
    bench.check_ledger()


def test_what_was_read_earlier_does_not_take_the_place_of_a_conversations_later_state(
    bench: Bench, tmp_path: Path
) -> None:
    """Words typed during a reply are read in a sequence of their own: there is one file for both."""
    bench.start(tmp_path)
    identity = "You are Paige. " * 6
    sampling = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=20)
    asked = GenerateRequest("r", "paige", "a", Prompt(identity, (), "joel: well?", str), sampling)
    reply = bench.ask(asked)
    while not reply.generated:
        bench.step()
    bench.engine.jobs.read_ahead("paige", "a", Prompt(identity, (), "something else", str), ())
    bench.step_until_idle()
    (first,) = bench.ends(reply)
    assert isinstance(first, Generation)
    assert len([one for one in bench.pool if one.conversation == "a"]) == 2
    bench.engine.jobs.close(InferenceError("closed"))
    bench.engine.jobs.park_all()
    bench.restart(tmp_path)
    history = (Turn(Role.USER, "joel: well?"), Turn(Role.ASSISTANT, first.text))
    second = result(bench, asked._replace(prompt=Prompt(identity, history, "and now?", str)))
    assert second.prompt_tokens_reused > first.prompt_tokens_read
    bench.stop_parking()


def test_a_draft_changes_the_cost_and_never_the_reply(bench: Bench) -> None:
    bench.start()
    # Under this grammar the model can only spell the sentence, so it is known which draft is right.
    sentence = "the lamp is lit again"
    grammar = f'root ::= "{sentence}"'
    counters = bench.engine.counters

    def steps(number: int, *drafts: str) -> int:
        before = counters.steps
        assert result(bench, greedy(number, "joel: well?", grammar=grammar, drafts=drafts)).text == sentence
        bench.check_ledger()
        return counters.steps - before

    plain = steps(1)
    assert steps(2, "the door", sentence) < plain / 2
    assert counters.drafts_kept > 10
    assert steps(3, sentence[:8] + "went out") < plain
    assert steps(4, "nothing of this") <= plain


def test_drafts_that_never_pay_are_switched_off_for_their_persona() -> None:
    from substrate.inference.drafts import DraftPayoff

    payoff = DraftPayoff()
    for _ in range(10):
        if payoff.is_worth_it("zoe"):
            payoff.observe("zoe", checked=16, kept=0)
    assert not payoff.is_worth_it("zoe")
    assert payoff.is_worth_it("paige")
    assert any(payoff.is_worth_it("zoe") for _ in range(20)), "never tried again"


def test_reading_ahead_leaves_only_the_rest_for_the_turn(bench: Bench) -> None:
    bench.start()
    identity = "You are Paige. " * 6
    for typed in ("joel: hel", "joel: hello th", "joel: hello there Paige"):
        bench.engine.jobs.read_ahead("paige", "a", Prompt(identity, (), typed, str), ())
        while bench.engine.has_work:
            bench.engine.step()
    read_before = bench.engine.counters.prompt_rows
    reply = bench.ask(
        GenerateRequest(
            "r", "paige", "a", Prompt(identity, (), "joel: hello there Paige!", str), Sampling(max_tokens=1)
        )
    )
    while not bench.events(reply):
        bench.engine.step()
    assert bench.engine.counters.prompt_rows - read_before < 40
    bench.check_ledger()


def test_cancelling_gives_back_at_once_all_that_a_next_turn_cannot_use(bench: Bench) -> None:
    bench.start()
    reply = bench.ask(greedy(1, "joel: tell me a long story"))
    other = bench.ask(greedy(2, "joel: and me a short one"))
    while reply.generated < 3:
        bench.engine.step()
    before = other.generated
    bench.engine.jobs.cancel(reply)
    bench.check_ledger()
    assert reply.sampler is None
    held = {sequence.conversation: len(sequence.tokens) for sequence in bench.pool}
    assert held["c1"] == reply.opening_length
    generated = reply.generated
    bench.engine.step()
    assert (reply.generated, other.generated) == (generated, before + 1)
    assert not [event for event in bench.events(reply) if isinstance(event, Generation)]


def test_a_long_prompt_costs_those_who_write_no_step(bench: Bench) -> None:
    """It is read in chunks beside them: each step, whatever it reads, brings everybody a token."""
    bench.start()
    writer = bench.ask(greedy(1, "joel: tell me a long story"))
    while not writer.generated:
        bench.engine.step()
    long = bench.ask(greedy(2, "joel: " + "and why is that so, " * 12))
    steps = 0
    while not long.generated:
        before = writer.generated, bench.engine.counters.prompt_rows
        bench.engine.step()
        steps += 1
        assert writer.generated == before[0] + 1
        assert bench.engine.counters.prompt_rows - before[1] <= ROWS - 1
    assert steps >= 4, "the prompt was not long enough to be read in chunks"


def test_background_work_that_gave_way_goes_on_from_its_cells(bench: Bench) -> None:
    bench.start()
    background = bench.ask(greedy(1, "joel: tell me a long story")._replace(priority=Priority.BACKGROUND))
    while background.generated < 3:
        bench.engine.step()
    read_before, written = bench.engine.counters.prompt_rows, background.generated
    live = bench.ask(greedy(2, "joel: quick")._replace(sampling=Sampling(temperature=0.0, max_tokens=5)))
    while not [event for event in bench.events(live) if isinstance(event, Generation)]:
        bench.engine.step()
        assert background.generated == written, "it did not give way"
    ((end,),) = [[event for event in bench.events(live) if isinstance(event, Generation)]]
    assert bench.engine.counters.prompt_rows - read_before == end.prompt_tokens_read
    bench.engine.step()
    assert background.generated == written + 1, "it had to be read again"
