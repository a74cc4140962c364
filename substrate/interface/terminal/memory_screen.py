"""The memories of a persona, to look through, correct and forget: a list, and beside it the chosen one.

One place for all that can be done with a memory, so that nobody has to copy its number into a command.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from substrate.errors import SubstrateError
from substrate.interface.instance_commands import Ask
from substrate.interface.terminal.bars import hint_line
from substrate.interface.terminal.chat import trouble_text
from substrate.interface.terminal.memory_dialogs import CorrectDialog, ForgetDialog, Forgetting
from substrate.interface.terminal.memory_view import Memory, Question, Wanted, listed, whole
from substrate.interface.terminal.notices import done
from substrate.interface.terminal.presence import joined
from substrate.interface.terminal.theme import DIM, GOOD, PERSONA, TEXT

_WIDE_COLUMNS = 112
_NARROW_CELLS = 76
_MARGIN_CELLS = 4
_MOST_LISTED = 1000
"""What `memory/list` gives at most."""
_MOST_RECALLED = 50
_PLACEHOLDER = "What comes to mind for… (empty: the newest)"
_NONE_AT_ALL = "Nothing is remembered yet. What is said is remembered by itself."


class MemoryScreen(Screen[bool]):
    """Dismissed with whether messages were taken back, so that the conversation must be read again."""

    DEFAULT_CSS = """
    MemoryScreen {
        background: $background;
        & #title { height: 1; padding: 0 2; background: $surface; }
        & #query { margin: 0 1; background: $surface; border: round $border; padding: 0 1; height: 3; }
        & #query:focus { border: round $primary 60%; }
        & #said { height: auto; max-height: 4; padding: 0 3; display: none; }
        & #both { height: 1fr; layout: vertical; }
        & #list {
            width: 1fr; height: 1fr; margin: 0 1; padding: 0; border: none; background: $background;
            scrollbar-size-vertical: 1; scrollbar-color: $border; scrollbar-background: $background;
            &:focus { border: none; background-tint: $background 0%; }
            & > .option-list--option { padding: 0 1 1 1; }
            & > .option-list--option-highlighted { background: $panel; text-style: none; }
        }
        & #detail {
            height: auto; max-height: 55%; padding: 0 2; background: $surface; border-top: solid $border;
            scrollbar-size-vertical: 1; scrollbar-color: $border; scrollbar-background: $surface;
        }
        & #hints { height: 1; padding: 0 2; }
        &.wide #both { layout: horizontal; }
        &.wide #detail {
            width: 60; height: 1fr; max-height: 100%; padding: 1 2; border-top: none;
            border-left: vkey $border;
        }
    }
    """
    BINDINGS = [  # noqa: RUF012 - Textual declares bindings this way
        Binding("escape,f3", "back"),
        Binding("slash", "find"),
        Binding("e,E,enter", "correct"),
        Binding("space", "mark"),
        Binding("f,F,delete", "forget"),
        Binding("tab", "next_persona", priority=True),
    ]

    def __init__(self, ask: Ask, personas: Sequence[str], user: str, room: str, question: Question) -> None:
        """`user` is who asks, `room` where they are: what is recalled depends on both."""
        super().__init__()
        self._ask = ask
        self._personas = personas
        self._persona = personas[0]
        self._user = user
        self._room = room
        self._question = question
        self._memories: list[Memory] = []
        self._best_score = 1.0
        self._count = 0
        self._marked: set[str] = set()
        self._has_forgotten = False
        self._title = Static(id="title")
        self._query = Input(question.text, placeholder=_PLACEHOLDER, id="query")
        self._said = Static(id="said")
        self._list = OptionList(id="list", markup=False)
        self._detail = Static()
        self._beside = VerticalScroll(self._detail, id="detail", can_focus=False)
        self._hints = Static(id="hints")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._query
        yield self._said
        with Container(id="both"):
            yield self._list
            yield self._beside
        yield self._hints

    def on_mount(self) -> None:
        self._list.focus()
        self._see_to(self._look())

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= _WIDE_COLUMNS, "wide")
        self._draw_bars()
        self.call_after_refresh(self._draw_detail, self._list.highlighted or 0)

    # What is shown

    async def _look(self, chosen: int = 0) -> None:
        """Ask for the memories and show them, with the one at `chosen` under the cursor."""
        question = self._question
        if question.wanted is Wanted.RECALLED:
            answer = await self._ask(
                "memory/recall",
                query=question.text,
                persona=self._persona,
                channel=self._room,
                asker=self._user,
                limit=_MOST_RECALLED,
            )
        else:
            words = question.text if question.wanted is Wanted.HOLDING else None
            answer = await self._ask("memory/list", persona=self._persona, text=words, limit=_MOST_LISTED)
        self._memories = [Memory.of(engram) for engram in answer["engrams"]]
        self._memories += [Memory.unremembered(message) for message in answer.get("messages", ())]
        self._count = int(answer.get("count", len(self._memories)))
        ids = {memory.key for memory in self._memories}
        if question.wanted is Wanted.HOLDING and ids:
            self._marked = ids
            self._say(Text("F forgets what is marked, Space takes one out", style=DIM))
        else:
            self._marked &= ids
        self._fill(chosen)

    def _fill(self, chosen: int) -> None:
        self._best_score = max((memory.score or 0.0 for memory in self._memories), default=0.0) or 1.0
        options = [Option(self._prompt(memory)) for memory in self._memories]
        self._list.clear_options().add_options(options)
        if self._memories:
            self._list.highlighted = min(chosen, len(self._memories) - 1)
        else:
            self._detail.update(Text(self._nothing(), style=DIM))
        self._draw_bars()

    def _prompt(self, memory: Memory) -> Text:
        is_marked = memory.key in self._marked
        return listed(memory, best_score=self._best_score, is_marked=is_marked)

    def _draw_detail(self, at: int) -> None:
        if at < len(self._memories):
            width = self._beside.content_size.width or _NARROW_CELLS
            self._detail.update(whole(self._memories[at], width))
            self._beside.scroll_home(animate=False)

    def _nothing(self) -> str:
        match self._question.wanted:
            case Wanted.HOLDING:
                return (
                    f"No message, and no memory of {self._persona}, holds the words “{self._question.text}”."
                )
            case Wanted.RECALLED:
                return f"{self._persona} remembers nothing that fits."
            case _:
                return _NONE_AT_ALL

    def _draw_bars(self) -> None:
        title = Text.assemble(
            ("MEMORIES OF ", f"bold {DIM}"),
            (self._persona, f"bold {PERSONA}"),
            (f"   {self._extent()}", TEXT),
            no_wrap=True,
        )
        if self._marked:
            title.append(f"   {len(self._marked)} marked", style=GOOD)
        title.truncate(max(1, self.size.width - _MARGIN_CELLS), overflow="ellipsis")
        self._title.update(title)
        forget = f"forget {len(self._marked)}" if self._marked else "forget"
        keys = [("Esc", "back"), ("F", forget), ("E", "correct"), ("/", "find"), ("Space", "mark")]
        if len(self._personas) > 1:
            keys.insert(1, ("Tab", f"{self._next_persona()}'s"))
        if self.focused is self._query:
            keys = [("Enter", "find"), ("Esc", "back to the list")]
        self._hints.update(hint_line(keys, self.size.width - _MARGIN_CELLS))

    def _extent(self) -> str:
        """How many memories are shown, and which."""
        shown = len(self._memories)
        match self._question.wanted:
            case Wanted.RECALLED:
                return f"{shown} for “{self._question.text}”, best first"
            case Wanted.HOLDING:
                return f"{shown} with “{self._question.text}”"
            case _ if shown < self._count:
                return f"the newest {shown:,} of {self._count:,}"
            case _:
                return f"{shown:,}, newest first"

    def _say(self, content: Any) -> None:
        self._said.display = content is not None
        self._said.update(content or "")

    def _say_done(self, what: str) -> None:
        self._say(done(what))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_detail(event.option_index)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_correct()

    def on_descendant_focus(self) -> None:
        self._draw_bars()

    # What is done

    def action_back(self) -> None:
        if self.focused is self._query:
            self._list.focus()
        else:
            self.dismiss(self._has_forgotten)

    def action_find(self) -> None:
        self._query.focus()

    @on(Input.Submitted)
    def _find(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        self._question = Question.recall(text) if text else Question.newest()
        self._marked.clear()
        self._say(None)
        self._list.focus()
        self._see_to(self._look())

    def action_next_persona(self) -> None:
        if len(self._personas) > 1:
            self._persona = self._next_persona()
            self._marked.clear()
            self._see_to(self._look())

    def _next_persona(self) -> str:
        return self._personas[(self._personas.index(self._persona) + 1) % len(self._personas)]

    def action_mark(self) -> None:
        at = self._list.highlighted
        if at is not None:
            self._marked ^= {self._memories[at].key}
            self._list.replace_option_prompt_at_index(at, self._prompt(self._memories[at]))
            self._list.highlighted = min(at + 1, len(self._memories) - 1)
            self._draw_bars()

    def action_correct(self) -> None:
        at = self._list.highlighted
        if at is None:
            return
        memory = self._memories[at]
        if not memory.engram_id:
            self._say(Text("That is not remembered in these words; F takes the message back", style=DIM))
            return

        async def correct(text: str) -> None:
            answer = await self._ask("memory/correct", engram_id=memory.engram_id, text=text)
            await self._look(at)
            self._say_done(f"corrected for {joined(answer['personas'])}")

        def answered(text: str | None) -> None:
            if text is not None:
                self._see_to(correct(text))

        self.app.push_screen(CorrectDialog(memory), answered)

    def action_forget(self) -> None:
        at = self._list.highlighted
        if at is None:
            return
        chosen = [memory for memory in self._memories if memory.key in self._marked]
        chosen = chosen or [self._memories[at]]

        async def forget(who: Forgetting) -> None:
            is_everybody = who is Forgetting.EVERYBODY
            engram_ids = [memory.engram_id for memory in chosen if memory.engram_id]
            row_ids = [memory.row_id for memory in chosen if not memory.engram_id] if is_everybody else []
            if engram_ids:
                persona = None if is_everybody else self._persona
                await self._ask("memory/forget", engram_ids=engram_ids, persona=persona)
            if row_ids:
                await self._ask("transcript/withdraw", row_ids=row_ids)
            self._has_forgotten |= is_everybody
            self._marked.clear()
            await self._look(at)
            gone = len(engram_ids) + len(row_ids)
            if gone < len(chosen):
                left = f"{len(chosen) - gone} stay in the conversation: only everybody can let go of them"
                self._say(Text(f"{self._persona} has forgotten {gone}, {left}", style=DIM))
            else:
                what = "it" if gone == 1 else f"all {gone}"
                self._say_done(f"{'everybody' if is_everybody else self._persona} has forgotten {what}")

        def answered(who: Forgetting | None) -> None:
            if who is not None:
                self._see_to(forget(who))

        self.app.push_screen(ForgetDialog(chosen, self._persona), answered)

    def _see_to(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do something that takes a moment; what goes wrong is said above the list."""

        async def run() -> None:
            try:
                await errand
            except SubstrateError as error:
                self._say(trouble_text(error.message, error.hint))

        self.run_worker(run(), exclusive=True)
