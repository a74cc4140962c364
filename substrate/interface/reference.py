"""Writes docs/interfaces.md from the code that it describes: `python -m substrate.interface.reference`.

The options come from the argument parser, keys and slash commands from the terminal's own tables, inputs from
the table that checks them. A test fails when the page differs from what this prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from substrate.command_line import argument_parser
from substrate.command_table import COMMANDS
from substrate.instance import SERVICE
from substrate.interface.inputs import INPUTS, MAX_LINE_BYTES, MAX_NAME_CHARACTERS
from substrate.interface.outputs import OUTPUTS
from substrate.interface.terminal import slash
from substrate.persona.personas_file import KEYS
from substrate.supervisor.command_server import COMMANDS_SOCKET
from substrate.wire import MAX_TEXT_BYTES

_HEAD = """\
# Interfaces

<!-- Made by `python -m substrate.interface.reference`; change the code that it describes, then run that. -->

One program, three faces: a terminal for people, JSON lines for programs, or neither. All of them talk to the
persona service over one local socket, and reconnect when it is restarted: a message that was accepted gets
its outcomes, whatever dies in between.
"""

_TERMINAL = """\
`python -m substrate.run` in a terminal shows the chat, and the regions of the mind beside it where there is
room for both; where there is not, F2 goes from one to the other. What was said before is shown at the start.
While you type, memory already looks for what will be needed, and the model reads what is there.
"""

_PERSONAS = """\
`--personas FILE` names a TOML file. A persona keeps its id, its past and its memories by its name, whatever
else changes in the file; who was enrolled at run time is kept without one.

```toml
[[persona]]
name = "Bruno"
role = "an old sailor"
channels = ["harbour"]
adapters = { pirate = 0.8 }   # with --lora pirate=PATH
sampling = { temperature = 0.6 }
```

`name` and `role` are needed. Adapters are loaded once, with the model; any number of personas may speak with
them at different weights. A persona that names an adapter which was not given by `--lora` is an error at the
start, also one that was enrolled with it: nobody speaks in another voice than theirs.
"""

_LINES = """\
`python -m substrate.run --stdio` reads one JSON object a line and writes one a line, in UTF-8. Standard
output holds nothing else; the log goes to standard error.

```
{example}
```

A text may have {text_kib} KiB, a line {line_mib} MiB, the name of a room, of a sender or an `id` {name}
characters. What is wrong with a line is told in one `error`, and
the next line is read. An `id` is a string or an integer and is echoed as it came; sending an id again within
a session does not send the message again. Fields that are not named here are ignored.

At the end of input everything that is open is finished, all processes are ended in order, and the exit status
is 0; so it is after SIGINT or SIGTERM, which do not wait for open replies. When the program cannot start, the
one line is an `error` and the exit status 1.
"""

_EXAMPLE = """\
> {"type":"message","channel":"general","sender":"joel","text":"My sister is called Oluwaseun","id":"m1"}
< {"type":"accepted","id":"m1","message_id":"..."}
< {"type":"reply","persona":"Paige","channel":"general","text":"...","in_reply_to":"m1","latency":{}}"""

_MEMORIES = """\
F3, `/memory` and `/forget` open the memories: a list, and beside or below it the chosen one with every word,
its origin and, when it was recalled for a text, the parts of its score ([memory.md](memory.md)).
"""

_HEADLESS = """\
`python -m substrate.run --headless` runs the instance for other programs on this machine, until SIGINT or
SIGTERM. `HOME/instance.lock` then holds `{{"pid": ..., "run_directory": ...}}`, and in that directory the
persona service listens on the local socket `{service}.sock`, which only its own user can open. A frame is a
length of four bytes, big-endian, and a msgpack map; requests carry `op`, answers `type` and the fields of the
lines above. `substrate/wire.py` lists both; `substrate/interface/client.py` is a client that survives a
restart of the service.

Any number of clients may talk at once. Each is told what becomes of its own messages; what others said stands
in the `history` of a room. A request that is wrong is answered by one `error` and changes nothing; a frame
that cannot be read ends its own connection. Who goes away in the middle of a reply is told it after
`resume`. Commands go to `{commands}.sock`, in frames of the same kind with the `op` `command`: there the
supervisor answers them all. `python -m governor.dashboard --once` shows from outside what `region/stats`
says.
"""

_COMMANDS = """\
A command is an input of type `command`, answered by `result`. Unknown names and parameters are refused with
an error that names what is accepted.
"""


def reference() -> str:
    """The whole page."""
    example = {
        "example": _EXAMPLE,
        "text_kib": MAX_TEXT_BYTES // 1024,
        "line_mib": MAX_LINE_BYTES // 2**20,
        "name": MAX_NAME_CHARACTERS,
    }
    parts = [_HEAD, "## The program\n", *_options(argument_parser())]
    parts += ["## Personas\n", _PERSONAS]
    parts.append(_table(("key", "what it says"), ((f"`{key}`", text) for key, text in KEYS.items())))
    parts += ["## Terminal\n", _TERMINAL]
    parts.append(_table(("type", "what it does"), ((f"`{c.usage}`", c.summary) for c in slash.COMMANDS)))
    parts.append(_table(("key", "what it does"), ((k.key, k.summary) for k in slash.KEYS)))
    parts.append(_MEMORIES)
    parts.append(_table(("key", "in the memories"), ((k.key, k.summary) for k in slash.MEMORY_KEYS)))
    parts += ["## JSON lines\n", _LINES.format(**example), "### In\n"]
    for given in INPUTS:
        rows = [
            (f"`{field.name}`", "yes" if field.required else "no", field.explanation)
            for field in given.fields
        ]
        rows.append(("`id`", "no", "yours to choose"))
        parts += [f"**`{given.name}`** {given.summary}\n", _table(("field", "needed", "what it holds"), rows)]
    parts.append("### Out\n")
    for output in OUTPUTS:
        fields = [(f"`{name}`", text) for name, text in output.fields.items()]
        fields += [(f"`{name}`", f"{text} (not always there)") for name, text in output.optional.items()]
        parts += [f"**`{output.name}`** {output.summary}\n", _table(("field", "what it holds"), fields)]
    parts += [
        "## Headless\n",
        _HEADLESS.format(service=SERVICE, commands=COMMANDS_SOCKET),
        "## Commands\n",
        _COMMANDS,
    ]
    parts.append(_table(("name", "params", "answer"), ((f"`{name}`", *rest) for name, *rest in COMMANDS)))
    return "\n".join(parts)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The parser's groups as tables; its own help text is laid out differently by each Python version."""
    for group in parser._action_groups:
        rows = [
            (
                f"`{', '.join(action.option_strings)}{f' {action.metavar}' if action.metavar else ''}`",
                (action.help or "") % {"default": action.default},
            )
            for action in group._group_actions
            if action.option_strings and action.dest != "help"
        ]
        if rows:
            yield _table((f"{group.title}", ""), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), "|---" * len(head) + "|", *map(line, rows), ""])


if __name__ == "__main__":
    print(reference(), end="")
