"""A parked conversation comes back without being read again; a bad file only costs time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llama_cpp
import pytest

from benchmarks.random_model import TINY, write_random_adapter, write_random_model
from substrate.inference import (
    Blend,
    GenerateRequest,
    Generation,
    InferenceError,
    Prompt,
    Role,
    Sampling,
    Turn,
)
from substrate.inference.native import NativeContext, NativeModel
from substrate.inference.parked_files import ParkedFiles
from substrate.inference.parking import ParkedState, ParkingLot
from substrate.inference.tokens import token_list

from .conftest import IDENTITY, WAIT_S, ReferenceEngine, begin, finish, held, make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]


def find(lot: ParkingLot, conversation: str) -> ParkedState | None:
    return lot.find(conversation, (), lambda tokens: True).result(WAIT_S)


def converse_once(lane: LlamaLane, blend: Blend = ()) -> Generation:
    """One turn, settled."""

    async def turn() -> Generation:
        generation = await finish(lane, make_request(blend=blend))
        await lane.idle()
        return generation

    return asyncio.run(asyncio.wait_for(turn(), WAIT_S))


def forget(lane: LlamaLane, persona_id: str, conversation: str | None = None) -> None:
    async def until_gone() -> None:
        await asyncio.wait_for(lane.forget(persona_id, conversation), WAIT_S)

    asyncio.run(until_gone())


def next_turn(first: Generation) -> tuple[Turn, ...]:
    return (Turn(Role.USER, "joel: what do you see tonight?"), Turn(Role.ASSISTANT, first.text))


def test_a_restarted_lane_reads_only_what_is_new(
    start_lane: StartLane, tmp_path: Path, reference: ReferenceEngine
) -> None:
    lane = start_lane(parking_folder=tmp_path)
    first = converse_once(lane)
    lane.close()
    (parked,) = tmp_path.iterdir()
    assert stat.S_IMODE(parked.stat().st_mode) == 0o600
    again = start_lane(parking_folder=tmp_path, ctx=8192)
    asked = make_request(2, history=next_turn(first), message="joel: and now?")
    (second,) = run(again, asked)
    assert second.prompt_tokens_reused > first.prompt_tokens_read
    reference.check(asked, second)


@pytest.fixture
def parked(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set whenever a state has been written."""
    written = threading.Event()
    write = ParkedFiles.write

    def write_and_tell(*arguments: Any) -> None:
        write(*arguments)
        written.set()

    monkeypatch.setattr(ParkedFiles, "write", write_and_tell)
    return written


def test_a_lane_that_has_nothing_to_do_parks_what_it_holds(
    start_lane: StartLane, tmp_path: Path, parked: threading.Event
) -> None:
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.01)
    run(lane, make_request())
    assert parked.wait(WAIT_S)
    assert list(tmp_path.glob("*.kv"))


def test_a_state_that_there_is_no_memory_for_costs_its_conversation_time_and_the_others_nothing(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise MemoryError("unable to allocate")

    monkeypatch.setattr(NativeContext, "save_sequence", refuse)
    lane = start_lane(parking_folder=tmp_path, sequences=1)
    generations = run(lane, *(make_request(number, conversation=f"c{number}") for number in range(3)))
    assert all(one.completion_tokens > 0 for one in generations)
    lane.close()
    assert "was not parked: unable to allocate" in caplog.text
    assert not list(tmp_path.iterdir())


def test_64_personas_on_8_sequences_keep_their_histories(start_lane: StartLane, tmp_path: Path) -> None:
    lane = start_lane(parking_folder=tmp_path, sequences=8)
    asked = [
        make_request(
            n,
            conversation=f"c{n}",
            identity=f"You are number {n}. " * 8,
            sampling=Sampling(temperature=0.0, max_tokens=4),
        )
        for n in range(64)
    ]
    firsts = run(lane, *asked)
    histories = [
        one.prompt._replace(history=next_turn(first)) for one, first in zip(asked, firsts, strict=True)
    ]
    seconds = run(lane, *(one._replace(prompt=then) for one, then in zip(asked, histories, strict=True)))
    assert all(one.prompt_tokens_reused > 100 for one in seconds)


def test_a_state_whose_writing_fails_in_any_way_is_logged_and_let_go_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(ParkedFiles, "write", fail)
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    lot.park(ParkedState("paige", "paige/general", (), token_list(), memoryview(b"state")))
    lot.close()
    assert "paige/general was not parked" in caplog.text
    assert "no such thing" in caplog.text
    assert find(lot, "paige/general") is None


def truncated(data: bytearray) -> bytearray:
    return data[: len(data) // 2]


def flipped_at(position: int) -> Callable[[bytearray], bytearray]:
    def flip(data: bytearray) -> bytearray:
        data[position] ^= 0xFF
        return data

    return flip


def as_parked(data: bytearray) -> bytearray:
    return data


def park_and_restart(
    start_lane: StartLane,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    *,
    harm: Callable[[bytearray], bytearray] = as_parked,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    blend: Blend = (),
) -> tuple[GenerateRequest, Generation]:
    """Converse under the settings `before`, restart under `after`; the next turn and what it came to."""
    lane = start_lane(parking_folder=folder, **(before or {}))
    first = converse_once(lane, blend)
    lane.close()
    (parked,) = folder.iterdir()
    parked.write_bytes(harm(bytearray(parked.read_bytes())))
    caplog.clear()
    again = start_lane(parking_folder=folder, **(after or {}))
    asked = make_request(2, history=next_turn(first), message="joel: and now?", blend=blend)
    (second,) = run(again, asked)
    return asked, second


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (truncated, "its state is damaged"),
        (flipped_at(-100), "its state is damaged"),
        (flipped_at(40), "its head is damaged"),
        (flipped_at(12), "its head is damaged"),
        (flipped_at(15), "its head is damaged"),
        (flipped_at(24), "its state is damaged"),
        (flipped_at(27), "its state is damaged"),
        (flipped_at(0), "not a parked state"),
        (lambda data: data[:20], "it ends early"),
        (lambda data: bytearray(), "not a parked state"),
    ],
    ids=[
        "truncated",
        "a bit of the state",
        "a bit of the head",
        "a head of petabytes",
        "a head longer than any file",
        "a state of petabytes",
        "a state longer than any file",
        "another file",
        "cut off",
        "empty",
    ],
)
def test_a_damaged_state_is_dropped_with_a_word_and_read_anew(
    start_lane: StartLane,
    tmp_path: Path,
    reference: ReferenceEngine,
    harm: Callable[[bytearray], bytearray],
    says: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked, second = park_and_restart(start_lane, tmp_path / "parked", caplog, harm=harm)
    assert second.prompt_tokens_reused == 0
    reference.check(asked, second)
    assert says in caplog.text
    assert "read anew" in caplog.text


@pytest.mark.parametrize("after", [{"flash_attention": False}, {"layout_version": 2}], ids=str)
def test_a_state_of_other_settings_is_dropped_and_read_anew(
    start_lane: StartLane,
    tmp_path: Path,
    reference: ReferenceEngine,
    after: Mapping[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = {"flash_attention": True, "layout_version": 1}
    asked, second = park_and_restart(start_lane, tmp_path / "parked", caplog, before=before, after=after)
    assert second.prompt_tokens_reused == 0
    reference.check(asked, second)
    assert "other settings" in caplog.text


def test_a_state_of_another_model_under_the_same_name_is_dropped(
    start_lane: StartLane, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_random_model(tmp_path / "model.gguf", TINY)
    lane = start_lane(path=path, parking_folder=tmp_path / "parked")
    first = converse_once(lane)
    lane.close()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01  # one weight, in the middle of the file, of the same size and date
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(data)
    os.utime(path, ns=times)
    again = start_lane(path=path, parking_folder=tmp_path / "parked")
    (second,) = run(again, make_request(2, history=next_turn(first)))
    assert second.prompt_tokens_reused == 0
    assert "another model" in caplog.text


def test_a_state_read_under_an_adapter_is_not_used_under_its_successor_of_the_same_name(
    start_lane: StartLane, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "calm.gguf"
    write_random_adapter(file, TINY, seed=1)
    settings = {"adapters": {"calm": file}}
    blend = (("calm", 1.0),)
    _, same = park_and_restart(
        start_lane, tmp_path / "first", caplog, before=settings, after=settings, blend=blend
    )
    assert same.prompt_tokens_reused > 0
    lane = start_lane(parking_folder=tmp_path / "second", **settings)
    first = converse_once(lane, blend)
    lane.close()
    write_random_adapter(file, TINY, seed=2)
    again = start_lane(parking_folder=tmp_path / "second", **settings)
    (second,) = run(again, make_request(2, history=next_turn(first), blend=blend))
    assert second.prompt_tokens_reused == 0
    assert "another adapter" in caplog.text


def test_a_state_made_by_another_version_of_llama_cpp_is_dropped(
    start_lane: StartLane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reference: ReferenceEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(llama_cpp, "__version__", "0.0.1")
        lane = start_lane(parking_folder=tmp_path)
        first = converse_once(lane)
        lane.close()
    asked = make_request(2, history=next_turn(first), message="joel: and now?")
    (second,) = run(start_lane(parking_folder=tmp_path), asked)
    assert second.prompt_tokens_reused == 0
    reference.check(asked, second)
    assert "other settings" in caplog.text


def test_a_state_read_under_one_weight_of_an_adapter_is_not_used_under_another(
    start_lane: StartLane, tmp_path: Path, tiny_model: Path
) -> None:
    adapter = write_random_adapter(tmp_path / "calm.gguf", TINY, seed=1)
    settings = {"adapters": {"calm": adapter}, "parking_folder": tmp_path / "parked"}
    lane = start_lane(**settings)
    first = converse_once(lane, (("calm", 1.0),))
    lane.close()
    asked = make_request(2, history=next_turn(first), message="joel: and now?", blend=(("calm", 0.5),))
    (second,) = run(start_lane(**settings), asked)
    assert second.prompt_tokens_reused == 0
    ReferenceEngine(tiny_model, lora_path=str(adapter), lora_scale=0.5).check(asked, second)


def test_of_a_parked_state_only_what_is_still_said_is_used(
    start_lane: StartLane, tmp_path: Path, reference: ReferenceEngine
) -> None:
    lane = start_lane(parking_folder=tmp_path)
    first = converse_once(lane)
    lane.close()
    lane = start_lane(parking_folder=tmp_path)
    question, _ = next_turn(first)
    answered_anew = (question, Turn(Role.ASSISTANT, "Nothing at all tonight, the fog is too thick."))
    asked = make_request(2, history=answered_anew, message="joel: and now?")
    (second,) = run(lane, asked)
    reference.check(asked, second)
    held = lane.count_tokens(IDENTITY) + lane.count_tokens(question.text)
    assert held <= second.prompt_tokens_reused < first.prompt_tokens_read + 8


def test_a_state_that_llama_cpp_refuses_is_dropped_and_costs_the_others_nothing(
    start_lane: StartLane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reference: ReferenceEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    saved = NativeContext.save_sequence

    def cut(context: NativeContext, sequence: int) -> memoryview:
        return saved(context, sequence)[:-64]

    lane = start_lane(parking_folder=tmp_path)
    first = converse_once(lane)
    monkeypatch.setattr(NativeContext, "save_sequence", cut)
    lane.close()
    monkeypatch.undo()
    again = start_lane(parking_folder=tmp_path)
    (other,) = run(again, make_request(3, conversation="other", identity="somebody else " * 20))
    asked = make_request(2, history=next_turn(first), message="joel: and now?")
    (second,) = run(again, asked)
    assert second.prompt_tokens_reused < 40
    reference.check(asked, second)
    assert "llama.cpp refuses it" in caplog.text
    assert not list(tmp_path.glob("*.kv")), "it would be refused at every turn"
    (kept,) = run(again, make_request(4, conversation="other", identity="somebody else " * 20))
    assert kept.prompt_tokens_reused >= other.prompt_tokens_read - 24


def parked_text(folder: Path, model_path: Path) -> str:
    """All that stands in parked files, in words."""
    model = NativeModel.load(model_path, gpu_layers=0)
    said = b""
    for path in folder.glob("*.kv"):
        head, _ = ParkedFiles(folder).read(path.stem)
        tokens = token_list()
        tokens.frombytes(head["tokens"])
        said += b"".join(model.piece(token) for token in tokens)
    model.free()
    return said.decode("utf-8", "replace")


@pytest.mark.parametrize("scarce", [{"sequences": 1}, {"ctx": 512}], ids=str)
def test_memories_shown_to_a_persona_are_never_parked(
    start_lane: StartLane, tmp_path: Path, tiny_model: Path, scarce: Mapping[str, Any]
) -> None:
    lane = start_lane(parking_folder=tmp_path, **scarce)
    asked = [
        # They displace each other: before a reply is settled, and while it is written.
        make_request(
            n,
            conversation=f"c{n}",
            identity=f"You are number {n}. " * 8,
            late=lambda: "\n\nMemories: the treasure lies under the third oak",
        )
        for n in range(6)
    ]
    run(lane, *asked)
    lane.close()
    text = parked_text(tmp_path, tiny_model)
    assert "You are number" in text
    assert "treasure" not in text


def test_what_was_typed_and_never_sent_is_not_parked(
    start_lane: StartLane, tmp_path: Path, tiny_model: Path
) -> None:
    lane = start_lane(parking_folder=tmp_path)
    lane.prefill_ahead("paige", "paige/general", make_request(message="joel: my password is tulip").prompt)
    asyncio.run(asyncio.wait_for(lane.idle(), WAIT_S))
    assert lane.counters.prompt_rows > lane.count_tokens(IDENTITY)
    lane.close()
    text = parked_text(tmp_path, tiny_model)
    assert "lighthouse" in text
    assert "tulip" not in text


def test_what_is_forgotten_is_gone_from_cache_and_disk(
    start_lane: StartLane, tmp_path: Path, parked: threading.Event
) -> None:
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.01)
    first = converse_once(lane)
    assert parked.wait(WAIT_S)
    forget(lane, "paige")
    assert not list(tmp_path.iterdir())
    (second,) = run(lane, make_request(2, history=next_turn(first)))
    assert second.prompt_tokens_reused == 0


def test_what_may_stay_is_kept_in_the_cache_and_nothing_on_disk(
    start_lane: StartLane, tmp_path: Path, parked: threading.Event, reference: ReferenceEngine
) -> None:
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.01)
    first = converse_once(lane)
    assert parked.wait(WAIT_S)
    asked = make_request(2, message="joel: what else do you see?")

    async def take_the_turn_back() -> Generation:
        forgotten = lane.forget("paige", "paige/general", Prompt(IDENTITY, (), "", str))
        # Taken up behind the forgetting, though that is not waited for.
        second = await finish(lane, asked)
        await forgotten
        return second

    second = asyncio.run(asyncio.wait_for(take_the_turn_back(), WAIT_S))
    identity_tokens = lane.count_tokens(IDENTITY)
    assert identity_tokens <= second.prompt_tokens_reused < first.prompt_tokens_read
    reference.check(asked, second)


def test_forgetting_waits_for_the_disk_and_nobody_else_does(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.01)
    converse_once(lane)
    assert disk.is_asked.wait(WAIT_S)

    async def meanwhile() -> None:
        forgotten = asyncio.ensure_future(lane.forget("paige"))
        other = await finish(lane, make_request(2, conversation="other"))
        assert other.prompt_tokens_reused == 0
        assert not forgotten.done()
        disk.let_go()
        await forgotten
        assert not list(tmp_path.glob("*.kv"))

    asyncio.run(asyncio.wait_for(meanwhile(), WAIT_S))


def test_a_disk_that_does_not_let_go_of_what_is_forgotten_is_told_to_whoever_asked(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(ParkedFiles, "remove", refuse)
    lane = start_lane(parking_folder=tmp_path)
    with pytest.raises(OSError, match="Read-only"):
        forget(lane, "paige")
    assert run(lane, make_request())


def test_a_parked_state_that_there_is_no_memory_for_is_read_anew_and_ends_nobodys_request(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lane = start_lane(parking_folder=tmp_path)
    first = converse_once(lane)
    lane.close()
    again = start_lane(parking_folder=tmp_path)

    def refuse(*_: object) -> None:
        raise MemoryError("unable to allocate")

    monkeypatch.setattr(ParkedFiles, "read", refuse)
    asked = make_request(2, history=next_turn(first))
    second, _ = run(again, asked, make_request(3, conversation="other", identity="somebody else " * 20))
    assert second.prompt_tokens_reused == 0
    assert "unable to allocate" in caplog.text
    assert list(tmp_path.glob("*.kv"))


def test_taking_a_turn_back_leaves_no_file_that_holds_it(start_lane: StartLane, tmp_path: Path) -> None:
    lane = start_lane(parking_folder=tmp_path)
    converse_once(lane)
    lane.close()
    lane = start_lane(parking_folder=tmp_path)

    async def take_the_turn_back() -> None:
        await lane.forget("paige", "paige/general", Prompt(IDENTITY, (), "", str))

    asyncio.run(asyncio.wait_for(take_the_turn_back(), WAIT_S))
    assert not list(tmp_path.iterdir())


def test_forgetting_one_conversation_leaves_the_others(start_lane: StartLane) -> None:
    lane = start_lane()
    run(lane, make_request(1, conversation="a", identity="alpha " * 30))
    run(lane, make_request(2, conversation="b", identity="beta " * 30))
    forget(lane, "paige", "a")
    (a,) = run(lane, make_request(3, conversation="a", identity="alpha " * 30))
    (b,) = run(lane, make_request(4, conversation="b", identity="beta " * 30))
    assert a.prompt_tokens_reused < 40
    assert b.prompt_tokens_reused > 150


def state(conversation: str, persona: str = "p") -> ParkedState:
    return ParkedState(persona, conversation, (), token_list([1, 2]), memoryview(bytes(1000)))


def park_all(folder: Path, *states: ParkedState, key: str = "k", max_bytes: int = 1 << 20) -> None:
    """A lot that parks these and is closed again, so that all is written."""
    lot = ParkingLot(folder, key=key, max_bytes=max_bytes)
    for one in states:
        lot.park(one)
    lot.close()


def test_the_states_that_were_not_used_for_longest_go_when_the_folder_is_full(tmp_path: Path) -> None:
    park_all(tmp_path, state("a"), state("b"))
    for path in tmp_path.glob("*.kv"):
        os.utime(path, (1e9, 1e9))
    lot = ParkingLot(tmp_path, key="k", max_bytes=2500)
    assert find(lot, "a") is not None  # used now, so "b" is the oldest
    lot.park(state("c"))
    lot.close()
    again = ParkingLot(tmp_path, key="k", max_bytes=2500)
    assert [find(again, name) is not None for name in "abc"] == [True, False, True]
    again.close()


def test_a_state_is_found_while_it_is_still_on_its_way_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = threading.Event()
    write = ParkedFiles.write

    def slow(*arguments: Any) -> None:
        assert disk.wait(WAIT_S)
        write(*arguments)

    monkeypatch.setattr(ParkedFiles, "write", slow)
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    lot.park(state("a"))
    found = find(lot, "a")
    written = list(tmp_path.glob("*.kv"))
    disk.set()
    assert found is not None
    assert not written
    lot.forget("p", "a")
    assert find(lot, "a") is None
    lot.close()
    assert not list(tmp_path.iterdir())


class SlowDisk:
    """Writes nothing until the test lets go of it, and notes what it writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_asked = threading.Event()
        self.written: list[str] = []
        self._let_go = threading.Event()
        write = ParkedFiles.write

        def slow(files: ParkedFiles, name: str, head: Mapping[str, Any], state: memoryview) -> None:
            self.is_asked.set()
            assert self._let_go.wait(WAIT_S)
            write(files, name, head, state)
            self.written.append(head["conversation"])

        monkeypatch.setattr(ParkedFiles, "write", slow)

    def let_go(self) -> None:
        self._let_go.set()


def test_what_is_forgotten_is_not_found_though_its_file_still_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_all(tmp_path, state("a"), state("b"))
    disk = SlowDisk(monkeypatch)
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    lot.park(state("c"))
    lot.forget("p", "a")
    assert not lot.forgotten.done()
    assert [find(lot, name) is not None for name in "abc"] == [False, True, True]
    disk.let_go()
    lot.forgotten.result(WAIT_S)
    assert len(list(tmp_path.glob("*.kv"))) == 2
    lot.close()


def test_what_is_parked_after_a_forgetting_stays_and_what_waited_before_it_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    lot.park(state("b"))
    lot.park(state("a"))
    lot.forget("p", None)
    later = state("a")
    lot.park(later)
    assert find(lot, "a") is later
    assert disk.is_asked.wait(WAIT_S)
    disk.let_go()
    lot.close()
    assert disk.written[-1:] == ["a"]
    assert disk.written.count("a") == 1
    again = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    assert [find(again, name) is not None for name in "ab"] == [True, False]
    again.close()


@pytest.mark.parametrize(
    ("failure", "is_kept"),
    [(MemoryError(), True), (RuntimeError("nobody knows why"), False)],
    ids=["no memory", "anything else"],
)
def test_a_state_that_cannot_be_read_is_kept_if_that_passes_and_dropped_if_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, is_kept: bool
) -> None:
    park_all(tmp_path, state("a"))
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)

    def fail(*_: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(ParkedFiles, "read", fail)
        assert find(lot, "a") is None
    assert (find(lot, "a") is not None) is is_kept
    lot.close()
    assert bool(list(tmp_path.iterdir())) is is_kept


def test_a_file_without_the_fields_of_a_state_is_dropped_and_nobody_can_keep_it_from_being_removed(
    tmp_path: Path,
) -> None:
    park_all(tmp_path, state("a"))
    (path,) = tmp_path.iterdir()
    files = ParkedFiles(tmp_path)
    files.write(path.stem, {"something": "else"}, memoryview(b""))
    files.write("other", {"something": "else"}, memoryview(b""))
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    assert find(lot, "a") is None
    lot.close()
    assert [path.stem for path in tmp_path.iterdir()] == ["other"]
    assert files.remove(lambda *_: False) == 1


class FullDisk:
    """Refuses the first writes, up to `refusals` of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusals: int) -> None:
        self.has_refused = threading.Event()
        self.tries = 0
        write = ParkedFiles.write

        def refuse(*arguments: Any) -> None:
            self.tries += 1
            if self.tries <= refusals:
                self.has_refused.set()
                raise OSError(28, "No space left on device")
            write(*arguments)

        monkeypatch.setattr(ParkedFiles, "write", refuse)


@pytest.mark.parametrize(("refusals", "files"), [(1, 1), (100, 0)], ids=["room again", "full"])
def test_what_could_not_be_written_is_tried_once_more_when_the_lane_closes(
    start_lane: StartLane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, files: int
) -> None:
    disk = FullDisk(monkeypatch, refusals)
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.01)
    converse_once(lane)
    assert disk.has_refused.wait(WAIT_S)
    lane.close()
    assert disk.tries == 2
    assert len(list(tmp_path.iterdir())) == files


def test_a_state_whose_tokens_are_not_wanted_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    lot.park(state("a"))
    lot.close()
    read: list[str] = []
    monkeypatch.setattr(ParkedFiles, "read", lambda files, name: read.append(name))
    again = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    asked: list[Sequence[int]] = []

    def is_wanted(tokens: Sequence[int]) -> bool:
        asked.append(tokens)
        return False

    assert again.find("a", (), is_wanted).result(WAIT_S) is None
    again.close()
    assert asked == [state("a").tokens]
    assert not read


def test_a_disk_that_takes_nothing_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    monkeypatch.setattr(Path, "replace", full)
    lot.park(state("a"))
    lot.retry_failed()  # waits for the write before it
    assert find(lot, "a") is None
    lot.close()
    assert "No space left" in caplog.text
    assert not list(tmp_path.iterdir())


def test_states_are_removed_by_whose_they_are_without_an_engine(tmp_path: Path) -> None:
    park_all(tmp_path, state("p/a", "p"), state("p/b", "p"), state("q/a", "q"), key="of any model")
    (tmp_path / "unreadable.kv").write_bytes(b"whatever this is")
    removed = ParkedFiles(tmp_path).remove(lambda persona, conversation: conversation.endswith("/a"))
    assert removed == 3
    lot = ParkingLot(tmp_path, key="of any model", max_bytes=1 << 20)
    assert find(lot, "p/b") is not None
    assert find(lot, "p/a") is find(lot, "q/a") is None
    lot.close()
    assert ParkedFiles(tmp_path / "not there").remove(lambda *_: True) == 0


def test_an_unfinished_write_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    (tmp_path / "half.tmp").write_bytes(b"half")
    ParkingLot(tmp_path, key="k", max_bytes=1 << 20).close()
    assert not list(tmp_path.iterdir())


class SlowlyRead:
    """States are read when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self.reads = 0
        read = ParkedFiles.read

        def read_late(files: ParkedFiles, name: str) -> tuple[dict[str, Any], memoryview]:
            found = read(files, name)
            self.reads += 1
            self.has_begun.set()
            assert self.may_end.wait(WAIT_S)
            return found

        monkeypatch.setattr(ParkedFiles, "read", read_late)

    async def is_reading(self) -> None:
        assert await asyncio.to_thread(self.has_begun.wait, WAIT_S)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowlyRead]:
    disk = SlowlyRead(monkeypatch)
    yield disk
    disk.may_end.set()


def restart_with_a_next_turn(start_lane: StartLane, folder: Path) -> tuple[LlamaLane, GenerateRequest]:
    lane = start_lane(parking_folder=folder)
    first = converse_once(lane)
    lane.close()
    asked = make_request(2, history=next_turn(first), message="joel: and now?")
    return start_lane(parking_folder=folder), asked


@pytest.mark.parametrize("identity", ["You are somebody else.", IDENTITY], ids=["other", "shared"])
def test_while_a_state_comes_from_the_disk_the_others_go_on(
    start_lane: StartLane, tmp_path: Path, slow: SlowlyRead, reference: ReferenceEngine, identity: str
) -> None:
    lane, asked = restart_with_a_next_turn(start_lane, tmp_path)
    other = make_request(3, conversation="paige/code", identity=identity, message="ada: how is the sea?")

    async def both() -> tuple[Generation, Generation]:
        waiting = await begin(finish(lane, asked))
        await slow.is_reading()
        at_once = await finish(lane, other)
        assert not waiting.done()
        slow.may_end.set()
        return at_once, await waiting

    at_once, waited = asyncio.run(asyncio.wait_for(both(), WAIT_S))
    assert waited.prompt_tokens_reused > 60
    assert slow.reads == 1
    reference.check(asked, waited)
    reference.check(other, at_once)


def test_a_state_that_is_forgotten_on_its_way_from_the_disk_is_not_used(
    start_lane: StartLane, tmp_path: Path, slow: SlowlyRead, reference: ReferenceEngine
) -> None:
    lane, asked = restart_with_a_next_turn(start_lane, tmp_path)

    async def forget_meanwhile() -> tuple[Generation, Generation]:
        waiting = await begin(finish(lane, asked))
        await slow.is_reading()
        await lane.forget("paige")
        again = await begin(finish(lane, asked._replace(request_id="again")))
        slow.may_end.set()
        return await waiting, await again

    waited, again = asyncio.run(asyncio.wait_for(forget_meanwhile(), WAIT_S))
    assert waited.prompt_tokens_reused == 0
    assert not list(tmp_path.glob("*.kv"))
    reference.check(asked, waited)
    reference.check(asked, again)


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_state_asked_for_by_one_that_was_cancelled_is_there_for_the_next_unless_it_was_forgotten(
    start_lane: StartLane,
    tmp_path: Path,
    slow: SlowlyRead,
    reference: ReferenceEngine,
    is_forgotten: bool,
) -> None:
    lane, asked = restart_with_a_next_turn(start_lane, tmp_path)

    async def ask_anew() -> Generation:
        waiting = await begin(finish(lane, asked))
        await slow.is_reading()
        with held(lane):
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waiting
            if is_forgotten:
                lane.forget("paige")
            again = await begin(finish(lane, asked._replace(request_id="again")))
            lane._send(lambda engine: slow.may_end.set())  # behind all of this, however late the lane comes
        return await again

    generation = asyncio.run(asyncio.wait_for(ask_anew(), WAIT_S))
    assert slow.reads == 1
    if is_forgotten:
        assert generation.prompt_tokens_reused == 0
    else:
        assert generation.prompt_tokens_reused > 60
    reference.check(asked, generation)


def test_a_lane_closes_while_a_state_comes_from_the_disk(
    start_lane: StartLane, tmp_path: Path, slow: SlowlyRead
) -> None:
    lane, asked = restart_with_a_next_turn(start_lane, tmp_path)

    async def close_meanwhile() -> None:
        waiting = await begin(finish(lane, asked))
        await slow.is_reading()
        closing = asyncio.create_task(asyncio.to_thread(lane.close))
        with pytest.raises(InferenceError, match="closed"):
            await waiting
        slow.may_end.set()
        await closing

    asyncio.run(asyncio.wait_for(close_meanwhile(), WAIT_S))
    assert len(list(tmp_path.glob("*.kv"))) == 1


@pytest.mark.parametrize("ends", ["cancelled", "closed"])
def test_what_lies_on_disk_is_not_written_over_by_the_little_that_is_held_while_it_is_read(
    start_lane: StartLane, tmp_path: Path, slow: SlowlyRead, ends: str
) -> None:
    lane, asked = restart_with_a_next_turn(start_lane, tmp_path)
    (file,) = tmp_path.glob("*.kv")
    before = file.read_bytes()
    elsewhere = make_request(3, conversation="paige/code", message="ada: how is the sea?")

    async def end_early() -> None:
        await finish(lane, elsewhere)  # holds the identity, which the other begins with
        waiting = await begin(finish(lane, asked))
        await slow.is_reading()
        if ends == "cancelled":
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await lane.idle()
        closing = asyncio.create_task(asyncio.to_thread(lane.close))
        if ends == "closed":
            with pytest.raises(InferenceError):
                await waiting
        slow.may_end.set()
        await closing

    asyncio.run(asyncio.wait_for(end_early(), WAIT_S))
    assert len(list(tmp_path.glob("*.kv"))) == 2
    assert file.read_bytes() == before
    (again,) = run(start_lane(parking_folder=tmp_path), asked)
    assert again.prompt_tokens_reused > 150


def test_a_state_that_llama_cpp_refuses_before_it_is_written_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    lot = ParkingLot(tmp_path, key="k", max_bytes=1 << 20)
    lot.park(state("a"))
    assert disk.is_asked.wait(WAIT_S)  # the writer is busy with it
    lot.park(state("b"))
    waiting = find(lot, "b")
    assert waiting is not None
    lot.refused(waiting, "no reason given")
    disk.let_go()
    lot.close()
    assert disk.written == ["a"]
