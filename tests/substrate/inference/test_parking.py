"""A parked conversation comes back without being read again; a bad file only costs time."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from substrate.inference import Generation, Role, Turn
from substrate.inference.parking import ParkedState, ParkingLot
from substrate.inference.tokens import token_list

from .conftest import WAIT_S, ReferenceEngine, finish, make_request, run, settled

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

StartLane = Callable[..., "LlamaLane"]


def converse_once(lane: LlamaLane) -> Generation:
    """One turn, settled."""

    async def turn() -> Generation:
        before = lane.counters.settled
        generation = await finish(lane, make_request())
        await settled(lane, before + 1)
        return generation

    return asyncio.run(asyncio.wait_for(turn(), WAIT_S))


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
    assert reference.greedy(asked).agrees_with(second)


def test_a_lane_that_has_nothing_to_do_parks_what_it_holds(start_lane: StartLane, tmp_path: Path) -> None:
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.0)

    async def until_parked() -> None:
        await finish(lane, make_request())
        while not list(tmp_path.glob("*.kv")):
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(until_parked(), WAIT_S))


def test_more_personas_than_sequences_keep_their_histories(start_lane: StartLane, tmp_path: Path) -> None:
    lane = start_lane(parking_folder=tmp_path, sequences=2)
    firsts = [
        run(lane, make_request(n, conversation=f"c{n}", identity=f"You are number {n}. " * 8))[0]
        for n in range(6)
    ]
    seconds = [
        run(
            lane,
            make_request(
                10 + n, conversation=f"c{n}", identity=f"You are number {n}. " * 8, history=next_turn(first)
            ),
        )[0]
        for n, first in enumerate(firsts)
    ]
    assert all(one.prompt_tokens_reused > 100 for one in seconds)


@pytest.mark.parametrize("harm", ["truncate", "flip", "other model", "garbage"])
def test_a_state_that_does_not_fit_is_dropped_and_read_anew(
    start_lane: StartLane,
    tmp_path: Path,
    reference: ReferenceEngine,
    harm: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "parked"
    lane = start_lane(parking_folder=folder)
    first = converse_once(lane)
    lane.close()
    (parked,) = folder.iterdir()
    data = bytearray(parked.read_bytes())
    if harm == "truncate":
        data = data[: len(data) // 2]
    elif harm == "flip":
        data[-100] ^= 0xFF
    elif harm == "garbage":
        data = bytearray(b"not a state")
    parked.write_bytes(data)
    again = start_lane(parking_folder=folder, flash_attention=harm != "other model")
    asked = make_request(2, history=next_turn(first), message="joel: and now?")
    (second,) = run(again, asked)
    assert second.prompt_tokens_reused == 0
    assert reference.greedy(asked).agrees_with(second)
    assert "read anew" in caplog.text


def test_what_is_forgotten_is_gone_from_cache_and_disk(start_lane: StartLane, tmp_path: Path) -> None:
    lane = start_lane(parking_folder=tmp_path, park_after_s=0.0)
    first = converse_once(lane)
    asyncio.run(asyncio.wait_for(lane.forget("paige"), WAIT_S))
    assert not list(tmp_path.iterdir())
    (second,) = run(lane, make_request(2, history=next_turn(first)))
    assert second.prompt_tokens_reused == 0


def test_forgetting_one_conversation_leaves_the_others(start_lane: StartLane) -> None:
    lane = start_lane()
    run(lane, make_request(1, conversation="a", identity="alpha " * 30))
    run(lane, make_request(2, conversation="b", identity="beta " * 30))
    asyncio.run(asyncio.wait_for(lane.forget("paige", "a"), WAIT_S))
    (a,) = run(lane, make_request(3, conversation="a", identity="alpha " * 30))
    (b,) = run(lane, make_request(4, conversation="b", identity="beta " * 30))
    assert a.prompt_tokens_reused < 40
    assert b.prompt_tokens_reused > 150


def test_the_oldest_states_go_when_the_folder_is_full(tmp_path: Path) -> None:
    lot = ParkingLot(tmp_path, key="k", max_bytes=2500)
    for name in ("a", "b", "c"):
        lot.park(ParkedState("p", name, (), token_list([1, 2]), bytes(1000)))
    assert lot.find("c", ()) is not None
    assert lot.find("b", ()) is not None
    assert lot.find("a", ()) is None
    lot.close()


def test_an_unfinished_write_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    (tmp_path / "half.tmp").write_bytes(b"half")
    ParkingLot(tmp_path, key="k", max_bytes=1 << 20).close()
    assert not list(tmp_path.iterdir())
