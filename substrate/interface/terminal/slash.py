"""What can be typed after a slash, and which keys do what: the source of `/help` and of the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from substrate.errors import SubstrateError


class UnknownSlashCommand(SubstrateError):
    """Something after a slash that is no command, or a command without what it needs."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """One command. `argument` is empty when it takes none, in brackets when it may be left out."""

    name: str
    argument: str
    summary: str

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class Key:
    """One key and what it does."""

    key: str
    summary: str


COMMANDS = (
    SlashCommand("room", "[NAME]", "go to a room; without a name: which rooms there are"),
    SlashCommand("memory", "[TEXT]", "what is remembered; with a text: what it brings to mind, and why"),
    SlashCommand("forget", "WORDS", "forget what holds these words, after you have seen it"),
    SlashCommand("personas", "", "who there is, and who hears this room"),
    SlashCommand("invite", "NAME, ROLE", "a new persona, or one that was dismissed (its name is enough)"),
    SlashCommand("dismiss", "NAME", "a persona answers no more, until invited again or the next start"),
    SlashCommand("again", "", "take the last reply back and have it written again"),
    SlashCommand("edit", "", "change your last message; its answers are forgotten"),
    SlashCommand("mind", "", "show or hide the regions of the mind"),
    SlashCommand("help", "", "this list"),
    SlashCommand("quit", "", "end the program"),
)

KEYS = (
    Key("Enter", "send"),
    Key("Shift+Enter, Ctrl+J", "a new line"),
    Key("Up", "in an empty line: edit your last message"),
    Key("Esc", "stop the reply; leave editing, the memories or the mind"),
    Key("Ctrl+R", "write the last reply again"),
    Key("F1", "help"),
    Key("F2", "show or hide the mind"),
    Key("F3", "memories: look, correct, forget"),
    Key("Page Up, Page Down", "scroll the conversation"),
    Key("Ctrl+C", "quit; with text marked: copy it"),
)

MEMORY_KEYS = (
    Key("Up, Down", "another memory"),
    Key("/", "find what a text brings to mind; empty: the newest"),
    Key("E", "correct what it says"),
    Key("Space", "mark it, to forget several"),
    Key("F, Delete", "forget it, or all marked, after a question"),
    Key("Tab", "the memories of the next persona"),
    Key("Esc", "back to the conversation"),
)
"""The keys of the memories, which F3 and `/memory` open."""

_BY_NAME = {command.name: command for command in COMMANDS}
_ALIKE = 0.5
"""Similarity (difflib's ratio) from which a name may have been meant."""


def parse(line: str) -> tuple[SlashCommand, str] | None:
    """The command and its argument; None when the line is a message.

    Two slashes are a message that starts with one. Raises UnknownSlashCommand.
    """
    if not line.startswith("/") or line.startswith("//"):
        return None
    name, _, argument = line[1:].strip().partition(" ")
    argument = argument.strip()
    command = _BY_NAME.get(name.lower())
    if command is None:
        raise UnknownSlashCommand(
            f"there is no /{name}", f"{_meant(name.lower())}; start with // to say it as a message"
        )
    if command.argument and not command.argument.startswith("[") and not argument:
        raise UnknownSlashCommand(f"/{name} needs something more", f"type {command.usage}")
    return command, argument


def _meant(name: str) -> str:
    """What somebody who typed `name` may have wanted: the commands near it, or all."""
    begun = [other for other in _BY_NAME if name and other.startswith(name)]
    near = begun or get_close_matches(name, _BY_NAME, cutoff=_ALIKE)
    if near:
        return f"did you mean {' or '.join(_BY_NAME[one].usage for one in near)}? /help shows all"
    return f"there are {', '.join(f'/{other}' for other in _BY_NAME)}"
