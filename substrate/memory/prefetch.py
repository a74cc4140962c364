"""What the hippocampus leaves ready for the next prompt: engrams, best first, compact enough for one slot.

A value of the prefetch buffer is a list, `[for_row, engrams]`, and each engram one in turn,
`[engram_id, row_id, speaker, channel, at_s, text, score]`. Whole engrams are put in by rank until the slot is
full; none is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from substrate.memory.engram import engram_id
from substrate.memory.index import EngramIndex
from substrate.region.contract import BufferSpec

PREFETCH = BufferSpec("prefetch", keys=96, value_bytes=65536, versions=2)
"""The buffer; its keys are `(persona_id, channel)`."""

ANYWHERE = ""
"""In place of a channel: what a persona has in mind in a room for which nothing was recalled yet."""

_ENVELOPE_BYTES = 32
_ENGRAM_BYTES = 48
"""The most that ids, numbers and msgpack headers of one engram take beside its three texts."""


class PrefetchedEngram(NamedTuple):
    """One memory as the prompt needs it; `at_s` in seconds since the epoch, higher `score` is better.

    A tuple, since msgpack takes one as it is: turns read these and wait for them.
    """

    engram_id: str
    row_id: int
    speaker: str
    channel: str
    at_s: float
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Prefetch:
    """The memories staged for one channel; `for_row` is the transcript row they were recalled for."""

    for_row: int
    engrams: tuple[PrefetchedEngram, ...]


def encode_prefetch(for_row: int, engrams: Iterable[PrefetchedEngram], value_bytes: int) -> list[Any]:
    """The value to publish: as many whole engrams as fit into `value_bytes`, best first."""
    taken: list[PrefetchedEngram] = []
    left = value_bytes - _ENVELOPE_BYTES
    for engram in engrams:
        size = _ENGRAM_BYTES + sum(
            len(text.encode()) for text in (engram.engram_id, engram.speaker, engram.channel, engram.text)
        )
        if size > left:
            break
        left -= size
        taken.append(engram)
    return [for_row, taken]


def prefetched(index: EngramIndex, found: Sequence[tuple[int, float]]) -> list[PrefetchedEngram]:
    """Engrams by number, with their scores, as the prompt needs them."""
    numbers = [at for at, _ in found]
    row_ids, ordinals, speakers, channels, said_at = (
        index.column(name)[numbers].tolist()
        for name in ("row_id", "ordinal", "speaker", "channel", "said_at")
    )
    return [
        PrefetchedEngram(
            engram_id(row_ids[place], ordinals[place]),
            row_ids[place],
            index.speakers.names[speakers[place]],
            index.channels.names[channels[place]],
            said_at[place],
            index.texts[at],
            round(score, 4),
        )
        for place, (at, score) in enumerate(found)
    ]


def decode_prefetch(value: Any) -> Prefetch:
    """The prefetch of a published value."""
    for_row, rows = value
    return Prefetch(for_row, tuple(map(PrefetchedEngram._make, rows)))
