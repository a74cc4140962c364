"""The terminal program, driven by its keys against a stand-in of the instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.widgets import Static

from substrate.errors import SubstrateError
from substrate.interface.terminal.app import SubstrateApp
from substrate.interface.terminal.boot import BootScreen
from substrate.interface.terminal.chat import ChatView, MessageView, Thinking
from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.mind import MindView
from tests.substrate.interface.driven_terminal import (
    NARROW,
    WIDE,
    Room,
    booting_terminal,
    foot,
    in_service,
    messages,
    mind_text,
    notices,
    replied,
    requests,
    run,
    said,
    say,
    status_text,
    terminal,
    text_of,
    type_line,
    until,
)
from tests.substrate.interface.fake_service import FakeInstance, status_of


@pytest.fixture
def room() -> Room:
    return Room()


def test_what_is_typed_is_sent_and_the_reply_is_shown(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hello"), ("Paige", "You said Hello")])
            await until(pilot, lambda: "160 ms" in mind_text(pilot))

    run(scenario())


def test_past_conversation_is_shown_at_the_start(tmp_path: Path, room: Room) -> None:
    room.past = [said("a", "Hi"), replied("b", "Hey", to="a")]

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hi"), ("Paige", "Hey")])

    run(scenario())


def test_each_room_has_its_own_conversation(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await say(pilot, "Hello")
            await type_line(pilot, "/room code")
            await until(pilot, lambda: messages(pilot) == [])
            await say(pilot, "Hello again")
            assert [request["channel"] for request in requests(instance, "message")] == ["general", "code"]

    run(scenario())


def test_help_names_every_command_and_key(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await pilot.press("f1")
            await until(pilot, lambda: "/memory [TEXT]" in notices(pilot))
            assert "Ctrl+R" in notices(pilot)

    run(scenario())


def test_an_unknown_command_is_explained_and_nothing_is_sent(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "/dance")
            await until(pilot, lambda: "there is no /dance" in notices(pilot))
            pilot.app.query_one(Composer).replace_text("")
            await say(pilot, "Hello")
            assert [request["text"] for request in requests(instance, "message")] == ["Hello"]

    run(scenario())


def test_escape_stops_the_reply(tmp_path: Path, room: Room) -> None:
    room.silent = True

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: ("Paige", "You said ") in messages(pilot))
            await pilot.press("escape")
            await until(pilot, lambda: len(requests(instance, "cancel")) == 1)

    run(scenario())


def test_up_edits_the_last_message_and_its_answer_is_replaced(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await say(pilot, "Helo")
            await pilot.press("up")
            composer = pilot.app.query_one(Composer)
            await until(pilot, lambda: composer.text == "Helo")
            composer.replace_text("Hello")
            await pilot.press("enter")
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hello"), ("Paige", "You said Hello")])
            (edit,) = requests(instance, "edit")
            assert edit["message_id"].startswith("t-")

    run(scenario())


def test_again_replaces_the_last_reply(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await say(pilot, "Hello")
            await pilot.press("ctrl+r")
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hello"), ("Paige", "You said it again")])
            assert not pilot.app.query(MessageView).last().has_class("follows"), "the new reply has no head"

    run(scenario())


def three_messages_in_a_row() -> list[dict[str, Any]]:
    """The last one was answered before the first."""
    messages = [said("a", "One"), said("b", "Two"), said("c", "Three")]
    return [*messages, replied("d", "To three", to="c"), replied("e", "To one", to="a")]


def test_only_the_answer_to_the_last_message_is_written_again(tmp_path: Path, room: Room) -> None:
    room.past = three_messages_in_a_row()

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await until(pilot, lambda: len(messages(pilot)) == 5)
            await pilot.press("ctrl+r")
            replies = [("Paige", "To one"), ("Paige", "You said it again")]
            await until(pilot, lambda: messages(pilot)[3:] == replies)

    run(scenario())


def test_a_message_that_is_changed_takes_its_own_answer_along_and_no_other(
    tmp_path: Path, room: Room
) -> None:
    room.past = three_messages_in_a_row()

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await until(pilot, lambda: len(messages(pilot)) == 5)
            await pilot.press("up")
            await until(pilot, lambda: pilot.app.query_one(Composer).text == "Three")
            pilot.app.query_one(Composer).replace_text("Four")
            await pilot.press("enter")
            shown = ["One", "Two", "To one", "Four", "You said Four"]
            await until(pilot, lambda: [text for _, text in messages(pilot)] == shown)

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
            await until(pilot, lambda: "My sis" in [typed["text"] for typed in requests(instance, "typing")])

    run(scenario())


def test_slash_commands_are_not_announced_as_typing(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            composer = pilot.app.query_one(Composer)
            for line in ("/memory x", "Hello"):
                composer.post_message(Composer.Typing(line))
            await until(pilot, lambda: len(requests(instance, "typing")) > 0)
            assert [typed["text"] for typed in requests(instance, "typing")] == ["Hello"]

    run(scenario())


def test_the_mind_stands_beside_a_wide_chat_and_behind_f2_in_a_narrow_one(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room, WIDE) as (pilot, _):
            await until(pilot, lambda: "4711" in mind_text(pilot))
            assert "hippocampus" in mind_text(pilot)
            await until(pilot, lambda: pilot.app.query_one(MindView).region.width > 0)
            await until(pilot, lambda: pilot.app.query_one(ChatView).region.width > 0)
            await pilot.resize_terminal(*NARROW)
            await until(pilot, lambda: not pilot.app.query_one(MindView).region.width)
            await pilot.press("f2")
            await until(pilot, lambda: pilot.app.query_one(MindView).region.width == NARROW[0])
            await pilot.press("f2")
            await until(pilot, lambda: pilot.app.query_one(ChatView).region.width > 0)

    run(scenario())


def test_how_often_a_region_was_restarted_can_be_read_beside_the_chat(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            mind = pilot.app.query_one(MindView)
            await until(pilot, lambda: mind.region.width > 0)
            await until(pilot, lambda: "restarted 2 times" in mind_text(pilot, mind.size.width))

    run(scenario())


def test_ctrl_c_stops_the_instance_and_ends_with_status_0(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await pilot.press("ctrl+c")
            await until(pilot, lambda: pilot.app.return_value == 0)
            assert instance.was_stopped.is_set()

    run(scenario())


def test_ctrl_c_while_it_boots_says_what_is_waited_for_and_ends_with_status_0(
    tmp_path: Path, room: Room
) -> None:
    async def scenario() -> None:
        async with booting_terminal(tmp_path, room) as (pilot, instance):
            await pilot.press("ctrl+c")
            shown = pilot.app.screen.query(Static)
            await until(pilot, lambda: any("ending once this is done" in text_of(part) for part in shown))
            await until(pilot, instance.was_stopped.is_set)
            instance.may_boot.set()
            await until(pilot, lambda: pilot.app.return_value == 0)

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


def test_nobody_can_speak_under_the_name_of_a_persona(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        instance = FakeInstance(tmp_path, room)
        app = SubstrateApp(instance, "paige")
        try:
            async with app.run_test(size=WIDE) as pilot:
                await until(pilot, lambda: app.failure is not None)
            assert "Paige is a persona here" in str(app.failure)
            assert "--user" in str(app.failure)
        finally:
            instance.stop()

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
            await until(pilot, lambda: ("Paige", "You said ") in messages(pilot))
            (sent,) = requests(instance, "message")
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


LOST = {"substrate_us": None, "ttft_ms": None, "total_ms": None}
MEASURED = {"substrate_us": 210.0, "ttft_ms": 31.0, "total_ms": 160.0, "written_tokens": 320}


@pytest.mark.parametrize(
    ("fields", "foot_text"),
    [
        ({"latency": MEASURED}, "first word after 31 ms, all after 160 ms"),
        ({"latency": {**LOST, "total_ms": 160.0}, "stopped": True}, "stopped after 160 ms"),
        (
            {"latency": MEASURED, "cut": True},
            "first word after 31 ms, cut at its limit of 320 tokens after 160 ms",
        ),
        ({"latency": LOST, "cut": True}, "cut at its limit of tokens"),
        ({"latency": LOST, "stopped": True}, "stopped"),
        ({"latency": LOST}, ""),
    ],
)
def test_a_reply_says_below_it_whether_it_is_whole(
    tmp_path: Path, room: Room, fields: dict[str, Any], foot_text: str
) -> None:
    room.reply_fields = fields

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await say(pilot, "Hello")
            assert foot(pilot) == foot_text

    run(scenario())


def test_a_reply_asked_for_anew_is_not_awaited_for_ever_when_the_service_dies(
    tmp_path: Path, room: Room
) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await say(pilot, "Hello")
            room.forgets_to_regenerate = True
            await pilot.press("ctrl+r")
            await until(pilot, lambda: len(requests(instance, "regenerate")) == 1)
            await until(pilot, lambda: messages(pilot)[1:] == [("Paige", "")])
            assert instance.service is not None
            await in_service(instance, instance.service.die())
            await in_service(instance, instance.service.start())
            await until(pilot, lambda: messages(pilot) == [])
            app = pilot.app
            assert isinstance(app, SubstrateApp)
            await until(pilot, lambda: app.is_answered)

    run(scenario())


def test_what_is_typed_while_it_boots_is_not_lost(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with booting_terminal(tmp_path, room) as (pilot, instance):
            await pilot.press(*"Hi", "enter", *"Hellp", "backspace", "o")
            instance.may_boot.set()
            await until(pilot, lambda: pilot.app.screen_stack[0].query_one(Composer).text == "Hello")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hi"), ("Paige", "You said Hi")])

    run(scenario())


def test_lines_that_are_pasted_while_it_boots_are_sent_together(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with booting_terminal(tmp_path, room) as (pilot, instance):
            screen = pilot.app.screen
            assert isinstance(screen, BootScreen)
            pilot.app.post_message(Paste("one\rtwo\r\nthree"))
            await until(pilot, lambda: bool(screen.typed_ahead))
            await pilot.press("enter")
            instance.may_boot.set()
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
            await until(pilot, lambda: messages(pilot)[:1] == [("Joel", "one\ntwo\nthree")])

    run(scenario())


@pytest.mark.parametrize("way_back", ["f2", "escape"])
def test_from_the_mind_of_a_narrow_terminal_there_is_a_way_back_to_typing(
    tmp_path: Path, room: Room, way_back: str
) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room, (80, 24)) as (pilot, _):
            await pilot.press("f2")
            await until(pilot, lambda: "F2 back to the chat" in status_text(pilot))
            await pilot.press(way_back)
            await until(pilot, lambda: "Enter send" in status_text(pilot))
            await until(pilot, lambda: pilot.app.query_one(Composer).has_focus)
            await pilot.press(*"Hi")
            await until(pilot, lambda: pilot.app.query_one(Composer).text == "Hi")

    run(scenario())


def test_a_mind_opened_in_a_narrow_terminal_is_no_choice_for_a_wide_one(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room, WIDE) as (pilot, _):
            await pilot.press("f2")
            await until(pilot, lambda: not pilot.app.query_one(MindView).region.width)
            await pilot.resize_terminal(*NARROW)
            await pilot.press("f2")
            await until(pilot, lambda: pilot.app.query_one(MindView).region.width == NARROW[0])
            await pilot.resize_terminal(*WIDE)
            await until(pilot, lambda: 0 < pilot.app.query_one(MindView).region.width < WIDE[0])
            await until(pilot, lambda: pilot.app.query_one(ChatView).region.width > 0)

    run(scenario())


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_key_hints_are_whole_at_any_width(tmp_path: Path, room: Room, columns: int) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room, (columns, 24)) as (pilot, _):

            def are_whole() -> bool:
                hints = status_text(pilot).rstrip("\n")
                ends_whole = hints.endswith(("help", "quit", "mind", "memories", "again", "edit"))
                return hints.startswith("Enter send   F1 help") and ends_whole and len(hints) <= columns - 4

            await until(pilot, are_whole)

    run(scenario())


def test_rooms_of_earlier_runs_are_listed(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            instance.commands["persona/status"] = status_of("Paige", rooms=("code", "garden"))
            await type_line(pilot, "/room")
            await until(pilot, lambda: "#garden" in notices(pilot))
            assert "#general" in notices(pilot)
            assert "you are here" in notices(pilot)

    run(scenario())


def test_a_command_that_does_not_exist_hints_at_the_ones_near_it(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await type_line(pilot, "/mem my sister")
            await until(pilot, lambda: "did you mean /memory [TEXT]?" in notices(pilot))
            assert pilot.app.query_one(Composer).text == "/mem my sister", "what was refused can be put right"

    run(scenario())


def test_a_persona_is_invited_and_dismissed(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            instance.commands["persona/enroll"] = {"name": "Bruno"}
            instance.commands["persona/status"] = status_of("Paige", "Bruno")
            await type_line(pilot, "/invite Bruno, a careful programmer")
            await until(pilot, lambda: "Bruno hears #general" in notices(pilot))
            enroll = {"name": "persona/enroll", "params": {"name": "Bruno", "role": "a careful programmer"}}
            assert enroll in instance.asked
            assert pilot.app.query_one(Composer).placeholder == "Write to Paige and Bruno…"
            instance.commands["persona/instances/shutdown"] = {"name": "Bruno"}
            instance.commands["persona/status"] = status_of("Paige")
            await type_line(pilot, "/dismiss bruno")
            await until(pilot, lambda: "Bruno answers no more" in notices(pilot))
            assert pilot.app.query_one(Composer).placeholder == "Write to Paige…"

    run(scenario())


def test_a_new_persona_needs_a_role(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "/invite Bruno")
            await until(pilot, lambda: "needs a role" in notices(pilot))
            assert not [asked for asked in instance.asked if asked["name"] == "persona/enroll"]

    run(scenario())


def test_who_invites_somebody_again_is_told_who_that_is(tmp_path: Path, room: Room) -> None:
    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "/invite paige, a thief")
            await until(pilot, lambda: "Paige was here already: a friend" in notices(pilot))
            assert all(asked["name"] != "persona/enroll" for asked in instance.asked)

    run(scenario())


def test_a_message_that_nobody_answers_is_not_left_without_a_word(tmp_path: Path, room: Room) -> None:
    room.nobody_answers = True

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await type_line(pilot, "Hello?")
            await until(pilot, lambda: "nobody in #general answers this" in notices(pilot))
            await until(pilot, lambda: messages(pilot) == [("Joel", "Hello?")])

    run(scenario())


def test_all_answers_to_the_last_message_are_written_again(tmp_path: Path, room: Room) -> None:
    room.answering = ("Paige", "Bruno")

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            await say(pilot, "Hello")
            assert len(messages(pilot)) == 3
            await pilot.press("ctrl+r")
            await until(
                pilot,
                lambda: (
                    messages(pilot)
                    == [("Joel", "Hello"), ("Paige", "You said it again"), ("Bruno", "You said it again")]
                ),
            )

    run(scenario())


def test_while_several_think_something_says_so(tmp_path: Path, room: Room) -> None:
    room.answering = ()

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            instance.commands["persona/status"] = status_of("Paige", "Bruno")
            await type_line(pilot, "/personas")
            await until(pilot, lambda: "Bruno" in notices(pilot))
            await type_line(pilot, "Hello")
            await until(pilot, lambda: pilot.app.query_one(Thinking).display)
            await until(pilot, lambda: "Esc stop the reply" in status_text(pilot))

    run(scenario())


def test_what_is_said_on_entering_a_room_stands_below_its_past(tmp_path: Path, room: Room) -> None:
    room.past = [{**said("a", "Hi"), "channel": "code"}]

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, _):
            composer = pilot.app.query_one(Composer)
            for line in ("/room code", "Back again"):
                composer.post_message(Composer.Submitted(line))
            shown = ["Hi", "Back again", "You said Back again"]
            await until(pilot, lambda: [text for _, text in messages(pilot)] == shown)

    run(scenario())


def test_a_reply_that_begins_anew_after_a_crash_is_not_added_to_what_came_before(
    tmp_path: Path, room: Room
) -> None:
    room.silent = True

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            await type_line(pilot, "Hello")
            await until(pilot, lambda: ("Paige", "You said ") in messages(pilot))
            service = instance.service
            assert service is not None
            await in_service(instance, service.die())
            await in_service(instance, service.start())
            await until(pilot, lambda: len(requests(instance, "resume")) == 1)
            await until(pilot, lambda: ("Paige", "") in messages(pilot))
            (sent,) = requests(instance, "message")
            piece = {"type": "delta", "persona": "Paige", "channel": "general", "in_reply_to": sent["id"]}
            instance.loop.call_soon_threadsafe(service.tell_all, {**piece, "text": "You s"})
            await until(pilot, lambda: messages(pilot)[1:] == [("Paige", "You s")])

    run(scenario())


def test_naming_a_persona_who_does_not_hear_the_room_says_so(tmp_path: Path, room: Room) -> None:
    room.absent = ("Cleo", "Bruno")

    async def scenario() -> None:
        async with terminal(tmp_path, room) as (pilot, instance):
            status = status_of("Paige", "Cleo", "Bruno")
            status["personas"][1]["channels"] = ["tales"]
            status["personas"][2]["state"] = "shut down"
            instance.commands["persona/status"] = status
            await type_line(pilot, "/personas")
            await until(pilot, lambda: "dismissed" in notices(pilot))
            await type_line(pilot, "cleo and Bruno, tell me a story")
            await until(pilot, lambda: "Cleo does not hear #general, only #tales" in notices(pilot))
            await until(pilot, lambda: "Bruno was dismissed" in notices(pilot))

    run(scenario())
