"""What the user does once everything runs: talks, goes from room to room, asks who and what there is.

Between the program, which starts and ends things, and the conversation, which is one room at a time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from substrate.errors import SubstrateError
from substrate.interface.client import ServiceClient
from substrate.interface.inputs import BadInput, checked_name, checked_text
from substrate.interface.instance_commands import Ask
from substrate.interface.instance_port import ModelSummary
from substrate.interface.terminal import notices, slash
from substrate.interface.terminal.bars import Doing, key_hints, top_bar
from substrate.interface.terminal.conversation import Conversation
from substrate.interface.terminal.main_screen import MainScreen
from substrate.interface.terminal.memory_screen import MemoryScreen
from substrate.interface.terminal.memory_view import Question
from substrate.interface.terminal.presence import Presence, joined

FIRST_ROOM = "general"
_BAR_MARGIN_CELLS = 4


class Session:
    """One user in front of one booted instance. Used on the app's loop."""

    def __init__(
        self,
        screen: MainScreen,
        client: ServiceClient,
        ask: Ask,
        user: str,
        model: ModelSummary,
        presence: Presence,
        quit_program: Callable[[], object],
    ) -> None:
        self._screen = screen
        self._chat = screen.chat
        self._composer = screen.composer
        self._ask = ask
        self._model = model
        self._presence = presence
        self._quit = quit_program
        self._visited: list[str] = []
        self._unread: dict[str, int] = {}
        self._held: list[str] = []
        """What was typed before the room's past was shown."""
        self._user = user
        self._conversation = Conversation(client, self._chat, user, FIRST_ROOM)

    @property
    def is_answered(self) -> bool:
        """Whether everything that was said has its answer."""
        return not self._conversation.is_waiting

    def enter(self, room: str) -> None:
        """Go to a room, which comes into being with the first word that is said there."""
        if room not in self._visited:
            self._visited.append(room)
        self._unread.pop(room, None)
        self._conversation.enter(room)
        self._meet()

    # What is heard

    def hear(self, event: dict[str, Any]) -> None:
        """Take in one event of the service."""
        room = event.get("channel")
        if room is not None and room != self._conversation.room:
            if event["type"] == "reply":
                self._unread[room] = self._unread.get(room, 0) + 1
        elif event["type"] == "history":
            self._show_past(event)
        else:
            turn = self._conversation.hear(event)
            if turn is not None:
                self._screen.mind.show_turn(turn)
        self.draw()

    def _show_past(self, event: Mapping[str, Any]) -> None:
        self._conversation.show_past(event["messages"])
        if not event["messages"]:
            room = self._conversation.room
            is_first = not self._presence.rooms and len(self._visited) == 1
            welcome = notices.welcome(room, self._presence.present(room), is_first=is_first)
            self._chat.notice(welcome, "welcome")
        held, self._held = self._held, []
        for text in held:
            self.submit(text)

    # What is typed

    def submit(self, text: str) -> None:
        """A message, or a command behind a slash. What is refused stays in the input line."""
        if self._conversation.is_entering and text.strip() != "/quit":
            self._held.append(text)
            return
        try:
            command = slash.parse(text)
            if command is not None:
                self._obey(*command)
            else:
                said = text.removeprefix("/") if text.startswith("//") else text
                checked_text("text", said)
                self._conversation.say(said)
        except SubstrateError as error:
            self._chat.trouble(_plain(error.message), error.hint)
            if isinstance(error, BadInput | slash.UnknownSlashCommand):
                self._composer.replace_text(text)
        self.draw()

    def type_ahead(self, text: str) -> None:
        """What stands in the line so far: memory and model read it ahead. Commands are nobody's business."""
        if not text.startswith("/"):
            with contextlib.suppress(BadInput):
                self._conversation.type_ahead(text)

    def _obey(self, command: slash.SlashCommand, argument: str) -> None:
        match command.name:
            case "room" if argument:
                self.enter(checked_name("room", argument.lstrip("#").strip()))
            case "room":
                self._run(self._list_rooms())
            case "memory":
                self.open_memories(Question.recall(argument) if argument else Question.newest())
            case "forget":
                self.open_memories(Question.holding(argument))
            case "personas":
                self._run(self._list_personas())
            case "invite":
                self._run(self._invite(argument))
            case "dismiss":
                self._run(self._dismiss(argument))
            case "again":
                self.again()
            case "edit":
                self.edit_last()
            case "mind":
                self._screen.action_toggle_mind()
            case "help":
                self.help()
            case "quit":
                self._quit()

    # Rooms and personas

    async def _list_rooms(self) -> None:
        await self._look_around()
        known = self._presence.all_rooms(self._visited)
        self._chat.notice(notices.rooms(known, self._conversation.room, self._unread, self._presence))

    async def _list_personas(self) -> None:
        await self._look_around()
        self._chat.notice(notices.personas(self._presence, self._conversation.room))

    async def _invite(self, argument: str) -> None:
        name, _, role = (part.strip() for part in argument.partition(","))
        known = self._presence.find(name)
        if known is None and not role:
            raise slash.UnknownSlashCommand(
                f"{name} is new here, and needs a role", f"for example: /invite {name}, a careful programmer"
            )
        if known is None:
            name = (await self._ask("persona/enroll", name=name, role=role))["name"]
        elif not known.is_live:
            name = (await self._ask("persona/instances/bootstrap", persona=known.name))["name"]
        await self._look_around()
        here = self._conversation.room
        if known is not None and known.is_live:
            self._chat.notice(notices.done(f"{known.name} was here already: {known.role}"))
        else:
            hears = "hears" if name in self._presence.present(here) else "does not hear"
            self._chat.notice(notices.done(f"{name} {hears} #{here} from now on"))

    async def _dismiss(self, name: str) -> None:
        persona = await self._ask("persona/instances/shutdown", persona=name)
        await self._look_around()
        self._chat.notice(notices.done(f"{persona['name']} answers no more, until you /invite {name} again"))

    async def _look_around(self) -> None:
        self._presence = Presence.of(await self._ask("persona/status"))
        self._meet()

    def _meet(self) -> None:
        """Let everything that names who is here know."""
        present = self._presence.present(self._conversation.room)
        self._conversation.meet(self._presence)
        self._composer.placeholder = f"Write to {joined(present)}…" if present else "Nobody hears this room…"
        self.draw()

    # Memories

    def open_memories(self, question: Question) -> None:
        """Show memories in front of everything."""
        room = self._conversation.room
        screen = MemoryScreen(self._ask, self._presence.names, self._user, room, question)
        self._screen.app.push_screen(screen, self._memories_closed)

    def _memories_closed(self, has_forgotten: bool | None) -> None:
        if has_forgotten:
            self.enter(self._conversation.room)

    # The last message and its answer

    def again(self) -> None:
        self._try(self._conversation.again)

    def edit_last(self) -> None:
        self._try(lambda: self._composer.replace_text(self._conversation.begin_edit()))

    def stop(self) -> None:
        """Leave editing, or stop the reply."""
        if self._conversation.is_editing:
            self._conversation.end_edit()
            self._composer.replace_text("")
        elif self._conversation.is_waiting:
            self._conversation.stop()
        self.draw()

    def help(self) -> None:
        self._chat.notice(notices.help_table())

    # What stands around the conversation

    def draw(self) -> None:
        """Bring everything around the conversation up to date."""
        conversation, width = self._conversation, self._screen.size.width
        doing = Doing.TALKING
        if self._screen.is_mind_alone:
            doing = Doing.WATCHING_THE_MIND
        elif conversation.is_editing:
            doing = Doing.EDITING
        elif conversation.is_waiting:
            doing = Doing.WAITING
        present = self._presence.present(conversation.room)
        self._screen.show_bars(
            top_bar(present, conversation.room, self._unread, self._model, width - _BAR_MARGIN_CELLS),
            key_hints(doing, width - _BAR_MARGIN_CELLS),
        )
        self._screen.thinking.display = conversation.is_thinking
        self._composer.set_class(conversation.is_editing, "editing")

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except SubstrateError as error:
            self._chat.trouble(error.message, error.hint)
        self.draw()

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        """See to something that takes a moment, beside the conversation; what goes wrong is said in it."""

        async def run() -> None:
            try:
                await errand
            except SubstrateError as error:
                self._chat.trouble(_plain(error.message), error.hint)

        self._screen.run_worker(run())


def _plain(message: str) -> str:
    """The terminal has no fields: what the JSON lines call `text` is the message."""
    return message.replace("`text`", "the message").replace("`room`", "the room's name")
