"""The sensory region, and that what it publishes is what the hippocampus would make itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from regions.sensory import Sensory
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.senses import Senses, content_hash, decode_understood
from substrate.region.contract import EventKind, PersonaProfile, RegionEnvironment
from tests.regions.plain_context import PlainContext, event

PAIGE = PersonaProfile("p-paige", "Paige", 0.0)
TEXT = "Paige, my sister Oluwaseun moved to Lagos in 2019!"


def ticked(tmp_path: Path, text: str) -> PlainContext:
    region = Sensory()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    context = PlainContext((PAIGE,), (event(EventKind.MESSAGE, 1, "general", "joel", text),))
    region.tick(context)
    return context


def test_what_is_published_under_a_texts_hash_is_what_anybody_would_make_of_it(tmp_path: Path) -> None:
    senses, names = Senses(StaticEmbedder()), frozenset({"paige", "joel"})
    key = content_hash(TEXT, by_persona=False, names=names, embedder_id=senses.embedder.id)

    understood = decode_understood(ticked(tmp_path, TEXT).published["features", (key,)])

    own = senses.read(TEXT, names=names)
    assert understood.features == own.features
    assert np.array_equal(understood.vector, own.vector)


def test_a_long_message_is_understood_part_by_part_and_each_part_fits(tmp_path: Path) -> None:
    text = " ".join(f"Sentence number {number} speaks of one thing." for number in range(200))
    assert len(ticked(tmp_path, text).published) > 10


def test_names_that_a_text_does_not_hold_do_not_change_its_hash() -> None:
    some, more = frozenset({"paige"}), frozenset({"paige", "joel", "ana"})
    assert content_hash(TEXT, by_persona=False, names=some, embedder_id="e") == content_hash(
        TEXT, by_persona=False, names=more, embedder_id="e"
    )


def test_what_is_typed_is_understood_too_and_only_the_last_of_it(tmp_path: Path) -> None:
    region = Sensory()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    typed = [event(EventKind.TYPING, 0, "general", "joel", text) for text in ("my", "my sister")]
    context = PlainContext((PAIGE,), tuple(typed))
    region.tick(context)
    assert [decode_understood(value).features.words for value in context.published.values()] == [
        ("my", "sister")
    ]


def test_withdrawn_words_leave_its_buffer(tmp_path: Path) -> None:
    region = Sensory()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    context = PlainContext((PAIGE,), (event(EventKind.WITHDRAWN, 1, "general", "joel", ""),))
    region.tick(context)
    assert context.scrubbed == {"features"}
