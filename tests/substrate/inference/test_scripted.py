"""The scripted engine keeps the manners of a lane."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from substrate.inference import (
    Delta,
    GenerateRequest,
    Generation,
    InferenceError,
    LateBlockError,
    ModelLoadError,
    Prompt,
    Role,
    ScriptedAdapter,
    ScriptedSettings,
    ScriptedSettingsError,
    Turn,
)

WAIT_S = 10.0


def request(
    number: int = 0,
    *,
    persona: str = "paige",
    conversation: str = "paige/general",
    history: tuple[Turn, ...] = (),
    message: str = "joel: hello",
    late: Callable[[], str] = lambda: "",
    grammar: str | None = None,
) -> GenerateRequest:
    return GenerateRequest(
        request_id=f"r{number}",
        persona_id=persona,
        conversation=conversation,
        prompt=Prompt(identity="You are Paige.", history=history, message=message, late=late),
        grammar=grammar,
    )


class CalledLate:
    """A late block that says on the loop when the engine has asked for it. Make it on the loop."""

    def __init__(self) -> None:
        self.called = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self) -> str:
        self._loop.call_soon_threadsafe(self.called.set)
        return ""


async def finish(adapter: ScriptedAdapter, asked: GenerateRequest) -> tuple[list[str], Generation]:
    deltas: list[str] = []
    async for event in adapter.generate(asked):
        if isinstance(event, Delta):
            deltas.append(event.text)
        else:
            return deltas, event
    raise AssertionError("the stream ended without a Generation")


@pytest.fixture
def start() -> Iterator[Callable[..., ScriptedAdapter]]:
    started: list[ScriptedAdapter] = []

    def begin(settings: ScriptedSettings | None = None, **options: object) -> ScriptedAdapter:
        adapter = ScriptedAdapter(settings, **options)  # type: ignore[arg-type]  # forwarded as given
        adapter.warmup()
        started.append(adapter)
        return adapter

    yield begin
    for adapter in started:
        adapter.close()


def test_deltas_join_to_the_reply_that_ends_the_stream(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(text="grüße an alle", deltas=4, delay_ms=4))
    deltas, generation = asyncio.run(finish(adapter, request()))
    assert len(deltas) == 4
    assert "".join(deltas) == generation.text == "grüße an alle"
    assert generation.started_ns < generation.first_token_ns < generation.finished_ns


def test_the_late_block_is_asked_for_after_the_prefill_and_before_the_first_token(
    start: Callable[..., ScriptedAdapter],
) -> None:
    asked_on: list[str] = []

    def late() -> str:
        asked_on.append(threading.current_thread().name)
        return "Memories: none"

    adapter = start(ScriptedSettings(text="{late}!", prefill_ms=2))
    _, generation = asyncio.run(finish(adapter, request(late=late)))
    assert asked_on == ["scripted-lane"]
    assert generation.text == "Memories: none!"
    assert generation.first_token_ns - generation.started_ns >= 2_000_000
    assert adapter.counters.late_calls == 1


def test_many_requests_at_once_each_get_their_own_reply(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(text="{persona}", prefill_ms=1, delay_ms=1))

    async def all_at_once() -> list[str]:
        asked = [request(n, persona=f"p{n}", conversation=f"p{n}/general") for n in range(50)]
        done = await asyncio.gather(*(finish(adapter, one) for one in asked))
        return [generation.text for _, generation in done]

    assert asyncio.run(all_at_once()) == [f"p{n}" for n in range(50)]
    assert adapter.counters.finished == 50


def test_a_failing_request_harms_no_other(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(fail_every=2, fail_persona="zoe"))

    async def some() -> list[object]:
        asked = [request(1), request(2), request(3, persona="zoe"), request(4), request(5)]
        return [await asyncio.gather(finish(adapter, one), return_exceptions=True) for one in asked]

    outcomes = [one[0] for one in asyncio.run(some())]  # type: ignore[index]  # each is a list of one
    assert [isinstance(one, InferenceError) for one in outcomes] == [False, True, True, True, False]
    assert adapter.counters.failed == 3


def test_a_late_block_that_raises_fails_its_own_request_only(start: Callable[..., ScriptedAdapter]) -> None:
    def broken() -> str:
        raise ValueError("no buffer")

    adapter = start()

    async def both() -> None:
        with pytest.raises(LateBlockError, match="no buffer"):
            await finish(adapter, request(1, late=broken))
        await finish(adapter, request(2))

    asyncio.run(both())


def test_closing_the_stream_cancels_the_request(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(text="abcdefgh", deltas=8, delay_ms=80_000))

    async def leave() -> None:
        late = CalledLate()

        async def read() -> None:
            async for _ in adapter.generate(request(late=late)):
                pass

        task = asyncio.create_task(read())
        await late.called.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(leave(), WAIT_S))
    assert adapter.counters.cancelled == 1
    assert adapter.counters.finished == 0


def test_under_a_grammar_the_decision_contract_is_answered(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(text='say "hi"'))
    _, generation = asyncio.run(finish(adapter, request(grammar="root ::= object")))
    assert json.loads(generation.text) == {"will_respond": True, "response": 'say "hi"'}
    silent = start(ScriptedSettings(decision='{"will_respond": false, "response": ""}'))
    _, generation = asyncio.run(finish(silent, request(grammar="root ::= object")))
    assert json.loads(generation.text)["will_respond"] is False


def test_a_conversation_reads_only_what_is_new(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(text="Hello Joel."))
    _, first = asyncio.run(finish(adapter, request(message="joel: hello")))
    history = (Turn(Role.USER, "joel: hello"), Turn(Role.ASSISTANT, "Hello Joel."))
    _, second = asyncio.run(
        finish(adapter, request(history=history, message="joel: again", late=lambda: "x" * 8))
    )
    assert first.prompt_tokens_reused == 0
    assert second.prompt_tokens_reused == sum(
        adapter.count_tokens(text) for text in ("You are Paige.", "joel: hello", "Hello Joel.")
    )
    assert second.prompt_tokens_read == adapter.count_tokens("joel: again") + 2


def test_a_function_of_the_request_can_answer(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(reply=lambda asked, late: f"{asked.prompt.message}|{late}")
    _, generation = asyncio.run(finish(adapter, request(message="joel: why", late=lambda: "because")))
    assert generation.text == "joel: why|because"


def test_a_closed_engine_ends_open_requests_with_an_error() -> None:
    adapter = ScriptedAdapter(ScriptedSettings(delay_ms=60_000))
    adapter.warmup()

    async def close_meanwhile() -> None:
        late = CalledLate()
        task = asyncio.create_task(finish(adapter, request(late=late)))
        await late.called.wait()
        adapter.close()
        with pytest.raises(InferenceError, match="closed"):
            await task

    asyncio.run(asyncio.wait_for(close_meanwhile(), WAIT_S))
    adapter.close()


def test_settings_are_read_from_a_command_line_word() -> None:
    settings = ScriptedSettings.parse("scripted:prefill_ms=10,delay_ms=2.5,fail_every=3,text=Well, hello=hi")
    assert settings == ScriptedSettings(prefill_ms=10, delay_ms=2.5, fail_every=3, text="Well, hello=hi")
    assert ScriptedSettings.parse("scripted") == ScriptedSettings()


@pytest.mark.parametrize(
    ("word", "named"),
    [("scripted:dely_ms=3", "dely_ms"), ("scripted:delay_ms=soon", "soon"), ("scripted:x", "x")],
)
def test_a_wrong_setting_is_named(word: str, named: str) -> None:
    with pytest.raises(ScriptedSettingsError, match=named):
        ScriptedSettings.parse(word)


def test_a_load_failure_can_be_scripted() -> None:
    with pytest.raises(ModelLoadError, match="no such model"):
        ScriptedAdapter(ScriptedSettings(fail_load="no such model")).warmup()


def test_importing_the_contract_does_not_load_llama_cpp() -> None:
    program = "import sys, substrate.inference; sys.exit('llama_cpp' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_what_was_read_ahead_or_forgotten_shows_in_the_reuse(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start()

    async def turns() -> list[int]:
        adapter.prefill_ahead("paige", "paige/general", request().prompt)
        _, ahead = await finish(adapter, request())
        await adapter.forget("paige")
        _, after = await finish(adapter, request())
        return [ahead.prompt_tokens_reused, after.prompt_tokens_reused]

    ahead, after = asyncio.run(turns())
    assert ahead == adapter.count_tokens("You are Paige.") + adapter.count_tokens("joel: hello")
    assert after == 0


def test_what_may_stay_is_kept_when_a_turn_is_taken_back(start: Callable[..., ScriptedAdapter]) -> None:
    adapter = start(ScriptedSettings(text="Hello Joel."))

    async def turns() -> int:
        await finish(adapter, request())
        await adapter.forget("paige", "paige/general", request(message="").prompt)
        _, again = await finish(adapter, request())
        return again.prompt_tokens_reused

    assert asyncio.run(asyncio.wait_for(turns(), WAIT_S)) == adapter.count_tokens("You are Paige.")


def test_a_history_text_that_cannot_be_had_fails_neither_its_reply_nor_the_next(
    start: Callable[..., ScriptedAdapter],
) -> None:
    adapter = start(ScriptedSettings(text="Hello Joel."))

    def broken(written: str) -> str:
        raise ValueError(written)

    async def turns() -> list[str]:
        asked = (request()._replace(history_text=broken), request())
        return [(await finish(adapter, one))[1].text for one in asked]

    assert asyncio.run(asyncio.wait_for(turns(), WAIT_S)) == ["Hello Joel."] * 2


def test_forgetting_ends_also_when_the_engine_does_not_run() -> None:
    adapter = ScriptedAdapter()

    async def before_and_after() -> None:
        await adapter.forget("paige")
        adapter.warmup()
        adapter.close()
        await adapter.forget("paige")

    asyncio.run(asyncio.wait_for(before_and_after(), WAIT_S))
