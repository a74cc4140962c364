"""The memories in the terminal: looked through, corrected and forgotten by keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.main_screen import MainScreen
from substrate.interface.terminal.memory_dialogs import CorrectDialog, ForgetDialog
from substrate.interface.terminal.memory_screen import MemoryScreen
from tests.substrate.interface.driven_terminal import (
    NARROW,
    WIDE,
    Room,
    requests,
    run,
    terminal,
    text_of,
    type_line,
    until,
)
from tests.substrate.interface.fake_service import FakeInstance, status_of


def engram(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "engram_id": f"{number}.0",
        "row_id": number,
        "text": text,
        "speaker": "Joel",
        "channel": "general",
        "said_at_s": 0.0,
        "salience": 0.25,
        **more,
    }


SISTER, DOG = engram(1, "My sister is called Oluwaseun"), engram(2, "My dog is called Rex")
RECALLED = {**SISTER, "score": 0.75, "parts": {"lexical": 1.5, "channel": -1.0, "log_odds": 7.1}}


def with_memories(instance: FakeInstance) -> None:
    instance.commands |= {
        "memory/list": {"persona": "Paige", "count": 2, "engrams": [DOG, SISTER]},
        "memory/recall": {"persona": "Paige", "engrams": [RECALLED]},
        "memory/forget": {"withdrawn": ["m"]},
        "memory/correct": {"engram": SISTER, "personas": ["Paige"]},
    }


def shown(pilot: Pilot[int]) -> str:
    """Everything on the memory screen, without its colours."""
    listed = pilot.app.screen.query_one(OptionList)
    options = [str(listed.get_option_at_index(at).prompt) for at in range(listed.option_count)]
    return "\n".join([*options, *map(text_of, pilot.app.screen.query(Static))])


async def opened(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, MemoryScreen))
    listed = pilot.app.screen.query_one(OptionList)
    await until(pilot, lambda: listed.option_count > 0 and listed.has_focus)


def asked(instance: FakeInstance, name: str) -> list[dict[str, Any]]:
    return [envelope["params"] for envelope in instance.asked if envelope["name"] == name]


def test_f3_lists_what_is_remembered_with_where_it_is_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            assert "My sister is called Oluwaseun\nJoel in #general" in shown(pilot)
            assert "2, newest first" in shown(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, MainScreen))

    run(scenario())


@pytest.mark.parametrize("size", [(80, 24), NARROW, WIDE])
def test_memory_shows_the_score_and_what_it_is_made_of(tmp_path: Path, size: tuple[int, int]) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room(), size) as (pilot, instance):
            with_memories(instance)
            await type_line(pilot, "/memory sister")
            await opened(pilot)
            await until(pilot, lambda: "score 0.75, log-odds +7.10" in shown(pilot))
            assert "lexical" in shown(pilot)
            assert "+1.50" in shown(pilot)
            assert "-1.00" in shown(pilot)
            (asked_for,) = asked(instance, "memory/recall")
            assert (asked_for["query"], asked_for["channel"]) == ("sister", "general")
            assert asked_for["asker"] == "Joel"

    run(scenario())


def test_what_a_text_brings_to_mind_is_found_from_the_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            await pilot.press("slash")
            await until(pilot, lambda: pilot.app.screen.query_one(Input).has_focus)
            await pilot.press(*"sister", "enter")
            await until(pilot, lambda: "for “sister”, best first" in shown(pilot))

    run(scenario())


def test_a_memory_is_corrected_in_place(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            await pilot.press("e")
            await until(pilot, lambda: isinstance(pilot.app.screen, CorrectDialog))
            await until(pilot, lambda: isinstance(pilot.app.focused, TextArea))
            await pilot.press(*" II", "enter")
            await until(pilot, lambda: "corrected for Paige" in shown(pilot))
            assert asked(instance, "memory/correct") == [
                {"engram_id": "2.0", "text": "My dog is called Rex II"}
            ]
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.query_one(Composer).has_focus)
            pilot.app.query_one(Composer).insert("Hello")
            await until(pilot, lambda: len(requests(instance, "typing")) > 0)
            typed = [request["text"] for request in requests(instance, "typing")]
            assert typed == ["Hello"], "a correction is not what one says to a persona"

    run(scenario())


@pytest.mark.parametrize(
    ("keys", "persona"),
    [("fy", {}), ("fo", {"persona": "Paige"}), ("FY", {}), ("FO", {"persona": "Paige"})],
)
def test_forgetting_asks_first_and_then_forgets_for_whom_was_said(
    tmp_path: Path, keys: str, persona: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            await pilot.press(keys[0])
            await until(pilot, lambda: isinstance(pilot.app.screen, ForgetDialog))
            assert not asked(instance, "memory/forget")
            await pilot.press(keys[1])
            await until(pilot, lambda: "has forgotten it" in shown(pilot))
            assert asked(instance, "memory/forget") == [{"engram_ids": ["2.0"], **persona}]

    run(scenario())


@pytest.mark.parametrize("key", ["n", "N", "escape"])
def test_what_is_not_to_be_forgotten_after_all_stays(tmp_path: Path, key: str) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            await pilot.press("delete")
            await until(pilot, lambda: isinstance(pilot.app.screen, ForgetDialog))
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, MemoryScreen))
            assert not asked(instance, "memory/forget")

    run(scenario())


def test_forget_marks_what_holds_the_words_and_the_conversation_is_read_again_after_it(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await until(pilot, lambda: len(requests(instance, "history")) == 1)
            await type_line(pilot, "/forget is called")
            await opened(pilot)
            assert asked(instance, "memory/list")[-1]["text"] == "is called"
            await pilot.press("f")
            await until(pilot, lambda: isinstance(pilot.app.screen, ForgetDialog))
            await pilot.press("y")
            await until(pilot, lambda: "everybody has forgotten all 2" in shown(pilot))
            await pilot.press("escape")
            await until(pilot, lambda: len(requests(instance, "history")) == 2)

    run(scenario())


def test_what_is_said_and_not_remembered_is_found_by_its_words_and_taken_back(tmp_path: Path) -> None:
    message = {"message_id": "m-7", "row_id": 7, "speaker": "Joel", "channel": "general", "said_at_s": 0.0}

    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            listed = {"persona": "Paige", "count": 2, "engrams": [SISTER]}
            instance.commands["memory/list"] = {**listed, "messages": [{**message, "text": "hunter2"}]}
            instance.commands["transcript/withdraw"] = {"withdrawn": ["m-7"]}
            await type_line(pilot, "/forget hunter2")
            await opened(pilot)
            assert "not remembered in these words" in shown(pilot)
            await pilot.press("f")
            await until(pilot, lambda: isinstance(pilot.app.screen, ForgetDialog))
            await pilot.press("y")
            await until(pilot, lambda: "everybody has forgotten all 2" in shown(pilot))
            assert asked(instance, "memory/forget") == [{"engram_ids": ["1.0"]}]
            assert asked(instance, "transcript/withdraw") == [{"row_ids": [7]}]

    run(scenario())


def test_tab_goes_to_the_memories_of_the_next_persona(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            instance.commands["persona/status"] = status_of("Paige", "Bruno")
            await type_line(pilot, "/personas")
            await until(pilot, lambda: "Bruno" in str(pilot.app.query_one(Composer).placeholder))
            await pilot.press("f3")
            await opened(pilot)
            await pilot.press("tab")
            await until(
                pilot,
                lambda: [one["persona"] for one in asked(instance, "memory/list")] == ["Paige", "Bruno"],
            )

    run(scenario())


def test_a_refusal_is_said_and_the_list_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            del instance.commands["memory/forget"]
            await pilot.press("f")
            await until(pilot, lambda: isinstance(pilot.app.screen, ForgetDialog))
            await pilot.press("y")
            await until(pilot, lambda: "unknown command memory/forget" in shown(pilot))
            assert "My dog is called Rex" in shown(pilot)

    run(scenario())


def test_an_empty_memory_says_how_it_fills(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            instance.commands["memory/list"] = {"persona": "Paige", "count": 0, "engrams": []}
            await pilot.press("f3")
            await until(pilot, lambda: isinstance(pilot.app.screen, MemoryScreen))
            await until(pilot, lambda: "Nothing is remembered yet" in shown(pilot))

    run(scenario())


def test_what_is_marked_is_forgotten_together(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, Room()) as (pilot, instance):
            with_memories(instance)
            await pilot.press("f3")
            await opened(pilot)
            await pilot.press("space", "space")
            await until(pilot, lambda: "2 marked" in shown(pilot))
            await pilot.press("f")
            await until(pilot, lambda: isinstance(pilot.app.screen, ForgetDialog))
            await pilot.press("y")
            await until(pilot, lambda: "everybody has forgotten all 2" in shown(pilot))
            (forgotten,) = asked(instance, "memory/forget")
            assert sorted(forgotten["engram_ids"]) == ["1.0", "2.0"]

    run(scenario())
