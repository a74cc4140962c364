"""The first version of a new region's file: it runs as it is, and shows where the thinking goes."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from substrate.errors import SubstrateError

_ID = re.compile(r"[a-z][a-z0-9-]{0,13}")
_TAKEN = ("service", "governor", "supervisor", "commands")
"""Processes, sockets and segments that are no region's."""

_TEMPLATE = '''"""{title}: what it thinks about, and what becomes of it, in two sentences."""

from __future__ import annotations

from substrate.region.contract import (
    BrainRegion,
    BufferSpec,
    ComputeClass,
    EventKind,
    MemoryClass,
    PressureProfile,
    RegionContext,
    RegionId,
    TickOutcome,
)

STATE = BufferSpec("{buffer}", keys=64, value_bytes=1024)
"""Per (persona_id, channel): how many messages were heard there."""


class {class_name}(BrainRegion):
    """Counts what is said, until it thinks of something better."""

    id = RegionId("{id}")
    pressure = PressureProfile(MemoryClass.LIGHT, ComputeClass.BOOKKEEPING)
    buffers = (STATE,)
    wakes_on = frozenset({{EventKind.MESSAGE}})

    def __init__(self) -> None:
        self._heard: dict[str, int] = {{}}

    def tick(self, ctx: RegionContext) -> TickOutcome:
        published = 0
        for event in ctx.events:
            if event.kind is not EventKind.MESSAGE:
                continue
            self._heard[event.channel] = self._heard.get(event.channel, 0) + 1
            for persona in ctx.personas:
                if persona.is_present_in(event.channel):
                    ctx.publish(STATE.name, (persona.persona_id, event.channel), self._heard[event.channel])
                    published += 1
        return TickOutcome(published)
'''


class CannotScaffold(SubstrateError):
    """The id is not one, or the file cannot be written."""


def write_region(region_id: str, path: Path) -> Path:
    """Write a region's first version to `path`; returns its absolute path. Raises CannotScaffold."""
    title = region_id.replace("-", " ").capitalize()
    class_name = title.title().replace(" ", "")
    if not _ID.fullmatch(region_id) or keyword.iskeyword(class_name) or region_id in _TAKEN:
        raise CannotScaffold(
            f"{region_id!r} is not a region id",
            "lower-case letters, digits and dashes, beginning with a letter, at most 14; and not "
            + ", ".join((*_TAKEN, "none", "true or false")),
        )
    if "\0" in str(path) or path.is_dir():
        raise CannotScaffold(f"{str(path)!r} is not the path of a file", "give one such as regions/mood.py")
    text = _TEMPLATE.format(
        id=region_id,
        title=title,
        class_name=class_name,
        buffer=region_id,
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CannotScaffold(f"{path} exists and is not overwritten", "choose another path") from error
    except OSError as error:
        raise CannotScaffold(f"{path} cannot be written: {error.strerror}", "choose another path") from error
    return path.resolve()
