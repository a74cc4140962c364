"""What can be typed after a slash, and which keys do what: the source of `/help` and of the documentation."""

from __future__ import annotations

from dataclasses import dataclass

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
    SlashCommand("memory", "TEXT", "what would be recalled for this text, and why"),
    SlashCommand("again", "", "take the last reply back and have it written again"),
    SlashCommand("edit", "", "change your last message; what followed it is forgotten"),
    SlashCommand("mind", "", "show or hide the regions of the mind"),
    SlashCommand("help", "", "this list"),
    SlashCommand("quit", "", "end the program"),
)

KEYS = (
    Key("Enter", "send"),
    Key("Shift+Enter, Ctrl+J", "a new line"),
    Key("Up", "in an empty line: edit your last message"),
    Key("Esc", "stop the reply, or leave editing"),
    Key("Ctrl+R", "write the last reply again"),
    Key("F2", "show or hide the mind"),
    Key("Page Up, Page Down", "scroll the conversation"),
    Key("F1", "help"),
    Key("Ctrl+C", "quit; with text marked: copy it"),
)

_BY_NAME = {command.name: command for command in COMMANDS}


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
        names = ", ".join(f"/{each.name}" for each in COMMANDS)
        raise UnknownSlashCommand(f"there is no /{name}", f"there are {names}; start with // to say it")
    if command.argument and not command.argument.startswith("[") and not argument:
        raise UnknownSlashCommand(f"/{name} needs something more", f"type {command.usage}")
    return command, argument
