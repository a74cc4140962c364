"""Whatever comes in whatever order, the ledger equals the cells and everybody gets an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from substrate.inference import Delta, Generation, Priority, Prompt, Sampling
from substrate.inference import engine as engine_module
from substrate.inference import jobs as jobs_module
from substrate.inference.adapters import Adapters
from substrate.inference.chat_template import CHATML, ChatTemplate
from substrate.inference.engine import Engine
from substrate.inference.handover import EventStream, Handover, StreamEvent
from substrate.inference.job import Reply
from substrate.inference.jobs import Jobs
from substrate.inference.native import Batch, ContextShape, DecodeResult, NativeContext, NativeModel
from substrate.inference.prompt_reader import PromptReader
from substrate.inference.protocol import GenerateRequest, Sink
from substrate.inference.sampling import TokenSampler
from substrate.inference.scheduler import Scheduler
from substrate.inference.sequences import SequencePool

CELLS, SEQUENCES, ROWS = 512, 4, 64
BROKEN_OFF = -2


class CollectingHandover(Handover):
    """Keeps the events of each stream instead of waking a loop."""

    __slots__ = ("collected",)

    def __init__(self) -> None:
        self.collected: dict[int, list[StreamEvent]] = {}

    def post(self, sink: Sink, event: StreamEvent) -> None:
        self.collected.setdefault(id(sink), []).append(event)

    def end(self, request: object) -> None:
        assert request is not None


class RefusingContext(NativeContext):
    """Answers the next decodes with what the test says, without running them: as llama.cpp does when it
    refuses. A decode that broke off was run, and left its cells behind."""

    answers: ClassVar[list[int]] = []

    def decode(self, batch: Batch) -> int:
        answer = self.answers.pop(0) if self.answers else None
        if answer in (None, BROKEN_OFF):
            result = super().decode(batch)
            return result if answer is None else BROKEN_OFF
        return answer


class CountedSampler(TokenSampler):
    """Knows how many samplers were made and not freed."""

    alive: ClassVar[set[int]] = set()

    def __init__(self, model: NativeModel, sampling: Sampling, grammar: str | None) -> None:
        super().__init__(model, sampling, grammar)
        self.alive.add(id(self))

    def free(self) -> None:
        super().free()
        self.alive.remove(id(self))


class Bench:
    """An engine without a thread, its context, and what it was given."""

    def __init__(self, path: Path) -> None:
        self.model = NativeModel.load(path, gpu_layers=0)
        shape = ContextShape(
            CELLS, SEQUENCES, batch_rows=ROWS, outputs=SEQUENCES + 32, threads=1, flash_attention=True
        )
        self.context = RefusingContext(self.model, shape)
        self.loop = asyncio.new_event_loop()
        self.start()

    def start(self) -> None:
        self.context.clear_all()
        self.context.answers.clear()
        CountedSampler.alive.clear()
        self.handover = CollectingHandover()
        self.pool = SequencePool(self.context, can_rewind=True)
        reader = PromptReader(self.model, ChatTemplate.parse(CHATML))
        adapters = Adapters(self.model, self.context, {})
        scheduler = Scheduler(self.pool, batch_rows=ROWS)
        jobs = Jobs(self.model, reader, self.pool, adapters, scheduler, context_tokens=CELLS)
        self.engine = Engine(self.context, self.pool, adapters, scheduler, jobs)
        self.replies: list[Reply] = []

    def ask(self, request: GenerateRequest) -> Reply:
        reply = Reply(request, self.handover, EventStream(self.loop), 0)
        self.replies.append(reply)
        self.engine.jobs.submit(reply)
        return reply

    def events(self, reply: Reply) -> list[StreamEvent]:
        return self.handover.collected.get(id(reply.stream), [])

    def check_ledger(self) -> None:
        """What the ledger says of each sequence is what llama.cpp holds."""
        for sequence in self.pool:
            assert self.context.last_position(sequence.id) == len(sequence.tokens) - 1

    def check_all_cells_are_free(self) -> None:
        """As many tokens as there are cells can be read into one sequence."""
        self.context.answers.clear()
        batch = Batch(ROWS)
        for position in range(0, CELLS, ROWS):
            batch.clear()
            batch.add_tokens([0] * ROWS, position, 0, 0)
            assert self.context.decode(batch) == DecodeResult.DONE
        self.context.clear(0)

    def close(self) -> None:
        self.context.free()
        self.model.free()
        self.loop.close()


@pytest.fixture(scope="module")
def bench(tiny_model: Path) -> Iterator[Bench]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_module, "TokenSampler", CountedSampler)
        made = Bench(tiny_model)
        yield made
        made.close()


def broken_late_block() -> str:
    raise ValueError("no buffer")


requests = st.builds(
    GenerateRequest,
    request_id=st.just("r"),
    persona_id=st.sampled_from(["paige", "quinn"]),
    conversation=st.sampled_from(["a", "b", "c", "d", "e", "f"]),
    prompt=st.builds(
        Prompt,
        identity=st.sampled_from(["You are Paige. " * 6, "You are Quinn. " * 6, "x " * 400]),
        history=st.just(()),
        message=st.text("ab ", min_size=1, max_size=60),
        late=st.sampled_from([lambda: "", lambda: "\n\nMemories: none", broken_late_block]),
    ),
    sampling=st.builds(
        Sampling, temperature=st.sampled_from([0.0, 1.0]), seed=st.just(1), max_tokens=st.integers(1, 30)
    ),
    priority=st.sampled_from(Priority),
    grammar=st.sampled_from([None, None, None, 'root ::= "yes" | "no"', "root ::= ("]),
    drafts=st.sampled_from([(), ("w1 w2 w3",)]),
)
actions = st.one_of(
    requests,
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("step"), st.integers(1, 6)),
    st.tuples(st.just("forget"), st.sampled_from(["paige", "quinn"])),
    st.tuples(st.just("take back"), st.sampled_from(["a", "b", "c"])),
    st.tuples(st.just("ahead"), st.sampled_from(["a", "b", "z"])),
    st.tuples(
        st.just("refuse"),
        st.lists(
            st.sampled_from([DecodeResult.NO_CELLS, DecodeResult.ABORTED, -1, -3, BROKEN_OFF]), max_size=3
        ),
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(actions, max_size=25))
def test_cells_sequences_and_samplers_all_come_back(bench: Bench, script: list[object]) -> None:
    bench.start()
    engine = bench.engine
    cancelled: set[int] = set()
    for action in script:
        match action:
            case GenerateRequest():
                bench.ask(action)
            case ("cancel", int(number)):
                if bench.replies:
                    reply = bench.replies[number % len(bench.replies)]
                    cancelled.add(id(reply))
                    engine.jobs.cancel(reply)
            case ("step", int(count)):
                for _ in range(count):
                    engine.step()
            case ("forget", str(persona)):
                engine.jobs.forget(persona, None)
            case ("take back", str(conversation)):
                engine.jobs.forget("paige", conversation, Prompt("You are Paige. " * 6, (), "", str))
            case ("ahead", str(conversation)):
                typed = Prompt("You are Paige. " * 6, (), "typing", str)
                engine.jobs.read_ahead("paige", conversation, typed, ())
            case ("refuse", list(answers)):
                bench.context.answers.extend(answers)
        bench.check_ledger()
    for _ in range(3000):
        if not engine.has_work:
            break
        engine.step()
    bench.check_ledger()
    assert not engine.has_work
    assert all(sequence.job is None for sequence in bench.pool)
    assert not CountedSampler.alive
    for reply in bench.replies:
        ends = [event for event in bench.events(reply) if not isinstance(event, Delta)]
        assert len(ends) == 1 or (not ends and id(reply) in cancelled)
    for persona in ("paige", "quinn"):
        engine.jobs.forget(persona, None)
    assert bench.pool.tokens_held == 0
    bench.check_ledger()
    bench.check_all_cells_are_free()


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
