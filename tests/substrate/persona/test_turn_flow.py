"""The order of a round: the engine begins at once, everybody else hears of what is committed only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from substrate.inference import (
    Blend,
    Delta,
    FinishReason,
    GenerateRequest,
    Generation,
    ModelFacts,
    Prompt,
    Rates,
    Sampling,
    Sink,
)
from substrate.inference.parked_files import ParkedFiles
from substrate.memory import StoreUnwritable
from substrate.persona.client_connection import ClientConnection
from substrate.persona.commands import Commands
from substrate.persona.front_desk import FrontDesk
from substrate.persona.outcome import STOPPED, OutcomeKind
from substrate.persona.parked_conversations import ParkedConversations, conversation_key
from substrate.persona.recovery import recover
from substrate.persona.region_port import Happening, RegionPort
from substrate.persona.requests import MessageRequest
from substrate.persona.roster import Roster
from substrate.persona.service_parts import ServiceParts
from substrate.persona.transcript_flush import TranscriptFlush
from substrate.persona.transcript_schema import TranscriptError
from substrate.persona.transcript_writer import Batch, TranscriptWriter
from substrate.persona.turn_flow import TurnFlow
from substrate.persona.withdrawal import Withdrawals
from tests.substrate.persona.service_process import WAIT_S, settings


class Engine:
    """Takes requests, and says what the test lets it say. Ends are brought on the loop."""

    def __init__(self, heard: list[str]) -> None:
        self._heard = heard
        self.chars_per_token = 4
        self.sinks: list[Sink] = []
        self.requests: list[GenerateRequest] = []
        self.blends: list[tuple[str, Blend]] = []
        self.read_ahead: list[Prompt] = []
        self.cancelled = 0

    def submit(self, request: GenerateRequest, sink: Sink) -> Callable[[], None]:
        self._heard.append("engine")
        self.sinks.append(sink)
        self.requests.append(request)
        self.blends.append(("generate", request.blend))
        return self._cancel

    def prefill_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend = ()) -> None:
        self.blends.append(("prefill_ahead", blend))
        self.read_ahead.append(prompt)

    def say(self, sink: Sink, text: str, finish: FinishReason = FinishReason.STOP) -> None:
        now_ns = time.monotonic_ns()
        sink.arrive(Generation(text, finish, 0, 1, 7, now_ns, now_ns, now_ns))

    def warmup(self) -> ModelFacts:
        return ModelFacts("a model", 4096, 0, 0)

    def generate(self, request: GenerateRequest) -> AsyncIterator[Delta | Generation]:
        raise NotImplementedError

    def count_tokens(self, text: str) -> int:
        return len(text) // self.chars_per_token + 1

    def rates(self) -> Rates:
        return Rates(0.0, 0.0)

    def close(self) -> None:
        pass

    def _cancel(self) -> None:
        self.cancelled += 1


class Regions:
    def __init__(self, heard: list[str]) -> None:
        self._heard = heard

    def tell(self, happenings: Iterable[Happening]) -> None:
        self._heard += [f"regions: {happening.kind.name}" for happening in happenings]

    note = tell

    def forget_events(self) -> None:
        self._heard.append("regions: forget")

    def peek(self, buffer: str, key: tuple[str, ...]) -> Callable[[], None]:
        return lambda: None

    def peek_first(self, buffer: str, *keys: tuple[str, ...]) -> Callable[[], None]:
        return lambda: None


class Client:
    is_open = True

    def __init__(self, heard: list[str]) -> None:
        self._heard = heard
        self.told: list[Mapping[str, Any]] = []
        self._is_done = asyncio.Event()
        self._is_told = asyncio.Event()

    async def is_done(self) -> None:
        """Until all outcomes have been told."""
        await self._is_done.wait()

    async def is_told(self, type_: str) -> None:
        """Until a message of this type has been told."""
        async with asyncio.timeout(WAIT_S):
            while not any(message["type"] == type_ for message in self.told):
                self._is_told.clear()
                await self._is_told.wait()

    def send(self, messages: Iterable[Mapping[str, Any]]) -> None:
        self.told += messages
        self._is_told.set()
        if self.told[-1]["type"] == "outcomes_done":
            self._is_done.set()
        else:
            self._is_done.clear()
        self._heard += [f"client: {message['type']}" for message in messages]


class Disk(TranscriptWriter):
    """A transcript that tells when it is written, and that can be full."""

    is_full = False

    def __init__(self, path: Path, heard: list[str]) -> None:
        super().__init__(path, "s1")
        self._heard = heard

    def store(self, batch: Batch) -> None:
        if self.is_full:
            raise TranscriptError("the disk is full", "free some space")
        super().store(batch)
        self._heard.append("disk")


class Round:
    """A flow with personas, and everything around it within the test's reach."""

    def __init__(self, folder: Path, names: tuple[str, ...], blend: Blend, chars_per_token: int) -> None:
        self.heard: list[str] = []
        self.engine, self.client = Engine(self.heard), Client(self.heard)
        self.engine.chars_per_token = chars_per_token
        self.disk = Disk(folder / "transcript.db", self.heard)
        self.parked_folder = folder / "kv"
        self.parked = ParkedConversations(self.parked_folder, self.disk)
        self._flush = TranscriptFlush(self.disk.path)
        personas = tuple(replace(settings(folder, name), blend=blend) for name in names)
        self.roster = roster = Roster(folder, folder, personas, Sampling())
        regions = cast(RegionPort, Regions(self.heard))
        self.flow = TurnFlow(
            asyncio.get_running_loop(),
            self.disk,
            self._flush,
            roster,
            regions,
            self.engine,
            self.parked,
            lambda channel: self.disk.recent(channel, 10),
            streams=False,
        )
        self.withdrawals = Withdrawals(self.disk, self._flush, self.flow, regions)
        parts = ServiceParts(self.disk, roster, regions, self.flow, self.withdrawals)
        self.desk = FrontDesk(parts, Commands(parts, lambda: None, ()), lambda: None)
        self.flow.handler.model_loaded(self.engine.warmup(), roster.all)
        self.flow.schedule.start_answering()

    def arrive(self, text: str, id_: str, client: Client | None = None) -> None:
        request = MessageRequest(id_, "general", "joel", text)
        self.flow.arrive(request, cast(ClientConnection, client or self.client), time.monotonic_ns())

    def request(self, **request: Any) -> None:
        self.desk.take(cast(ClientConnection, self.client), request, time.monotonic_ns())

    def types_told(self) -> list[str]:
        return [event["type"] for event in self.client.told]

    async def settled(self) -> None:
        async with asyncio.timeout(WAIT_S):
            await self.flow.schedule.finish()
            await self.client.is_done()

    def close(self) -> None:
        self.flow.commit()
        self._flush.close()
        self.disk.close()


Body = Callable[[Round], Coroutine[Any, Any, None]]
Run = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a body with a round of these personas, by default Paige."""

    def run_(test: Body, *names: str, blend: Blend = (), chars_per_token: int = 4) -> None:
        async def body() -> None:
            round_ = Round(tmp_path, names or ("Paige",), blend, chars_per_token)
            try:
                await test(round_)
            finally:
                round_.close()

        asyncio.run(body())

    return run_


def test_the_engine_begins_before_the_commit_and_all_others_hear_of_it_after(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("hello", "m1")
        round_.flow.commit()
        assert round_.heard == ["engine", "disk", "regions: MESSAGE"]
        round_.engine.say(round_.engine.sinks[0], "Hi")
        await round_.settled()
        after = round_.heard[3:]
        assert after[0] == "disk"
        assert {"client: accepted", "client: reply", "regions: REPLY"} <= set(after)

    run(body)


def test_a_persona_reads_ahead_and_answers_with_its_adapters(run: Run) -> None:
    blend = (("pirate", 0.8),)

    async def body(round_: Round) -> None:
        round_.arrive("hello", "m1")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[0], "Hi")
        await round_.settled()
        round_.flow.handler.typed("general", "joel", "and n")
        assert round_.engine.blends == [("generate", blend), ("prefill_ahead", blend)]

    run(body, blend=blend)


def test_what_a_terminal_would_obey_is_neither_announced_nor_stored(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("hello", "m1")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[0], "Hi\x1b[2J\x07 there\r\n")
        await round_.settled()
        assert [event["text"] for event in round_.client.told if event["type"] == "reply"] == ["Hi[2J there"]
        assert round_.disk.recent("general", 1)[0].text == "Hi[2J there"

    run(body)


def test_what_a_terminal_would_obey_is_dropped_from_a_decision_too(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("hello", "m1")
        round_.flow.commit()
        for sink in list(round_.engine.sinks):
            round_.engine.say(sink, '{"will_respond": true, "response": "Hi\\u001b[2J\x9b"}')
        await round_.settled()
        assert {event["text"] for event in round_.client.told if event["type"] == "reply"} == {"Hi[2J"}

    run(body, "Paige", "Max")


def test_a_message_that_the_disk_does_not_take_is_refused_and_its_turn_comes_to_nothing(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.disk.is_full = True
        round_.arrive("lost", "m1")
        round_.flow.commit()
        assert round_.engine.cancelled == 1
        round_.engine.say(round_.engine.sinks[0], "too late")
        round_.disk.is_full = False
        round_.arrive("kept", "m2")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[1], "Hi")
        await round_.settled()
        told = [(event["type"], event.get("id") or event.get("in_reply_to")) for event in round_.client.told]
        assert told == [("error", "m1"), ("accepted", "m2"), ("reply", "m2"), ("outcomes_done", "m2")]
        assert [row.text for row in round_.disk.recent("general", 10)] == ["kept", "Hi"]

    run(body)


def test_the_same_message_twice_in_one_round_is_stored_and_answered_once(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("hello", "m1")
        round_.arrive("hello", "m1")
        round_.flow.commit()
        assert len(round_.engine.sinks) == 1
        round_.engine.say(round_.engine.sinks[0], "Hi")
        await round_.settled()
        assert [event["type"] for event in round_.client.told].count("reply") == 1
        assert [row.text for row in round_.disk.recent("general", 10)] == ["hello", "Hi"]

    run(body)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_burst_longer_than_what_is_kept_of_it_is_acknowledged_or_refused_whole(
    run: Run, is_full: bool
) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("hello", "m0")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[0], "Hi")
        await round_.settled()
        round_.disk.is_full = is_full
        round_.arrive("hello", "m0")
        for number in range(1, 41):
            round_.arrive(f"remark {number}", f"m{number}")
        round_.flow.commit()
        round_.disk.is_full = False
        outcome = "error" if is_full else "accepted"
        round_.client.told.clear()
        await round_.client.is_told(outcome)
        told_of = {event["id"] for event in round_.client.told if event["type"] == outcome}
        assert {f"m{number}" for number in range(1, 41)} <= told_of
        round_.request(op="cancel", channel="general")

    run(body)


def test_a_long_message_is_still_in_the_history_of_the_next_question(run: Run) -> None:
    async def body(round_: Round) -> None:
        said = [f"remark {number} " + "word " * 60 for number in range(20)]
        said += ["a contract " + "clause " * 1000, "What does the contract say?"]
        for number, text in enumerate(said):
            round_.arrive(text, f"m{number}")
            round_.flow.commit()
            round_.engine.say(round_.engine.sinks[-1], "I see")
            await round_.settled()
        history = "".join(turn.text for turn in round_.engine.requests[-1].prompt.history)
        assert "a contract" in history

    run(body)


def test_a_message_that_is_too_long_for_the_model_takes_nothing_with_it(run: Run) -> None:
    async def body(round_: Round) -> None:
        for number, text in enumerate(["the key is in the drawer", "page " * 9000, "Where is the key?"]):
            round_.arrive(text, f"m{number}")
            round_.flow.commit()
            if len(round_.engine.sinks) > number - (number > 1):
                round_.engine.say(round_.engine.sinks[-1], "I see")
            await round_.settled()
        assert round_.types_told().count("error") == 1
        history = "".join(turn.text for turn in round_.engine.requests[-1].prompt.history)
        assert "the key is in the drawer" in history

    run(body)


def test_a_message_takes_what_its_line_takes_with_the_senders_name(run: Run) -> None:
    async def body(round_: Round) -> None:
        for number in range(60):
            request = MessageRequest(f"m{number}", "general", "A name of " + 50 * "x", f"remark {number}")
            round_.flow.arrive(request, cast(ClientConnection, round_.client), time.monotonic_ns())
            round_.flow.commit()
            round_.engine.say(round_.engine.sinks[-1], "I see")
            await round_.settled()
            prompt = round_.engine.requests[-1].prompt
            texts = [prompt.identity, *(turn.text for turn in prompt.history), prompt.message]
            assert sum(map(round_.engine.count_tokens, texts)) < 4096

    run(body, chars_per_token=1)


def test_an_edit_that_the_disk_does_not_take_leaves_the_message_as_it_was(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("helo", "m1")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[0], "Hi")
        await round_.settled()
        edit = {"op": "edit", "id": "m2", "message_id": "m1", "text": "hello"}
        round_.disk.is_full = True
        round_.request(**edit)
        await round_.client.is_told("error")
        assert round_.client.told[-1]["type"] == "error"
        assert [row.text for row in round_.disk.recent("general", 10)] == ["helo", "Hi"]
        assert "regions: WITHDRAWN" not in round_.heard
        round_.disk.is_full = False
        round_.request(**edit)
        round_.engine.say(round_.engine.sinks[-1], "Hi again")
        await round_.settled()
        assert [row.text for row in round_.disk.recent("general", 10)] == ["hello", "Hi again"]
        assert round_.heard.index("regions: forget") < round_.heard.index("regions: WITHDRAWN")

    run(body)


def test_who_was_dismissed_is_not_asked_anew(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("Paige and Max, hello", "m1")
        round_.flow.commit()
        for sink in tuple(round_.engine.sinks):
            round_.engine.say(sink, "Hi")
        await round_.settled()
        round_.request(op="command", id="c", name="persona/instances/shutdown", params={"persona": "Max"})
        round_.request(op="regenerate", id="again", channel="general")
        row = round_.disk.last_from_a_person("general")
        assert row is not None
        turns = {turn.persona_id: turn.kind for turn in round_.disk.turns_of(row.row_id)}
        paige, max_ = (round_.roster.find(name).persona_id for name in ("Paige", "Max"))
        assert turns == {paige: None, max_: OutcomeKind.REPLY}
        round_.engine.say(round_.engine.sinks[-1], "Hi again")
        await round_.settled()

    run(body, "Paige", "Max")


def test_who_was_dismissed_before_it_answered_does_not_answer_after_a_restart(run: Run) -> None:
    async def body(round_: Round) -> None:
        row = round_.disk.new_row(channel="general", sender="joel", text="Paige and Max, hello", at_s=1e9)
        paige, max_ = (round_.roster.find(name).persona_id for name in ("Paige", "Max"))
        with round_.disk.transaction():
            round_.disk.store(
                Batch([(row, "m1")], [(row.row_id, paige, 0, False), (row.row_id, max_, 0, False)])
            )
        round_.roster.shut_down(max_, round_.disk.newest_row_id)
        (pending,) = recover(round_.disk, round_.roster)
        assert [turn.persona.persona_id for turn in pending.turns] == [paige]
        turns = {turn.persona_id: turn.kind for turn in round_.disk.turns_of(row.row_id)}
        assert turns == {paige: None, max_: OutcomeKind.SILENCE}

    run(body, "Paige", "Max")


def test_a_withdrawal_that_nobody_was_told_of_is_told_at_the_next_start(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.withdrawals.tell_last()
        assert round_.heard == []
        row = round_.disk.new_row(channel="general", sender="joel", text="a secret", at_s=1e9)
        with round_.disk.transaction():
            round_.disk.store(Batch([(row, "m1")]))
            round_.withdrawals.store([row])
        round_.heard.clear()
        round_.withdrawals.tell_last()
        assert round_.heard == ["regions: forget", "regions: WITHDRAWN"]

    run(body)


def test_what_was_withdrawn_in_an_earlier_run_costs_no_parked_state_at_a_start(run: Run) -> None:
    async def body(round_: Round) -> None:
        row = round_.disk.new_row(channel="general", sender="joel", text="a secret", at_s=1e9)
        with round_.disk.transaction():
            round_.disk.store(Batch([(row, "m1")]))
            round_.withdrawals.store([row])
        paige = round_.roster.find("Paige").persona_id
        files = ParkedFiles(round_.parked_folder)
        files.prepare()
        key = conversation_key(paige, "general")
        files.write("state", {"persona": paige, "conversation": key}, memoryview(b"read since"))
        round_.withdrawals.tell_last()
        await round_.parked.finished()
        assert files.read_head("state")["conversation"] == key

    run(body)


def test_a_memory_that_cannot_be_opened_shows_nothing_old_and_keeps_nobody_from_answering(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreadable(persona_id: str) -> set[str]:
        raise StoreUnwritable("the file belongs to somebody else", "make it yours")

    async def body(round_: Round) -> None:
        monkeypatch.setattr(round_.flow.handler, "_forgotten", unreadable)
        row = round_.disk.new_row(channel="general", sender="joel", text="said long ago", at_s=1e9)
        with round_.disk.transaction():
            round_.disk.store(Batch([(row, "m0")]))
        round_.arrive("hello", "m1")
        round_.flow.commit()
        assert not round_.engine.requests[-1].prompt.history
        round_.engine.say(round_.engine.sinks[-1], "Hi")
        await round_.settled()
        assert "somebody else" in caplog.text

    run(body)


def test_nobody_answers_what_was_said_before_somebody_stopped_it(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("Paige, tell me a story", "m1")
        round_.flow.commit()
        round_.engine.sinks[0].arrive(Delta("Once upon a time. Max, how did it go"))
        round_.flow.schedule.stop(STOPPED, lambda turn: True)
        await round_.settled()
        assert [request.persona_id for request in round_.engine.requests] == [
            round_.roster.find("Paige").persona_id
        ]

    run(body, "Paige", "Max")


def test_who_is_dismissed_and_named_is_said_to_answer_nothing(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.roster.shut_down(round_.roster.find("Max").persona_id, round_.disk.newest_row_id)
        round_.arrive("Max, are you there?", "m1")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[0], "He is not")
        await round_.settled()
        (accepted,) = [event for event in round_.client.told if event["type"] == "accepted"]
        assert accepted["absent"] == ["Max"]

    run(body, "Paige", "Max")


def test_what_was_said_while_a_persona_was_dismissed_is_not_in_its_history(run: Run) -> None:
    async def body(round_: Round) -> None:
        for number, (command, text) in enumerate(
            (("", "Max, before"), ("shutdown", "Paige, meanwhile"), ("bootstrap", "Max, after"))
        ):
            if command:
                name = f"persona/instances/{command}"
                round_.request(op="command", id=f"c{number}", name=name, params={"persona": "Max"})
            round_.arrive(text, f"m{number}")
            round_.flow.commit()
            round_.engine.say(round_.engine.sinks[-1], "I see")
            await round_.settled()
        prompt = round_.engine.requests[-1].prompt
        history = "".join(turn.text for turn in prompt.history)
        assert "before" in history
        assert "meanwhile" not in history + prompt.late_text()

    run(body, "Paige", "Max")


def test_what_is_typed_and_never_sent_costs_no_history(run: Run) -> None:
    async def body(round_: Round) -> None:
        for number in range(4):
            round_.arrive(f"remark {number}", f"m{number}")
            round_.flow.commit()
            round_.engine.say(round_.engine.sinks[-1], "I see")
            await round_.settled()
        round_.flow.handler.typed("general", "joel", "pasted " * 4000)
        round_.flow.handler.typed("general", "joel", "What")
        assert "remark 0" in round_.engine.read_ahead[-1].history[0].text
        assert len(round_.engine.read_ahead) == 1, "what would cost the history is not read ahead"

    run(body)


def test_what_is_withdrawn_or_forgotten_while_the_prompt_is_read_is_not_shown(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.request(op="message", id="m1", channel="code", sender="joel", text="The password is hunter2")
        round_.request(op="message", id="m2", channel="code", sender="joel", text="The code is 4711")
        round_.request(op="message", id="m3", channel="code", sender="joel", text="The sun is out")
        round_.flow.commit()
        first, second, _ = round_.disk.recent("code", 3)
        round_.arrive("What do you know?", "m4")
        round_.flow.commit()
        prompt = round_.engine.requests[-1].prompt
        with round_.disk.transaction():
            withdrawn = round_.withdrawals.store([first])
        round_.withdrawals.tell(withdrawn)
        paige = round_.roster.find("Paige").persona_id
        round_.flow.handler.hide(paige, {second.row_id}, {second.message_id})
        text = prompt.late_text()
        assert "The sun is out" in text
        assert "hunter2" not in text
        assert "4711" not in text
        round_.flow.schedule.stop(STOPPED, lambda turn: True)
        await round_.settled()

    run(body)


def test_what_was_corrected_is_no_memory_in_its_own_words(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.request(op="message", id="m1", channel="code", sender="joel", text="The code is 4711")
        round_.flow.commit()
        (row,) = round_.disk.recent("code", 1)
        corrected = {"row_ids": [row.row_id]}
        round_.request(op="command", id="c", name="transcript/corrected", params=corrected)
        round_.arrive("What do you know?", "m2")
        round_.flow.commit()
        assert "4711" not in round_.engine.requests[-1].prompt.late_text()
        round_.flow.schedule.stop(STOPPED, lambda turn: True)
        await round_.settled()

    run(body)


def test_a_message_sent_again_in_the_round_of_its_reply_is_told_the_reply(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("hello", "m1")
        round_.flow.commit()
        round_.client.is_open = False
        again = Client(round_.heard)
        round_.engine.say(round_.engine.sinks[0], "Hi")
        round_.arrive("hello", "m1", again)
        round_.flow.commit()
        async with asyncio.timeout(WAIT_S):
            await again.is_done()
        assert [event["type"] for event in again.told] == ["accepted", "reply", "outcomes_done"]

    run(body)


@pytest.mark.parametrize("ending", ["whole", "stopped", "cut"])
def test_how_a_reply_ended_is_announced_and_told_again(run: Run, ending: str) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("Tell me a story", "m1")
        round_.flow.commit()
        (sink,) = round_.engine.sinks
        if ending == "stopped":
            sink.arrive(Delta("Once upon a time"))
            round_.flow.schedule.stop(STOPPED, lambda turn: True)
        else:
            finish = FinishReason.LENGTH if ending == "cut" else FinishReason.STOP
            round_.engine.say(sink, "Once upon a time", finish)
        await round_.settled()
        again = Client(round_.heard)
        message = round_.disk.recent("general", 2)[0]
        round_.flow.tell_again(cast(ClientConnection, again), message, "m1")
        async with asyncio.timeout(WAIT_S):
            await again.is_done()
        for client in (round_.client, again):
            (reply,) = [event for event in client.told if event["type"] == "reply"]
            assert reply["text"] == "Once upon a time"
            assert (reply["stopped"], reply["cut"]) == (ending == "stopped", ending == "cut")

    run(body)


def test_who_thinks_up_to_the_limit_says_nothing_and_why(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("Tell me a story", "m1")
        round_.flow.commit()
        round_.engine.say(round_.engine.sinks[0], "<think>A story about", FinishReason.LENGTH)
        await round_.settled()
        (silence,) = [event for event in round_.client.told if event["type"] == "silence"]
        assert silence["reason"] == "thought, but said nothing within its limit of 7 tokens"

    run(body)


DECLINED = '{"will_respond": false, "response": ""}'
ANSWERED = '{"will_respond": true, "response": "At noon."}'


def test_a_question_that_all_decline_is_answered_by_the_one_that_declined_last(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("When do we meet?", "m1")
        round_.flow.commit()
        first, last = round_.engine.sinks
        round_.engine.say(first, DECLINED)
        round_.engine.say(last, DECLINED)
        again = round_.engine.sinks[2]
        round_.engine.say(again, "At noon.")
        await round_.settled()
        outcomes = [event["type"] for event in round_.client.told if event["type"] in ("reply", "silence")]
        assert sorted(outcomes) == ["reply", "silence"]

    run(body, "Paige", "Max")


def test_a_decision_that_is_complete_at_the_limit_is_no_cut_reply(run: Run) -> None:
    async def body(round_: Round) -> None:
        round_.arrive("When do we meet?", "m1")
        round_.flow.commit()
        for sink in list(round_.engine.sinks):
            round_.engine.say(sink, ANSWERED, FinishReason.LENGTH)
        await round_.settled()
        assert [event["cut"] for event in round_.client.told if event["type"] == "reply"] == [False, False]

    run(body, "Paige", "Max")


@pytest.mark.parametrize(
    ("text", "said"),
    [("Good morning.", DECLINED), ("When do we meet?", ANSWERED)],
    ids=["no question", "answered"],
)
def test_who_may_stay_silent_is_not_asked_twice(run: Run, text: str, said: str) -> None:
    async def body(round_: Round) -> None:
        round_.arrive(text, "m1")
        round_.flow.commit()
        first, last = round_.engine.sinks
        round_.engine.say(first, said)
        round_.engine.say(last, DECLINED)
        await round_.settled()
        assert len(round_.engine.sinks) == 2

    run(body, "Paige", "Max")
