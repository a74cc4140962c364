"""Every command of an instance: the source of the documentation, and what a misspelt name is compared with.

Who answers a command knows itself which parameters it accepts, and says so when it refuses one.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

_ALIKE = 0.6
"""Similarity (difflib's ratio) from which a name may have been meant."""


class CommandEntry(NamedTuple):
    """`params` in Markdown; all are optional unless `answer` says otherwise."""

    name: str
    params: str
    answer: str


COMMANDS = (
    CommandEntry(
        "persona/status", "", "the model, its measured rates, the personas, the rooms, how turns ended"
    ),
    CommandEntry(
        "persona/enroll",
        "`name`, `role`, `about`, `channels`, `adapters`",
        "make a persona, or find the one of that name; whoever lived here before and is left out of this run "
        "comes back with its past, as it is described now",
    ),
    CommandEntry("persona/instances/list", "", "every persona and whether it is live"),
    CommandEntry("persona/instances/bootstrap", "`persona`", "let a persona answer again"),
    CommandEntry(
        "persona/instances/shutdown", "`persona`", "let a persona answer no more, until bootstrapped"
    ),
    CommandEntry(
        "transcript/withdraw", "`message_ids` or `row_ids`", "take messages back, memories of them included"
    ),
    CommandEntry(
        "region/stats",
        "`region`",
        "per region: `pid`, `state`, `restarts`, cadence, tick times, what was published and consumed, "
        "misses, weight",
    ),
    CommandEntry("region/yield", "`region`", "how much of each region's results is used"),
    CommandEntry("region/new", "`id`, `path`", "write the file of a new region to start from"),
    CommandEntry("governor/status", "", "the phase of the mind, pressure, cadences and weights"),
    CommandEntry(
        "memory/recall",
        "`query`, `persona`, `channel`, `asker`, `limit`",
        'what is recalled when `asker` says `query` (so "my" is theirs), with the parts of each score',
    ),
    CommandEntry(
        "memory/list",
        "`persona`, `channel`, `text`, `limit`",
        "the newest memories, and how many there are; with `text`, those that hold it as whole words, and in "
        "`messages` what was said in these words and is not remembered in them",
    ),
    CommandEntry("memory/correct", "`engram_id`, `text`, `persona`", "put a memory right; its origin stays"),
    CommandEntry(
        "memory/forget",
        "`engram_ids` or `text`, `persona`",
        "forget for good: for one persona its memories, for all the messages themselves; `text` means every "
        "memory that holds it as whole words, or a part of it where a long message was cut",
    ),
)

NAMES = tuple(command.name for command in COMMANDS)
FAMILIES = frozenset(name.partition("/")[0] for name in NAMES)


def hint_for(name: str) -> str:
    """What to tell somebody who asked for `name`, which no command has: those they may have meant, or all."""
    word = name.strip().lower().rpartition("/")[2]
    parts = (known for known in NAMES if word and word in known.rpartition("/")[2])
    near = dict.fromkeys((*parts, *get_close_matches(name.lower(), NAMES, cutoff=_ALIKE)))
    return f"did you mean {' or '.join(near)}?" if near else f"accepted: {', '.join(NAMES)}"
