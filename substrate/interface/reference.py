"""Writes docs/interfaces.md from the code that it describes: `python -m substrate.interface.reference`.

The options come from the argument parser, keys and slash commands from the terminal's own tables, inputs from
the table that checks them. A test fails when the page differs from what this prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from substrate.interface.inputs import INPUTS, MAX_LINE_BYTES
from substrate.interface.outputs import OUTPUTS
from substrate.interface.terminal import slash
from substrate.run import argument_parser
from substrate.wire import MAX_TEXT_BYTES

COMMANDS = (
    ("persona/status", "", "the model, its measured rates, the personas, the rooms, how turns ended"),
    ("persona/enroll", "`name`, `role`, `about`, `channels`", "make a persona, or find the one of that name"),
    ("persona/instances/list", "", "every persona and whether it is live"),
    ("persona/instances/bootstrap", "`persona`", "let a persona answer again"),
    ("persona/instances/shutdown", "`persona`", "let a persona answer no more, until bootstrapped"),
    ("transcript/withdraw", "`message_ids` or `row_ids`", "take messages back, memories of them included"),
    (
        "region/stats",
        "`region`",
        "per region: `pid`, `state`, `restarts`, cadence, tick times, what was published and consumed, "
        "misses, weight",
    ),
    ("region/yield", "`region`", "how much of each region's results is used"),
    ("region/new", "`id`, `path`", "write the file of a new region to start from"),
    ("governor/status", "", "the phase of the mind, pressure, cadences and weights"),
    (
        "memory/recall",
        "`query`, `persona`, `channel`, `limit`",
        "what is recalled, with the parts of each score",
    ),
    ("memory/list", "`persona`, `channel`, `limit`", "the newest memories, and how many there are"),
    ("memory/correct", "`engram_id`, `text`, `persona`", "put a memory right; its origin stays"),
    (
        "memory/forget",
        "`engram_ids` or `text`, `persona`",
        "forget for good: for one persona its memories, for all the messages themselves; `text` means every "
        "memory that holds it as whole words",
    ),
)
"""Name, parameters (all optional unless the answer says otherwise), what comes back."""

_HEAD = """\
# Interfaces

<!-- Made by `python -m substrate.interface.reference`; change the code that it describes, then run that. -->

One program, three faces: a terminal for people, JSON lines for programs, or neither. All of them talk to the
persona service over one local socket, and reconnect when it is restarted: a message that was accepted gets
its outcomes, whatever dies in between.
"""

_TERMINAL = """\
`python -m substrate.run` in a terminal shows the chat, and the regions of the mind beside it where there is
room for both. What was said before is shown at the start. While you type, memory already looks for what will
be needed.
"""

_LINES = """\
`python -m substrate.run --stdio` reads one JSON object a line and writes one a line, in UTF-8. Standard
output holds nothing else; the log goes to standard error.

```
{example}
```

A text may have {text_kib} KiB, a line {line_mib} MiB. What is wrong with a line is told in one `error`, and
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

_COMMANDS = """\
A command is an input of type `command`, answered by `result`. Unknown names and parameters are refused with
an error that names what is accepted.
"""


def reference() -> str:
    """The whole page."""
    example = {"example": _EXAMPLE, "text_kib": MAX_TEXT_BYTES // 1024, "line_mib": MAX_LINE_BYTES // 2**20}
    parts = [_HEAD, "## The program\n", *_options(argument_parser()), "## Terminal\n", _TERMINAL]
    parts.append(_table(("type", "what it does"), ((f"`{c.usage}`", c.summary) for c in slash.COMMANDS)))
    parts.append(_table(("key", "what it does"), ((k.key, k.summary) for k in slash.KEYS)))
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
    parts += ["## Commands\n", _COMMANDS]
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
