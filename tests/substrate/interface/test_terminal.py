"""The terminal program, driven by its keys against a stand-in of the instance."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Static

from substrate.errors import SubstrateError
from substrate.interface.terminal.app import SubstrateApp
from substrate.interface.terminal.chat import ChatView, MessageView
from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.mind import MindView
from tests.substrate.interface.fake_service import FakeInstance, accept_and_reply

WIDE, NARROW = (140, 42), (84, 30)

REGION = {
    "pid": 4711,
    "state": "ready",
    "restarts": 2,
    "last_tick_ms": 1.25,
    "cadence_s": 0.1,
    "published": 20,
    "consumed": 5,
    "misses": 1,
    "weight": 1.25,
}


class Room:
    """What the stand-in service answers; keeps what was said, as the real one does."""

    def __init__(self) -> None:
        self.past: list[dict[str, Any]] = []
        self.silent = False
        """Accept, but reply to nothing yet."""
        self.forgets_to_regenerate = False

    def __call__(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        channel = request.get("channel", "general")
        match request["op"]:
            case "history":
                past = [message for message in self.past if message["channel"] == channel]
                return [{"type": "history", "id": request["id"], "channel": channel, "messages": past}]
            case "edit":
                return accept_and_reply({**request, "op": "message", "channel": channel})
            case "regenerate" if self.forgets_to_regenerate:
                return []
            case "regenerate":
                again = {"op": "message", "id": request["id"], "channel": channel, "text": "it again"}
                return accept_and_reply(again)
            case "message" if self.silent:
                return accept_and_reply(request)[:2]
            case _:
                return accept_and_reply(request)


@pytest.fixture
def room() -> Room:
    return Room()


@asynccontextmanager
async def terminal(
    folder: Path, room: Room, size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Pilot[int], FakeInstance]]:
    """The program after its boot screen."""
    instance = FakeInstance(folder, room)
    instance.commands = {
        "region/stats": {"hippocampus": REGION, "attention": {**REGION, "pid": 4712}},
        "governor/status": {"phase": "active"},
    }
    app = SubstrateApp(instance, "Joel")
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: not app.query_one(Composer).disabled)
            await until(pilot, lambda: len(app.screen_stack) == 1)
            yield pilot, instance
    finally:
        instance.stop()


async def until(pilot: Pilot[int], is_true: Callable[[], bool]) -> None:
    """Let the program run until something holds."""
    async with asyncio.timeout(10):
        while not is_true():
            await pilot.pause(0.01)


async def type_line(pilot: Pilot[int], text: str) -> None:
    pilot.app.query_one(Composer).insert(text)
    await pilot.press("enter")


def messages(pilot: Pilot[int]) -> list[tuple[str, str]]:
    """What stands in the chat: who, and what."""
    return [(view.speaker_name, view.message_text) for view in pilot.app.query(MessageView)]


def text_of(widget: Static) -> str:
    """What a widget shows, without its colours."""
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(widget.content)
    return captured.get()


def notices(pilot: Pilot[int]) -> str:
    return "\n".join(text_of(notice) for notice in pilot.app.query(Static).filter(".notice"))


def mind_text(pilot: Pilot[int]) -> str:
    return "\n".join(text_of(part) for part in pilot.app.query_one(MindView).query(Static))


def run(scenario: Any) -> None:
    asyncio.run(scenario)


def test_what_is_typed_is_sent_and_the_reply_is_shown(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: messages(pilot)[1:] == [("Paige", "You said Hello")])
            assert messages(pilot)[0] == ("Joel", "Hello")
            assert "160 ms" in mind_text(pilot)

    run(scenario())


def test_past_conversation_is_shown_at_the_start(tmp_path: Path, room: Room) -> None:
    room.past = [
        {
            "channel": "general",
            "message_id": "a",
            "sender": "Joel",
            "persona_id": None,
            "text": "Hi",
            "at_s": 1.0,
        },
        {
            "channel": "general",
            "message_id": "b",
            "sender": "Paige",
            "persona_id": "p",
            "text": "Hey",
            "at_s": 2.0,
        },
    ]

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hi"), ("Paige", "Hey")])

    run(scenario())


def test_each_room_has_its_own_conversation(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: len(messages(pilot)) == 2)
            await type_line(pilot, "/room code")
            await until(pilot, lambda: messages(pilot) == [])
            await type_line(pilot, "Hello again")
            await until(pilot, lambda: len(messages(pilot)) == 2)
            assert instance.service is not None
            said = [request["channel"] for request in instance.service.requests if request["op"] == "message"]
            assert said == ["general", "code"]

    run(scenario())


def test_memory_shows_scores_and_what_they_are_made_of(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            engram = {
                "text": "My sister is called Oluwaseun",
                "speaker": "Joel",
                "channel": "general",
                "said_at_s": 0.0,
                "score": 0.75,
                "parts": {"lexical": 0.5, "recency": 0.25},
            }
            instance.commands["memory/recall"] = {"persona": "Paige", "engrams": [engram]}
            await type_line(pilot, "/memory sister")
            await until(pilot, lambda: "Oluwaseun" in notices(pilot))
            assert "0.75" in notices(pilot)
            assert "lexical 0.50" in notices(pilot)

    run(scenario())


def test_help_names_every_command_and_key(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await pilot.press("f1")
            await until(pilot, lambda: "/memory TEXT" in notices(pilot))
            assert "Ctrl+R" in notices(pilot)

    run(scenario())


def test_an_unknown_command_is_explained_and_nothing_is_sent(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "/dance")
            await until(pilot, lambda: "there is no /dance" in notices(pilot))
            assert instance.service is not None
            assert not [request for request in instance.service.requests if request["op"] == "message"]

    run(scenario())


def test_escape_stops_the_reply(tmp_path: Path, room: Room) -> None:
    room.silent = True

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: ("Paige", "You said ") in messages(pilot))
            await pilot.press("escape")
            assert instance.service is not None
            service = instance.service
            await until(pilot, lambda: any(request["op"] == "cancel" for request in service.requests))

    run(scenario())


def test_up_edits_the_last_message_and_its_answer_is_replaced(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "Helo")
            await until(pilot, lambda: len(messages(pilot)) == 2)
            await pilot.press("up")
            composer = pilot.app.query_one(Composer)
            assert composer.text == "Helo"
            composer.replace_text("Hello")
            await pilot.press("enter")
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hello"), ("Paige", "You said Hello")])
            assert instance.service is not None
            (edit,) = [request for request in instance.service.requests if request["op"] == "edit"]
            assert edit["message_id"].startswith("t-")

    run(scenario())


def test_again_replaces_the_last_reply(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: len(messages(pilot)) == 2)
            await pilot.press("ctrl+r")
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hello"), ("Paige", "You said it again")])
            assert not pilot.app.query(MessageView).last().has_class("follows"), "the new reply has no head"

    run(scenario())


def test_pasted_lines_stay_lines_and_are_sent_together(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await type_line(pilot, "one\ntwo\nthree")
            await until(pilot, lambda: ("Joel", "one\ntwo\nthree") in messages(pilot))

    run(scenario())


def test_what_is_being_typed_is_announced(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await pilot.press(*"My sis")
            assert instance.service is not None
            service = instance.service
            await until(
                pilot,
                lambda: any(
                    request["op"] == "typing" and request["text"] == "My sis" for request in service.requests
                ),
            )

    run(scenario())


def test_slash_commands_are_not_announced_as_typing(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await pilot.press(*"/memory x")
            await pilot.pause(0.3)
            assert instance.service is not None
            assert not [request for request in instance.service.requests if request["op"] == "typing"]

    run(scenario())


def test_the_mind_stands_beside_a_wide_chat_and_behind_f2_in_a_narrow_one(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room, WIDE) as (pilot, _):
            await until(pilot, lambda: "4711" in mind_text(pilot))
            assert "hippocampus" in mind_text(pilot)
            assert pilot.app.query_one(MindView).region.width > 0
            assert pilot.app.query_one(ChatView).region.width > 0
            await pilot.resize_terminal(*NARROW)
            await until(pilot, lambda: not pilot.app.query_one(MindView).region.width)
            await pilot.press("f2")
            await until(pilot, lambda: pilot.app.query_one(MindView).region.width == NARROW[0])
            await pilot.press("f2")
            await until(pilot, lambda: pilot.app.query_one(ChatView).region.width > 0)

    run(scenario())


def test_ctrl_c_stops_the_instance_and_ends_with_status_0(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await pilot.press("ctrl+c")
            await until(pilot, instance.was_stopped.is_set)
        assert pilot.app.return_value == 0

    run(scenario())


def test_a_failed_boot_ends_the_program_with_its_error(tmp_path: Path) -> None:
    async def scenario() -> None:
        broken = SubstrateError("there is no model file x.gguf", "check --model")
        app = SubstrateApp(FakeInstance(tmp_path, boot_error=broken), "Joel")
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.failure is not None)
        assert app.failure is broken
        assert app.return_value == 1

    run(scenario())


def test_an_instance_that_cannot_go_on_ends_the_program_with_its_error(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            instance.fail("the supervisor failed")
            app = pilot.app
            assert isinstance(app, SubstrateApp)
            await until(pilot, lambda: app.failure is not None)
        assert "the supervisor failed" in str(app.failure)

    run(scenario())


def test_reasoning_is_folded(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            assert instance.service is not None
            room.silent = True
            await type_line(pilot, "Hello")
            (sent,) = await asyncio.wrap_future(
                asyncio.run_coroutine_threadsafe(instance.service.wait_for("message"), instance.loop)
            )
            thought = {
                "type": "delta",
                "persona": "Paige",
                "channel": "general",
                "in_reply_to": sent["id"],
                "text": "Let me think about it",
                "thinking": True,
            }
            instance.loop.call_soon_threadsafe(instance.service.tell_all, thought)
            view = pilot.app.query(MessageView).last()
            await until(pilot, lambda: view.thoughts_title == "thoughts, 5 words")
            assert "think" not in view.message_text

    run(scenario())


def test_a_reply_asked_for_anew_is_not_awaited_for_ever_when_the_service_dies(
    tmp_path: Path, room: Room
) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: len(messages(pilot)) == 2)
            room.forgets_to_regenerate = True
            await pilot.press("ctrl+r")
            assert instance.service is not None
            service = instance.service
            await until(pilot, lambda: any(request["op"] == "regenerate" for request in service.requests))
            assert messages(pilot)[1:] == [("Paige", "")]
            for step in (service.die, service.start):
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(step(), instance.loop))
            await until(pilot, lambda: messages(pilot) == [])
            app = pilot.app
            assert isinstance(app, SubstrateApp)
            assert app.is_answered

    run(scenario())


def test_what_is_typed_while_it_boots_is_not_lost(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        instance = FakeInstance(tmp_path, room)
        instance.may_boot.clear()
        app = SubstrateApp(instance, "Joel")
        try:
            async with app.run_test(size=WIDE) as pilot:
                await until(pilot, lambda: len(app.screen_stack) == 2)
                await pilot.press(*"Hellp", "backspace", "o")
                instance.may_boot.set()
                await until(pilot, lambda: app.screen_stack[0].query_one(Composer).text == "Hello")
        finally:
            instance.stop()

    run(scenario())
