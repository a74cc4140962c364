"""The lane generates what llama.cpp would, for many at once, and reads nothing twice."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.random_model import TINY, write_random_model
from substrate.inference import (
    Delta,
    FinishReason,
    Forgets,
    GenerateRequest,
    Generation,
    InferenceError,
    LateBlockError,
    ModelLoadError,
    Priority,
    PromptTooLong,
    ReadsAhead,
    Role,
    Sampling,
    SamplingError,
    ScriptedAdapter,
    Turn,
)
from substrate.inference.engine import Engine
from substrate.inference.jobs import Jobs
from substrate.inference.sequences import SequencePool

from .conftest import GREEDY, WAIT_S, Hold, ReferenceEngine, begin, finish, held, make_request, run, start

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]


def test_greedy_output_is_that_of_llama_cpp(start_lane: StartLane, reference: ReferenceEngine) -> None:
    lane = start_lane()
    certain = 0
    for number in range(12):
        asked = make_request(number, conversation=f"c{number}", message=f"joel: question number {number}?")
        (generation,) = run(lane, asked)
        certain += reference.check(asked, generation)
    assert certain > 12 * GREEDY.max_tokens / 2, "too many near ties to prove anything"


def test_together_each_gets_what_it_would_get_alone(
    start_lane: StartLane, reference: ReferenceEngine
) -> None:
    lane = start_lane()
    asked = [
        make_request(
            n, conversation=f"c{n}", message=f"p{n}: " + "tell me more, " * n, late=partial(str, f" note {n}")
        )
        for n in range(12)
    ]
    for one, generation in zip(asked, run(lane, *asked), strict=True):
        reference.check(one, generation)


def test_a_prompt_that_others_begin_with_is_read_once(start_lane: StartLane) -> None:
    lane = start_lane()
    asked = [make_request(n, conversation=f"c{n}", message=f"joel: {n}") for n in range(8)]
    generations = run(lane, *asked)
    reused = sorted(one.prompt_tokens_reused for one in generations)
    assert reused[0] == 0
    assert all(shared > 80 for shared in reused[1:])
    assert sum(one.prompt_tokens_read for one in generations) < 80 + 9 * 40


def test_the_next_turn_reads_only_what_is_new(start_lane: StartLane, reference: ReferenceEngine) -> None:
    lane = start_lane()

    async def converse() -> list[tuple[int, int]]:
        figures = []
        history: tuple[Turn, ...] = ()
        for number in range(6):
            message = "joel: the same question again"
            late = f"\n\nMemories:\n- something about {number}"
            asked = make_request(number, history=history, message=message, late=partial(str, late))
            generation = await finish(lane, asked)
            reference.check(asked, generation)
            await lane.idle()
            history += (Turn(Role.USER, message), Turn(Role.ASSISTANT, generation.text))
            figures.append((generation.prompt_tokens_reused, generation.prompt_tokens_read))
        return figures

    figures = asyncio.run(asyncio.wait_for(converse(), WAIT_S))
    reused, read = zip(*figures, strict=True)
    assert len(set(read[1:])) == 1, "the tokens read grow with the history"
    assert list(reused) == sorted(reused)
    assert reused[-1] > 4 * reused[1] / 2


def test_the_late_block_is_asked_for_once_everything_before_it_is_read(start_lane: StartLane) -> None:
    lane = start_lane(batch_rows=32)
    asked_on: list[str] = []
    rows_before: list[int] = []

    def late() -> str:
        asked_on.append(threading.current_thread().name)
        rows_before.append(lane.counters.prompt_rows)
        return "\n\nMemories:\n- the lamp is broken"

    (generation,) = run(lane, make_request(late=late))
    assert asked_on == ["lane"]
    opening = lane.count_tokens("\n\nMemories:\n- the lamp is broken")
    assert rows_before[0] == pytest.approx(generation.prompt_tokens_read - opening, abs=16)


def test_a_long_prompt_does_not_stop_those_who_are_decoding(start_lane: StartLane) -> None:
    lane = start_lane(batch_rows=32)
    order: list[str] = []
    is_writing = asyncio.Event()

    async def follow(name: str, asked: GenerateRequest) -> None:
        async for event in lane.generate(asked):
            if isinstance(event, Delta):
                order.append(name)
                is_writing.set()

    async def both() -> None:
        sampling = Sampling(temperature=0.8, seed=3, max_tokens=400)
        writing = asyncio.create_task(follow("writer", make_request(1, conversation="a", sampling=sampling)))
        await is_writing.wait()
        long = make_request(
            2, conversation="b", identity="b " * 500, sampling=replace(sampling, max_tokens=1)
        )
        await follow("reader", long)
        await writing

    asyncio.run(asyncio.wait_for(both(), WAIT_S))
    assert order.index("reader") > 10, "the writer stood still while the other prompt was read"


def test_closing_a_stream_frees_what_it_held(start_lane: StartLane, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = start_lane()
    hold = Hold(monkeypatch, "paige/general", generated=20)

    async def leave() -> None:
        stream = lane.generate(make_request())
        async for _ in stream:
            break
        await stream.aclose()
        hold.let_go()
        await finish(lane, make_request(2, conversation="other"))
        assert lane.counters.cancelled == 1

    asyncio.run(asyncio.wait_for(leave(), WAIT_S))


def test_live_turns_go_before_background_work(
    start_lane: StartLane, reference: ReferenceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    hold = Hold(monkeypatch, "a", generated=20)

    async def both() -> None:
        long = make_request(1, conversation="a", priority=Priority.BACKGROUND)
        quick = make_request(2, conversation="b", message="joel: quick, please")
        background = await start(lane, long)
        asked = await begin(finish(lane, quick))
        hold.let_go()
        live = await asked
        assert live.finished_ns < (await background).finished_ns
        reference.check(quick, live)
        reference.check(long, await background)

    asyncio.run(asyncio.wait_for(both(), WAIT_S))


def test_when_cells_run_out_everybody_is_still_answered_as_alone(
    start_lane: StartLane, reference: ReferenceEngine
) -> None:
    lane = start_lane(ctx=512)
    asked = [make_request(n, conversation=f"c{n}", message=f"m{n}: " + "why? " * 40) for n in range(8)]
    for one, generation in zip(asked, run(lane, *asked), strict=True):
        reference.check(one, generation)
    assert lane.counters.preempted > 0


def test_more_conversations_than_sequences_are_all_served(start_lane: StartLane) -> None:
    lane = start_lane(sequences=3)
    generations = run(lane, *(make_request(n, conversation=f"c{n}") for n in range(20)))
    assert len({one.text[:4] for one in generations}) == 1


def test_stop_strings_end_the_reply_and_are_not_shown(start_lane: StartLane) -> None:
    lane = start_lane()
    (whole,) = run(lane, make_request(1))
    stop = whole.text[10:14]
    (cut,) = run(lane, make_request(2, conversation="b", sampling=replace(GREEDY, stop=(stop,))))
    assert cut.finish_reason is FinishReason.STOP
    assert cut.text == whole.text[: whole.text.index(stop)]


def test_the_same_seed_gives_the_same_reply(start_lane: StartLane) -> None:
    lane = start_lane()
    sampling = Sampling(temperature=1.0, seed=7, max_tokens=16)
    first, second = (run(lane, make_request(n, conversation=f"{n}", sampling=sampling))[0] for n in range(2))
    other = run(lane, make_request(3, conversation="3", sampling=replace(sampling, seed=8)))[0]
    assert first.text == second.text != other.text


def test_a_prompt_longer_than_the_context_is_refused_with_both_numbers(start_lane: StartLane) -> None:
    lane = start_lane(ctx=256)
    with pytest.raises(PromptTooLong, match="256"):
        run(lane, make_request(identity="much " * 200))
    with pytest.raises(PromptTooLong, match="256"):
        run(lane, make_request(2, late=lambda: "much " * 200))
    run(lane, make_request(3))


def test_what_is_wrong_with_one_request_harms_no_other(start_lane: StartLane) -> None:
    lane = start_lane()

    def broken() -> str:
        raise ValueError("no buffer")

    async def together() -> list[object]:
        asked = [
            make_request(1, conversation="a"),
            make_request(2, conversation="b", late=broken),
            make_request(3, conversation="c", grammar="root ::= ("),
            make_request(4, conversation="d"),
        ]
        return list(await asyncio.gather(*(finish(lane, one) for one in asked), return_exceptions=True))

    first, late_error, grammar_error, last = asyncio.run(asyncio.wait_for(together(), WAIT_S))
    assert isinstance(late_error, LateBlockError)
    assert isinstance(late_error.__cause__, ValueError)
    assert isinstance(grammar_error, InferenceError)
    assert "grammar" in grammar_error.message
    assert isinstance(first, Generation)
    assert isinstance(last, Generation)
    assert first.text[:4] == last.text[:4]


def test_a_late_block_that_is_no_text_is_an_error_of_its_own(start_lane: StartLane) -> None:
    lane = start_lane()
    no_text: Any = list  # which the type forbids
    with pytest.raises(LateBlockError, match=r"\[\]"):
        run(lane, make_request(late=no_text))
    run(lane, make_request(2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_tokens", 0),
        ("max_tokens", 2.5),
        ("temperature", -0.1),
        ("temperature", math.nan),
        ("temperature", math.inf),
        ("top_k", -1),
        ("top_p", 0.0),
        ("top_p", 1.1),
        ("min_p", math.nan),
        ("repeat_penalty", 0.0),
        ("repeat_penalty", "much"),
    ],
)
def test_a_number_that_no_token_can_be_chosen_by_is_named_with_what_is_allowed(
    start_lane: StartLane, name: str, value: Any
) -> None:
    wrong: dict[str, Any] = {name: value}
    lane = start_lane()
    with pytest.raises(SamplingError, match=name) as error:
        run(lane, make_request(sampling=Sampling(**wrong)))
    assert f"{name} is a " in error.value.hint


def test_a_grammar_holds_for_every_reply_of_a_batch(start_lane: StartLane) -> None:
    lane = start_lane()
    grammar = 'root ::= "yes" | "no, " ("never" | "not today")'
    sampling = Sampling(temperature=1.0, seed=5, max_tokens=40)
    asked = [make_request(n, conversation=f"{n}", sampling=sampling, grammar=grammar) for n in range(6)]
    for generation in run(lane, *asked):
        assert generation.text in {"yes", "no, never", "no, not today"}
        assert generation.finish_reason is FinishReason.STOP


def test_busy_is_said_when_computing_begins_and_when_it_ends(start_lane: StartLane) -> None:
    said: list[bool] = []
    lane = start_lane(on_busy=said.append)
    run(lane, make_request())
    lane.close()
    assert said[:1] == [True]
    assert said[1:] in ([], [False])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no model file"),
        (b"", "is empty"),
        (b"<!DOCTYPE html>", "not a GGUF"),
        (b"GGUF\x03\x00\x00\x00", "cannot load"),
    ],
)
def test_a_file_that_is_no_model_is_named_with_the_reason(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    from substrate.inference import LlamaLane

    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelLoadError, match=says) as error:
        LlamaLane(path).warmup()
    assert "model.gguf" in error.value.message
    assert error.value.hint


def test_a_truncated_model_fails_with_the_reason_of_llama_cpp(tmp_path: Path, tiny_model: Path) -> None:
    from substrate.inference import LlamaLane

    path = tmp_path / "half.gguf"
    path.write_bytes(tiny_model.read_bytes()[: tiny_model.stat().st_size // 2])
    with pytest.raises(ModelLoadError, match=r"half.gguf: .*(bounds|corrupt)"):
        LlamaLane(path).warmup()


def test_an_unsupported_architecture_is_named_in_the_words_of_llama_cpp(tmp_path: Path) -> None:
    from substrate.inference import LlamaLane

    shape = replace(TINY, architecture="perceptron")
    path = write_random_model(tmp_path / "odd.gguf", shape)
    with pytest.raises(ModelLoadError, match="unknown model architecture: 'perceptron'"):
        LlamaLane(path).warmup()


@pytest.mark.parametrize("ctx", [2_000_000_000, 1, -5])
def test_a_context_that_cannot_be_is_refused_before_memory_is_asked_for(tiny_model: Path, ctx: int) -> None:
    from substrate.inference import LaneSettings, LlamaLane

    with pytest.raises(ModelLoadError, match=f"a context of {ctx} tokens") as error:
        LlamaLane(tiny_model, LaneSettings(ctx=ctx)).warmup()
    assert "--ctx" in error.value.hint


def test_a_model_without_a_usable_template_is_refused(tmp_path: Path) -> None:
    from substrate.inference import LlamaLane

    path = write_random_model(tmp_path / "odd.gguf", TINY, template="{{ messages[0]['content'] }}")
    with pytest.raises(InferenceError, match="template"):
        LlamaLane(path).warmup()


def told_to_close(lane: LlamaLane, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the order to close has been put into the lane's inbox."""
    thread, is_told = lane._thread, threading.Event()
    assert thread is not None
    join = thread.join

    def tell_and_join(timeout: float | None = None) -> None:
        is_told.set()
        join(timeout)

    monkeypatch.setattr(thread, "join", tell_and_join)
    return is_told


async def close_while_it_writes(lane: LlamaLane, hold: Hold, is_told: threading.Event) -> None:
    """Close a lane in the midst of a reply, which ends with that."""
    task = await start(lane, make_request())
    closing = threading.Thread(target=lane.close)
    closing.start()
    assert await asyncio.to_thread(is_told.wait, WAIT_S)
    hold.let_go()
    await asyncio.to_thread(closing.join)
    with pytest.raises(InferenceError, match="closed"):
        await task


def test_a_closed_lane_ends_open_streams_and_takes_no_more(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    hold = Hold(monkeypatch, "paige/general", generated=20)
    is_told = told_to_close(lane, monkeypatch)

    async def close_meanwhile() -> None:
        await close_while_it_writes(lane, hold, is_told)
        with pytest.raises(InferenceError, match="not running"):
            await finish(lane, make_request())

    asyncio.run(asyncio.wait_for(close_meanwhile(), WAIT_S))


def test_a_request_that_comes_while_the_lane_closes_is_refused_or_answered(
    monkeypatch: pytest.MonkeyPatch, start_lane: StartLane
) -> None:
    lane = start_lane()
    closing = threading.Thread(target=lane.close)
    inbox = lane._inbox

    class SlowInbox:
        """Lets the lane close, if nothing keeps it from that, before the request is put in."""

        def put(self, command: Callable[..., None] | None) -> None:
            if command is not None:
                closing.start()
                closing.join(0.3)
            inbox.put(command)

        def __getattr__(self, name: str) -> object:
            return getattr(inbox, name)

    monkeypatch.setattr(lane, "_inbox", SlowInbox())

    async def ask() -> None:
        with pytest.raises(InferenceError, match=r"closed|not running"):
            await asyncio.wait_for(finish(lane, make_request()), WAIT_S)

    asyncio.run(ask())
    closing.join(WAIT_S)


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("nobody knows why")


class Broken:
    """A lane whose steps fail, and that cannot end the work under way at the first try."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_failing = threading.Event()
        self._let_go = threading.Event()
        fail_all = Jobs.fail_all

        def fail_once(jobs: Jobs, error: InferenceError) -> None:
            if not self.is_failing.is_set():
                self.is_failing.set()
                assert self._let_go.wait(WAIT_S)
                broken()
            fail_all(jobs, error)

        monkeypatch.setattr(Engine, "step", broken)
        monkeypatch.setattr(Jobs, "fail_all", fail_once)

    def let_go(self) -> None:
        self._let_go.set()


def test_a_lane_whose_thread_fails_ends_all_that_waits_and_refuses_what_comes(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[bool] = []
    lane = start_lane(parking_folder=tmp_path, on_busy=said.append)
    thread = lane._thread
    assert thread is not None
    failing = Broken(monkeypatch)

    async def ask() -> None:
        under_way = await begin(finish(lane, make_request(1, conversation="a")))
        assert await asyncio.to_thread(failing.is_failing.wait, WAIT_S)
        behind = await begin(finish(lane, make_request(2, conversation="b")))
        idle = await begin(lane.idle())
        failing.let_go()
        for waiting in (under_way, behind, idle):
            with pytest.raises(InferenceError, match=r"thread failed.*nobody knows why"):
                await waiting
        for later in (finish(lane, make_request(3)), lane.idle(), lane.forget("paige")):
            with pytest.raises(InferenceError, match=r"not running.*nobody knows why"):
                await later
        lane.prefill_ahead("paige", "a", make_request(4).prompt)

    asyncio.run(asyncio.wait_for(ask(), WAIT_S))
    thread.join(WAIT_S)
    assert not thread.is_alive()
    assert said[-1] is False
    assert lane.count_tokens("what do you see?") > 0
    lane.close()


def test_what_cannot_be_given_back_when_the_thread_fails_leaves_nobody_waiting(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    asked = [make_request(number, conversation=f"c{number}") for number in range(3)]
    step, steps = Engine.step, iter(range(4))

    def step_or_break(engine: Engine) -> bool:
        if next(steps, None) is None:
            monkeypatch.setattr(SequencePool, "rewind", broken)
            broken()
        return step(engine)

    monkeypatch.setattr(Engine, "step", step_or_break)

    async def all_three() -> list[object]:
        with held(lane):
            tasks = [await begin(finish(lane, one)) for one in asked]
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    for ended in asyncio.run(asyncio.wait_for(all_three(), WAIT_S)):
        assert isinstance(ended, InferenceError)
        assert "nobody knows why" in ended.message


def test_a_request_that_cannot_be_taken_up_ends_with_the_reason(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "submit", broken)
        with pytest.raises(InferenceError, match="nobody knows why"):
            run(lane, make_request())
    assert run(lane, make_request(2))


def test_parking_that_fails_in_an_idle_moment_costs_no_request(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.01)
    has_failed = threading.Event()

    def fail(jobs: Jobs) -> bool:
        has_failed.set()
        raise RuntimeError("nobody knows why")

    monkeypatch.setattr(Jobs, "park_one", fail)
    run(lane, make_request())
    assert has_failed.wait(WAIT_S)
    (again,) = run(lane, make_request(2, message="joel: and now?"))
    assert again.prompt_tokens_reused > 0
    assert "what is held was not parked" in caplog.text


def test_closing_that_fails_ends_open_streams_all_the_same(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    monkeypatch.setattr(Jobs, "close", broken)
    hold = Hold(monkeypatch, "paige/general", generated=20)
    is_told = told_to_close(lane, monkeypatch)

    asyncio.run(asyncio.wait_for(close_while_it_writes(lane, hold, is_told), WAIT_S))


def test_another_loop_is_refused_while_the_first_waits_for_its_reply_and_served_afterwards(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = start_lane()
    hold = Hold(monkeypatch, "paige/general", generated=20)

    async def from_another_loop() -> None:
        await finish(lane, make_request(2, conversation="b"))

    async def first() -> None:
        reply = await start(lane, make_request())
        with pytest.raises(InferenceError, match="another asyncio loop"):
            await asyncio.to_thread(asyncio.run, from_another_loop())
        hold.let_go()
        assert (await reply).completion_tokens > 0
        (second,) = await asyncio.to_thread(run, lane, make_request(3, conversation="b"))
        assert second.completion_tokens > 0

    asyncio.run(asyncio.wait_for(first(), WAIT_S))


def test_no_thread_outlives_a_lane(start_lane: StartLane) -> None:
    before = threading.active_count()
    lane = start_lane()
    run(lane, make_request())
    lane.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("refused", ["lane", "lane-waker"])
def test_a_system_that_gives_no_thread_is_an_error_of_the_start(
    start_lane: StartLane, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    before = threading.active_count()
    begin = threading.Thread.start

    def limited(thread: threading.Thread) -> None:
        if thread.name == refused:
            raise RuntimeError("can't start new thread")
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    with pytest.raises(ModelLoadError, match="can't start new thread"):
        start_lane()
    assert threading.active_count() == before


def test_both_engines_offer_what_the_protocol_names(start_lane: StartLane) -> None:
    for adapter in (start_lane(), ScriptedAdapter()):
        assert isinstance(adapter, ReadsAhead)
        assert isinstance(adapter, Forgets)


def test_a_core_is_left_while_others_work_and_taken_back_when_they_rest(
    monkeypatch: pytest.MonkeyPatch, start_lane: StartLane
) -> None:
    from substrate.inference import loading
    from substrate.inference.native import NativeContext

    monkeypatch.setattr(loading, "thread_counts", lambda chosen: loading.ThreadCounts(2, 1))
    used: list[int] = []
    use_threads = NativeContext.use_threads

    def note(context: NativeContext, count: int) -> None:
        used.append(count)
        use_threads(context, count)

    monkeypatch.setattr(NativeContext, "use_threads", note)
    answers = iter([False, True, True])
    lane = start_lane(others_work=lambda: next(answers, False))
    run(lane, make_request())
    assert used[:4] == [2, 1, 1, 2]
    assert set(used[4:]) == {2}


def test_a_neighbour_that_cannot_say_whether_it_works_harms_no_reply(
    monkeypatch: pytest.MonkeyPatch, start_lane: StartLane
) -> None:
    from substrate.inference import loading

    def broken() -> bool:
        raise OSError("the segment is gone")

    monkeypatch.setattr(loading, "thread_counts", lambda chosen: loading.ThreadCounts(2, 1))
    lane = start_lane(others_work=broken)
    (generation,) = run(lane, make_request())
    assert generation.completion_tokens > 0


def test_rates_are_measured_before_the_first_prompt(start_lane: StartLane) -> None:
    rates = start_lane().rates()
    assert rates.prefill_tokens_per_s > 0.0
    assert rates.decode_tokens_per_s > 0.0
