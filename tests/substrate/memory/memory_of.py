"""Small memories for tests: a few remarks, a minute apart."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from substrate.memory import EngramStore, MemorySettings, Message, RecallQuery, recall
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.senses import Senses
from substrate.memory.settings import DAY_S

NOW_S = 1_700_000_000.0

SMALL_TALK = (
    "Good morning, did you sleep well?",
    "The coffee machine is broken again.",
    "I watched a film about penguins last night.",
    "My train was late, as always.",
    "It is raining cats and dogs.",
    "The new office chairs are quite comfortable.",
    "I had pancakes for breakfast.",
    "Somebody parked in my spot.",
)


def remark(
    number: int, text: str, *, speaker: str = "joel", channel: str = "general", at_s: float | None = None
) -> Message:
    """Message `number`; said `number` minutes after a day before NOW_S unless told otherwise."""
    said_at_s = NOW_S - DAY_S + number * 60.0 if at_s is None else at_s
    return Message(f"m{number}", number, channel, speaker, text, said_at_s)


@cache
def shared_senses() -> Senses:
    """Reading the embedder's vocabulary once is enough for all tests."""
    return Senses(StaticEmbedder())


def memory_of(
    folder: Path, messages: Iterable[Message], settings: MemorySettings | None = None
) -> EngramStore:
    """A store in `folder` that holds the messages. The caller closes it."""
    store = EngramStore(folder / "longterm.db", "p-paige", settings, shared_senses())
    store.admit(list(messages))
    return store


def recalled_texts(
    store: EngramStore, text: str, *, channel: str = "general", asker: str = "joel"
) -> list[str]:
    """What a recall for a message brings up, best first."""
    found = recall(store, RecallQuery(text, NOW_S, channel, asker=asker))
    return [recalled.engram.text for recalled in found.engrams]
