"""Parked states go with the words and the personas that they hold, whatever engine runs meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from substrate.inference.parking import ParkedState, ParkingLot
from substrate.inference.tokens import token_list
from substrate.persona.parked_conversations import ParkedConversations, conversation_key
from substrate.persona.transcript_writer import Batch, TranscriptWriter

EVERYBODY = {"paige", "max"}


@pytest.fixture
def transcript(tmp_path: Path) -> Iterator[TranscriptWriter]:
    writer = TranscriptWriter(tmp_path / "transcript.db", "session")
    yield writer
    writer.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kv"


def park(folder: Path, *conversations: tuple[str, str]) -> None:
    lot = ParkingLot(folder, key="a model", max_bytes=1 << 20)
    for persona, channel in conversations:
        key = conversation_key(persona, channel)
        lot.park(ParkedState(persona, key, (), token_list([1]), memoryview(b"state")))
    lot.close()


def parked(folder: Path, *conversations: tuple[str, str]) -> list[bool]:
    lot = ParkingLot(folder, key="a model", max_bytes=1 << 20)
    states = [lot.find(conversation_key(*one), (), lambda tokens: True) for one in conversations]
    found = [state.result(60.0) is not None for state in states]
    lot.close()
    return found


def withdraw(transcript: TranscriptWriter, channel: str) -> None:
    """Say something in a channel and take it back."""
    row = transcript.new_row(channel=channel, sender="joel", text="hush", at_s=time.time())
    with transcript.transaction():
        transcript.store(Batch(messages=[(row, None)]))
        transcript.withdraw(row.row_id, time.time())


IN_GENERAL, IN_CODE, OF_MAX = ("paige", "general"), ("paige", "code"), ("max", "general")


def test_what_was_withdrawn_while_another_engine_ran_goes_at_the_next_start(
    transcript: TranscriptWriter, folder: Path
) -> None:
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    park(folder, IN_GENERAL, IN_CODE, OF_MAX)
    withdraw(transcript, "general")
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    assert parked(folder, IN_GENERAL, IN_CODE, OF_MAX) == [False, True, False]


def test_what_was_withdrawn_before_it_was_parked_costs_nothing(
    transcript: TranscriptWriter, folder: Path
) -> None:
    withdraw(transcript, "general")
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    park(folder, IN_GENERAL)
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    assert parked(folder, IN_GENERAL) == [True]


def test_the_states_of_a_persona_that_is_gone_go_at_the_next_start(
    transcript: TranscriptWriter, folder: Path
) -> None:
    park(folder, IN_GENERAL, OF_MAX)
    ParkedConversations(folder, transcript).catch_up({"max"})
    assert parked(folder, IN_GENERAL, OF_MAX) == [False, True]


def test_states_of_another_transcript_go(transcript: TranscriptWriter, folder: Path, tmp_path: Path) -> None:
    withdraw(transcript, "general")
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    park(folder, IN_CODE)
    fresh = TranscriptWriter(tmp_path / "another.db", "session")
    ParkedConversations(folder, fresh).catch_up(EVERYBODY)
    fresh.close()
    assert parked(folder, IN_CODE) == [False]


def test_files_go_after_the_engine_has_let_go_and_are_not_looked_at_again(
    transcript: TranscriptWriter, folder: Path
) -> None:
    conversations = ParkedConversations(folder, transcript)
    conversations.catch_up(EVERYBODY)

    async def withdraw_meanwhile() -> None:
        let_go = asyncio.get_running_loop().create_future()
        withdraw(transcript, "general")
        conversations.withdrawn("general", [let_go])
        park(folder, IN_GENERAL, IN_CODE)  # what the engine was still about to write
        let_go.set_result(None)
        await conversations.finished()

    asyncio.run(withdraw_meanwhile())
    assert parked(folder, IN_GENERAL, IN_CODE) == [False, True]
    park(folder, IN_GENERAL)
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    assert parked(folder, IN_GENERAL) == [True]


def test_an_engine_that_does_not_confirm_is_made_good_at_the_next_start(
    transcript: TranscriptWriter, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    conversations = ParkedConversations(folder, transcript)
    conversations.catch_up(EVERYBODY)
    park(folder, IN_GENERAL)

    async def fail() -> None:
        failed = asyncio.get_running_loop().create_future()
        failed.set_exception(RuntimeError("the lane was closed"))
        withdraw(transcript, "general")
        conversations.withdrawn("general", [failed])
        await conversations.finished()

    asyncio.run(fail())
    assert "the lane was closed" in caplog.text
    ParkedConversations(folder, transcript).catch_up(EVERYBODY)
    assert parked(folder, IN_GENERAL) == [False]


def test_a_persona_that_leaves_takes_its_states_along(transcript: TranscriptWriter, folder: Path) -> None:
    conversations = ParkedConversations(folder, transcript)
    park(folder, IN_GENERAL, IN_CODE, OF_MAX)

    async def leave() -> None:
        conversations.left("paige", [])
        await conversations.finished()

    asyncio.run(leave())
    assert parked(folder, IN_GENERAL, IN_CODE, OF_MAX) == [False, False, True]
