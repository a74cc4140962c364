"""The terminal program: boots the instance behind a boot screen, then carries the conversation."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from typing import Any

from rich.text import Text
from textual import events, on, work
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from substrate.errors import SubstrateError
from substrate.interface.client import ServiceClient
from substrate.interface.inputs import BadInput, checked_name, checked_text
from substrate.interface.instance_port import BootSummary, InstancePort
from substrate.interface.terminal import notices, slash
from substrate.interface.terminal.bars import key_hints, top_bar
from substrate.interface.terminal.boot import BootScreen
from substrate.interface.terminal.chat import ChatView
from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.conversation import Conversation
from substrate.interface.terminal.mind import POLL_INTERVALS_S, MindView
from substrate.interface.terminal.recall_table import recall_table
from substrate.interface.terminal.theme import DIM, THEME

FIRST_ROOM = "general"

_WIDE_COLUMNS = 112
_ENDS = (signal.SIGTERM, signal.SIGHUP)


class SubstrateApp(App[int]):
    """Exits with the program's status; `failure` says why when that is not 0."""

    CSS = """
    Screen { background: $background; }
    #top { height: 1; padding: 0 2; background: $surface; }
    #status { height: 1; padding: 0 2; color: #7d8496; }
    #conversation { width: 1fr; height: 1fr; }
    #composer { margin: 0 1; }
    .narrow.mind-open #conversation { display: none; }
    .narrow #mind { width: 1fr; border-left: none; }
    .mind-closed #mind { display: none; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual declares bindings this way
        Binding("ctrl+c", "leave", "quit", priority=True),
        Binding("f1", "help", "help"),
        Binding("f2", "toggle_mind", "mind"),
        Binding("ctrl+r", "again", "again"),
        Binding("escape", "stop", "stop"),
        Binding("pageup", "scroll_chat(-1)", show=False, priority=True),
        Binding("pagedown", "scroll_chat(1)", show=False, priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "persona substrate"

    def __init__(self, instance: InstancePort, user: str) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self._instance = instance
        self._user = user
        self._summary: BootSummary | None = None
        self._client: ServiceClient | None = None
        self._chat = ChatView()
        self._mind = MindView()
        self._composer = Composer()
        self._conversation: Conversation | None = None
        self._rooms = [FIRST_ROOM]
        self._unread: dict[str, int] = {}
        self._mind_wanted: bool | None = None
        """What the user chose with F2; None: as the width has it."""
        self._leaving = False

    @property
    def is_answered(self) -> bool:
        """Whether everything that was said has its answer."""
        return self._conversation is not None and not self._conversation.is_waiting

    def compose(self) -> ComposeResult:
        yield Static(id="top")
        with Horizontal():
            with Vertical(id="conversation"):
                yield self._chat
                yield self._composer
                yield Static(id="status")
            yield self._mind

    def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        self._lay_out(self.size.width)
        loop = asyncio.get_running_loop()
        for number in _ENDS:
            loop.add_signal_handler(number, self._shut_down)
        self._composer.disabled = True
        boot_screen = BootScreen()
        self.push_screen(boot_screen)
        self._boot(boot_screen)

    @work
    async def _boot(self, screen: BootScreen) -> None:
        def report(step: str) -> None:
            with contextlib.suppress(RuntimeError):  # the program is ending while it boots
                self.call_from_thread(screen.step, step)

        try:
            self._summary = await asyncio.to_thread(self._instance.boot, report)
        except Exception as error:
            if not self._leaving:
                self._fail(error)
            return
        screen.dismiss()
        self._begin(self._summary)
        self._composer.replace_text(screen.typed_ahead)

    def _begin(self, summary: BootSummary) -> None:
        self._client = ServiceClient(self._instance.service_socket, self._hear)
        self._client.start()
        self._conversation = Conversation(self._client, self._chat, self._user, summary.personas, FIRST_ROOM)
        self._composer.disabled = False
        self._composer.placeholder = f"Write to {' and '.join(summary.personas[:3])}…"
        self._composer.focus()
        self._watch_instance()
        self._watch_mind()
        self._enter(FIRST_ROOM)

    @work
    async def _watch_instance(self) -> None:
        """End with an error when the instance cannot go on."""
        error = await asyncio.to_thread(self._instance.wait_failed)
        if error is not None and not self._leaving:
            self._fail(error)

    @work
    async def _watch_mind(self) -> None:
        while not self._leaving:
            phase = "active"
            if self._mind.display:
                try:
                    phase = await self._look_at_mind()
                except Exception as error:
                    self._mind.show_trouble(str(error))
            await asyncio.sleep(POLL_INTERVALS_S[phase])

    async def _look_at_mind(self) -> str:
        """Draw the mind as it is; returns its phase."""
        stats, governor = await asyncio.to_thread(self._ask_mind)
        for answer in (stats, governor):
            if not answer["success"]:
                raise SubstrateError(answer["error"]["message"])
        phase = str(governor["data"]["phase"])
        self._mind.show_regions(stats["data"], phase)
        return phase

    def _ask_mind(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return (
            self._instance.command({"name": "region/stats", "params": {}}),
            self._instance.command({"name": "governor/status", "params": {}}),
        )

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self._leaving = True
        self.exit(1)

    # Events of the service

    def _hear(self, event: dict[str, Any]) -> None:
        assert self._conversation is not None
        room = event.get("channel")
        if room is not None and room != self._conversation.room:
            if event["type"] == "reply":
                self._unread[room] = self._unread.get(room, 0) + 1
        elif event["type"] == "history":
            self._show_history(event)
        else:
            turn = self._conversation.hear(event)
            if turn is not None:
                self._mind.show_turn(turn)
        self._draw_bars()

    def _show_history(self, event: Mapping[str, Any]) -> None:
        assert self._conversation is not None
        if event["messages"]:
            self._conversation.show_past(event["messages"])
        else:
            assert self._summary is not None
            self._chat.notice(notices.welcome(self._conversation.room, self._summary.personas), "welcome")

    # What the user does

    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        try:
            command = slash.parse(event.text)
            if command is not None:
                self._obey(*command)
                return
            text = event.text.removeprefix("/") if event.text.startswith("//") else event.text
            checked_text("text", text)
            conversation.say(text)
        except SubstrateError as error:
            self._chat.trouble(_plain(error.message), error.hint)
            if isinstance(error, BadInput):
                self._composer.replace_text(event.text)
        self._composer.set_class(conversation.is_editing, "editing")
        self._draw_bars()

    @on(Composer.Typing)
    def _typing(self, event: Composer.Typing) -> None:
        if self._conversation is not None and not event.text.startswith("/"):
            with contextlib.suppress(BadInput):
                self._conversation.type_ahead(event.text)

    @on(Composer.EditLast)
    def _edit_last(self) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        try:
            self._composer.replace_text(conversation.begin_edit())
            self._composer.add_class("editing")
        except SubstrateError as error:
            self._chat.trouble(error.message, error.hint)
        self._draw_bars()

    def _obey(self, command: slash.SlashCommand, argument: str) -> None:
        match command.name:
            case "room" if argument:
                self._enter(checked_name("room", argument.lstrip("#").strip()))
            case "room":
                self._list_rooms()
            case "memory":
                self._recall(argument)
            case "again":
                self.action_again()
            case "edit":
                self._edit_last()
            case "mind":
                self.action_toggle_mind()
            case "help":
                self.action_help()
            case "quit":
                self._shut_down()

    def _enter(self, room: str) -> None:
        assert self._conversation is not None
        if room not in self._rooms:
            self._rooms.append(room)
        self._unread.pop(room, None)
        self._conversation.enter(room)
        self._composer.remove_class("editing")
        self._draw_bars()

    def _list_rooms(self) -> None:
        assert self._conversation is not None
        self._chat.notice(notices.rooms(self._rooms, self._conversation.room))

    @work
    async def _recall(self, text: str) -> None:
        assert self._conversation is not None and self._summary is not None
        envelope = {
            "name": "memory/recall",
            "params": {
                "query": text,
                "channel": self._conversation.room,
                "persona": self._summary.personas[0],
                "limit": 8,
            },
        }
        answer = await asyncio.to_thread(self._instance.command, envelope)
        if not answer["success"]:
            self._chat.trouble(answer["error"]["message"], answer["error"].get("hint", ""))
            return
        self._chat.notice(recall_table(text, answer["data"]))

    def action_again(self) -> None:
        if self._conversation is None:
            return
        try:
            self._conversation.again()
        except SubstrateError as error:
            self._chat.trouble(error.message, error.hint)
        self._draw_bars()

    def action_stop(self) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        if conversation.is_editing:
            conversation.end_edit()
            self._composer.replace_text("")
            self._composer.remove_class("editing")
        elif conversation.is_waiting:
            conversation.stop()
        self._draw_bars()

    def action_help(self) -> None:
        self._chat.notice(notices.help_table())

    def action_toggle_mind(self) -> None:
        self._mind_wanted = self.screen.has_class("mind-closed")
        self._lay_out(self.size.width)

    def action_scroll_chat(self, direction: int) -> None:
        if direction < 0:
            self._chat.scroll_page_up()
        else:
            self._chat.scroll_page_down()

    async def action_leave(self) -> None:
        if marked := self.screen.get_selected_text():
            self.copy_to_clipboard(marked)
            self.screen.clear_selection()
            return
        self._shut_down()

    @work
    async def _shut_down(self) -> None:
        """Stop the instance first: threads that wait for it must end before the loop can."""
        if self._leaving:
            return
        self._leaving = True
        self.query_one("#status", Static).update(Text("saying goodbye…", style=DIM))
        if self._client is not None:
            await self._client.close()
        await asyncio.to_thread(self._instance.stop)
        self.exit(0)

    # What is drawn around the conversation

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out(event.size.width)

    def _lay_out(self, width: int) -> None:
        wide = width >= _WIDE_COLUMNS
        is_open = wide if self._mind_wanted is None else self._mind_wanted
        base = self.screen_stack[0] if self.screen_stack else None
        if base is not None:
            base.set_class(not wide, "narrow")
            base.set_class(is_open, "mind-open")
            base.set_class(not is_open, "mind-closed")
            if wide or not is_open:
                # What is hidden loses the keyboard, and shown again does not get it back by itself.
                self.call_after_refresh(self._composer.focus)
        self._draw_bars()

    def _draw_bars(self) -> None:
        if self._summary is None or self._conversation is None:
            return
        conversation, base = self._conversation, self.screen_stack[0]
        bar = top_bar(self._summary, conversation.room, self._unread, self.size.width)
        base.query_one("#top", Static).update(bar)
        hints = key_hints(is_editing=conversation.is_editing, is_waiting=conversation.is_waiting)
        base.query_one("#status", Static).update(hints)


def _plain(message: str) -> str:
    """The terminal has no fields: what the JSON lines call `text` is the message."""
    return message.replace("`text`", "the message").replace("`room`", "the room's name")


class TerminalFailed(SubstrateError):
    """The terminal program itself failed."""


def run_terminal(instance: InstancePort, user: str) -> Exception | None:
    """Run until the user leaves; returns the error that ended it, if one did."""
    app = SubstrateApp(instance, user)
    app.run()
    if app.failure is None and app.return_code:
        return TerminalFailed("the terminal program failed", "the end of the log in the home says where")
    return app.failure
