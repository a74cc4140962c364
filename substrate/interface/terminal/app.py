"""The terminal program: boots the instance behind a boot screen, watches over it, and ends it in order."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from textual import on, work
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.worker import Worker

from substrate.end_signals import END_SIGNALS
from substrate.errors import SubstrateError
from substrate.interface.client import ServiceClient
from substrate.interface.instance_commands import asker
from substrate.interface.instance_port import BootSummary, InstancePort
from substrate.interface.terminal.bars import Doing, key_hints
from substrate.interface.terminal.boot import BootScreen
from substrate.interface.terminal.composer import Composer
from substrate.interface.terminal.main_screen import MainScreen
from substrate.interface.terminal.memory_view import Question
from substrate.interface.terminal.mind import POLL_INTERVALS_S
from substrate.interface.terminal.presence import Presence
from substrate.interface.terminal.session import FIRST_ROOM, Session
from substrate.interface.terminal.theme import THEME


class SubstrateApp(App[int]):
    """Exits with the program's status; `failure` says why when that is not 0."""

    BINDINGS = [Binding("ctrl+c", "leave", "quit", priority=True)]  # noqa: RUF012 - as Textual declares them
    ENABLE_COMMAND_PALETTE = False
    TITLE = "persona substrate"

    def __init__(self, instance: InstancePort, user: str) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self._instance = instance
        self._ask = asker(instance)
        self._user = user
        self._client: ServiceClient | None = None
        self._main = MainScreen()
        self._boot_screen = BootScreen()
        self._booting: Worker[None] | None = None
        self._session: Session | None = None
        self._leaving = False

    @property
    def is_answered(self) -> bool:
        """Whether everything that was said has its answer."""
        return self._session is not None and self._session.is_answered

    def get_default_screen(self) -> Screen[None]:
        return self._main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return THEME.variables

    # From start to end

    def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        loop = asyncio.get_running_loop()
        for number in END_SIGNALS:
            loop.add_signal_handler(number, self._shut_down)
        self._main.composer.disabled = True
        self.push_screen(self._boot_screen)
        self._booting = self._boot(self._boot_screen)

    @work
    async def _boot(self, screen: BootScreen) -> None:
        def report(step: str) -> None:
            with contextlib.suppress(RuntimeError):  # the program is ending while it boots
                self.call_from_thread(screen.step, step)

        try:
            summary = await asyncio.to_thread(self._instance.boot, report)
            presence = Presence.of(await self._ask("persona/status"))
            self._require_own_name(presence)
        except Exception as error:
            if not self._leaving:
                self._fail(error)
            return
        if self._leaving:
            return
        screen.dismiss()
        session = self._begin(summary, presence)
        self._main.composer.replace_text(screen.typed_ahead)
        for line in screen.entered:
            session.submit(line)

    def _require_own_name(self, presence: Presence) -> None:
        """Raises NameOfAPersona: the service would refuse every word that is said under such a name."""
        persona = presence.find(self._user)
        if persona is not None:
            raise NameOfAPersona(
                f"you would speak as {self._user!r}, and {persona.name} is a persona here",
                "say with --user NAME what you are called",
            )

    def _begin(self, summary: BootSummary, presence: Presence) -> Session:
        self._client = ServiceClient(self._instance.service_socket, self._hear)
        self._session = Session(
            self._main, self._client, self._ask, self._user, summary.model, presence, self._shut_down
        )
        self._client.start()
        self._main.composer.disabled = False
        self._main.composer.focus()
        self._watch_instance()
        self._watch_mind()
        self._session.enter(FIRST_ROOM)
        return self._session

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
            if self._main.mind.display:
                try:
                    phase = await self._look_at_mind()
                except SubstrateError as error:
                    self._main.mind.show_trouble(str(error))
            await asyncio.sleep(POLL_INTERVALS_S[phase])

    async def _look_at_mind(self) -> str:
        """Draw the mind as it is; returns its phase."""
        stats = await self._ask("region/stats")
        phase = str((await self._ask("governor/status"))["phase"])
        self._main.mind.show_regions(stats, phase)
        return phase

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self._leaving = True
        self.exit(1)

    @work
    async def _shut_down(self) -> None:
        """Stop the instance first: threads that wait for it must end before the loop can."""
        if self._leaving:
            return
        self._leaving = True
        self._main.show_status(key_hints(Doing.LEAVING, self.size.width))
        self._boot_screen.show_leaving()
        if self._client is not None:
            await self._client.close()
        await asyncio.to_thread(self._instance.stop)
        if self._booting is not None:
            # A thread that compiles cannot be stopped. The screen says so as long as it is there.
            await self._booting.wait()
        self.exit(0)

    # What the service says and what the user does, for the session

    def _hear(self, event: dict[str, Any]) -> None:
        if self._session is not None and not self._leaving:
            self._session.hear(event)

    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        if self._session is not None:
            self._session.submit(event.text)

    @on(Composer.Typing)
    def _typing(self, event: Composer.Typing) -> None:
        if self._session is not None:
            self._session.type_ahead(event.text)

    @on(Composer.EditLast)
    def action_edit_last(self) -> None:
        if self._session is not None:
            self._session.edit_last()

    @on(MainScreen.LaidOut)
    def _laid_out(self) -> None:
        if self._session is not None:
            self._session.draw()

    def action_again(self) -> None:
        if self._session is not None:
            self._session.again()

    def action_stop(self) -> None:
        if self._session is not None:
            self._session.stop()

    def action_help(self) -> None:
        if self._session is not None:
            self._session.help()

    def action_memories(self) -> None:
        if self._session is not None:
            self._session.open_memories(Question.newest())

    def action_leave(self) -> None:
        if marked := self.screen.get_selected_text():
            self.copy_to_clipboard(marked)
            self.screen.clear_selection()
            return
        self._shut_down()


class NameOfAPersona(SubstrateError):
    """The user's name is that of a persona."""


class TerminalFailed(SubstrateError):
    """The terminal program itself failed."""


def run_terminal(instance: InstancePort, user: str) -> Exception | None:
    """Run until the user leaves; returns the error that ended it, if one did."""
    app = SubstrateApp(instance, user)
    app.run()
    if app.failure is None and app.return_code:
        return TerminalFailed("the terminal program failed", "the end of the log in the home says where")
    return app.failure
