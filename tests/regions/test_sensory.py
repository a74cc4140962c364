"""The sensory region, and that what it publishes is what the hippocampus would make itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from regions.sensory import Sensory
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.senses import Senses, content_hash, decode_understood
from substrate.region.contract import EventKind, PersonaProfile, RegionEnvironment
from tests.regions.longest_texts import LONGEST_TEXTS
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


def test_withdrawn_words_leave_its_buffer_also_if_they_are_heard_in_the_same_moment(tmp_path: Path) -> None:
    region = Sensory()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    events = (
        event(EventKind.MESSAGE, 1, "general", "joel", "The password is xylophone."),
        event(EventKind.TYPING, 0, "general", "joel", "xylo"),
        event(EventKind.WITHDRAWN, 1, "general", "joel", ""),
        event(EventKind.MESSAGE, 2, "general", "joel", "It rains."),
    )
    context = PlainContext((PAIGE,), events)
    region.tick(context)
    assert context.scrubbed == {"features"}
    assert [decode_understood(value).features.words for value in context.published.values()] == [
        ("it", "rains")
    ]


@pytest.mark.parametrize(("tick", "lost", "scrubs"), [(1, 0, True), (2, 0, False), (2, 7, True)])
def test_its_buffer_is_emptied_when_it_may_have_missed_a_withdrawal(
    tmp_path: Path, tick: int, lost: int, scrubs: bool
) -> None:
    region = Sensory()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    context = PlainContext(
        (PAIGE,), (event(EventKind.MESSAGE, 1, "general", "joel", TEXT),), lost_events=lost
    )
    context.tick = tick
    region.tick(context)
    assert context.scrubbed == ({"features"} if scrubs else set())
    assert context.published


@pytest.mark.parametrize("text", LONGEST_TEXTS)
def test_what_there_is_no_room_for_keeps_nothing_else_from_being_published(tmp_path: Path, text: str) -> None:
    region = Sensory()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    said = [
        event(EventKind.MESSAGE, row, "general", "joel", text) for row, text in enumerate((text, TEXT), 1)
    ]
    context = PlainContext((PAIGE,), tuple(said))

    outcome = region.tick(context)

    assert outcome.published == len(context.published)
    assert any(decode_understood(value).features.words[-1] == "2019" for value in context.published.values())


def test_a_passage_without_spaces_fits_though_each_of_its_pairs_comes_from_all_of_it(tmp_path: Path) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(400))
    (published,) = ticked(tmp_path, text).published.values()
    features = decode_understood(published).features
    assert set(features.term_words) == {text}
    assert len(features.term_words) == len(features.terms) == 399
