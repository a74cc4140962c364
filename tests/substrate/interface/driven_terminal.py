"""Driving the terminal program by its keys, and reading what it shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Static

from substrate.interface.terminal.app import SubstrateApp
from substrate.interface.terminal.chat import MessageView
from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.mind import MindView
from tests.substrate.interface.fake_service import PATIENCE_S, FakeInstance, accept_and_reply

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
        self.nobody_answers = False
        self.absent: tuple[str, ...] = ()
        """Whom messages name who does not hear them."""
        self.answering: tuple[str, ...] = ("Paige",)
        """Who replies; nobody: the message stays open."""
        self.reply_fields: dict[str, Any] = {}
        """What is different about replies."""
        self._last_id: dict[str, Any] = {}
        """What the last message of each room was sent with."""

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
            case "message" if self.nobody_answers:
                accepted, *_, done = accept_and_reply(request)
                return [accepted, done]
            case "regenerate":
                said = [message["message_id"] for message in self.past if message["persona_id"] is None]
                last_id = self._last_id.get(channel) or said[-1]
                return self._replies({"op": "message", "id": last_id, "channel": channel, "text": "it again"})
            case "message" if self.silent:
                return accept_and_reply(request)[:2]
            case "message":
                self._last_id[channel] = request["id"]
                return self._replies(request)
            case _:
                return []

    def _replies(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """One reply of everybody who answers, then the end."""
        accepted, _, _, reply, done = accept_and_reply(request)
        accepted["absent"] = list(self.absent)
        replies = [
            {**reply, "persona": name, "persona_id": name, **self.reply_fields} for name in self.answering
        ]
        return [accepted, *replies, *([done] if replies else [])]


def said(message_id: str, text: str) -> dict[str, Any]:
    """A message of the user's in the past of #general."""
    return {
        "channel": "general",
        "message_id": message_id,
        "sender": "Joel",
        "persona_id": None,
        "text": text,
        "at_s": 1.0,
        "in_reply_to": None,
    }


def replied(message_id: str, text: str, *, to: str) -> dict[str, Any]:
    """A reply of Paige's there."""
    return {**said(message_id, text), "sender": "Paige", "persona_id": "p", "in_reply_to": to}


@asynccontextmanager
async def terminal(
    folder: Path, room: Room, size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Pilot[int], FakeInstance]]:
    """The program after its boot screen."""
    instance = FakeInstance(folder, room)
    instance.commands |= {
        "region/stats": {"hippocampus": REGION, "attention": {**REGION, "pid": 4712}},
        "governor/status": {"phase": "active"},
    }
    app = SubstrateApp(instance, "Joel")
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: len(app.screen_stack) == 1)
            await until(pilot, lambda: app.query_one(Composer).has_focus)
            yield pilot, instance
    finally:
        instance.stop()


@asynccontextmanager
async def booting_terminal(folder: Path, room: Room) -> AsyncIterator[tuple[Pilot[int], FakeInstance]]:
    """The program at its boot screen, until the instance's `may_boot` is set."""
    instance = FakeInstance(folder, room)
    instance.may_boot.clear()
    app = SubstrateApp(instance, "Joel")
    try:
        async with app.run_test(size=WIDE) as pilot:
            await until(pilot, lambda: len(app.screen_stack) == 2)
            yield pilot, instance
    finally:
        instance.may_boot.set()
        instance.stop()


async def until(pilot: Pilot[int], is_true: Callable[[], bool]) -> None:
    """Let the program run until something holds, which must be before it ends.

    A key that was pressed may take effect at any time after `press`: what follows from it is awaited here.
    """
    app = pilot.app
    deadline_s = time.monotonic() + PATIENCE_S
    while not is_true():
        assert app.is_running, "the program has ended"
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S} s; shown: {messages(pilot)}"
        await pilot.pause()


async def type_line(pilot: Pilot[int], text: str) -> None:
    """Type a line and send it off; returns before anything has come of it."""
    pilot.app.query_one(Composer).insert(text)
    await pilot.press("enter")


async def say(pilot: Pilot[int], text: str) -> None:
    """Say something, and wait for the end of all that becomes of it."""
    app = pilot.app
    assert isinstance(app, SubstrateApp)
    await type_line(pilot, text)
    await until(pilot, lambda: ("Joel", text) in messages(pilot) and app.is_answered)


async def in_service(instance: FakeInstance, step: Coroutine[Any, Any, Any]) -> Any:
    """Run something on the loop of the stand-in service."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(step, instance.loop))


def messages(pilot: Pilot[int]) -> list[tuple[str, str]]:
    """What stands in the chat: who, and what."""
    return [(view.speaker_name, view.message_text) for view in pilot.app.query(MessageView)]


def text_of(widget: Static, width: int = 120) -> str:
    """What a widget shows, without its colours."""
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(widget.content)
    return captured.get()


def notices(pilot: Pilot[int]) -> str:
    return "\n".join(text_of(notice) for notice in pilot.app.query(Static).filter(".notice"))


def mind_text(pilot: Pilot[int], width: int = 120) -> str:
    return "\n".join(text_of(part, width) for part in pilot.app.query_one(MindView).query(Static))


def run(scenario: Any) -> None:
    asyncio.run(scenario)


def foot(pilot: Pilot[int]) -> str:
    """The line below the last message; empty when it has none."""
    widget = pilot.app.query(MessageView).last().query_one(".foot", Static)
    return text_of(widget).strip() if widget.display else ""


def requests(instance: FakeInstance, op: str) -> list[dict[str, Any]]:
    """What the service was sent of one kind."""
    assert instance.service is not None
    return [request for request in instance.service.requests if request["op"] == op]


def status_text(pilot: Pilot[int]) -> str:
    """The line with the keys that do something now."""
    return text_of(pilot.app.screen.query_one("#status", Static))
