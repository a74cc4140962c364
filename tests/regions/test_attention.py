"""Attention on a real transcript, without processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from regions.attention import Attention
from substrate.memory.focus import decode_focus
from substrate.persona.transcript_writer import TranscriptWriter
from substrate.region.contract import CadenceHint, EventKind, PersonaProfile, RegionEnvironment
from tests.regions.longest_texts import LONGEST_TEXTS
from tests.regions.plain_context import PlainContext, event
from tests.regions.transcript_rows import commit_row

PAIGE = PersonaProfile("p-paige", "Paige", 0.0)


@pytest.fixture
def transcript(tmp_path: Path) -> Iterator[TranscriptWriter]:
    writer = TranscriptWriter(tmp_path / "transcript.db", "session")
    yield writer
    writer.close()


@pytest.fixture
def attention(tmp_path: Path) -> Iterator[Attention]:
    region = Attention()
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    yield region
    region.close()


def say(transcript: TranscriptWriter, text: str) -> int:
    return commit_row(transcript, text, 1.0).row_id


def salience(context: PlainContext) -> dict[int, float]:
    return dict(context.published["salience", ("p-paige",)])


def test_mentions_reactions_and_rehearsal_make_a_row_matter(
    transcript: TranscriptWriter, attention: Attention
) -> None:
    plain = say(transcript, "It rains.")
    named = say(transcript, "Paige, remember the keys.")
    liked = say(transcript, "We won the cup!")
    recalled = say(transcript, "My sister is called Oluwaseun.")
    with transcript.transaction():
        transcript.add_reaction(liked, "joel", "🎉", 2.0)
    context = PlainContext((PAIGE,), (event(EventKind.RECALLED, 9, "general", "Paige", f"{recalled}.0"),))

    attention.tick(context)

    values = salience(context)
    assert plain not in values
    assert values[liked] > values[named] > 0
    assert values[recalled] > 0


def test_nothing_depends_on_events_that_came_before_the_start(
    transcript: TranscriptWriter, attention: Attention
) -> None:
    rows = [say(transcript, f"Paige, take note of number {number}.") for number in range(300)]
    context = PlainContext((PAIGE,))

    attention.tick(context)

    assert salience(context).keys() == set(rows)


def test_nothing_new_publishes_nothing(transcript: TranscriptWriter, attention: Attention) -> None:
    say(transcript, "Paige, hello.")
    attention.tick(PlainContext((PAIGE,)))
    quiet = PlainContext((PAIGE,))

    attention.tick(quiet)

    assert quiet.published == {}


def test_the_focus_is_what_the_last_messages_share(
    transcript: TranscriptWriter, attention: Attention
) -> None:
    say(transcript, "The telescope needs a new mirror.")
    row = say(transcript, "A mirror for that telescope is expensive.")
    context = PlainContext((PAIGE,))

    attention.tick(context)

    focus = decode_focus(context.published["focus", ("p-paige", "general")])
    assert set(focus.terms[:2]) == {"telescop", "mirror"}
    assert focus.row_ids[-1] == row
    assert focus.confidence > 0.5


def test_withdrawn_rows_matter_no_more(transcript: TranscriptWriter, attention: Attention) -> None:
    row = say(transcript, "Paige, the safe opens with 4711.")
    attention.tick(PlainContext((PAIGE,)))
    with transcript.transaction():
        transcript.withdraw(row, 3.0)
    context = PlainContext((PAIGE,), (event(EventKind.WITHDRAWN, row, "general", "joel", ""),))

    attention.tick(context)

    assert "focus" in context.scrubbed
    assert salience(context) == {}
    assert decode_focus(context.published["focus", ("p-paige", "general")]).terms == ()


def test_a_damaged_memory_keeps_nobody_from_weighing(tmp_path: Path, transcript: TranscriptWriter) -> None:
    path = tmp_path / "personas" / "p-paige" / "longterm.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"U" * 8192)
    region, context = Attention(), PlainContext((PAIGE,))
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (PAIGE,)))
    row = say(transcript, "Paige, remember the keys.")
    region.tick(context)
    region.close()
    assert row in salience(context)


def test_a_word_as_long_as_a_message_is_no_topic_and_stops_nobody(
    transcript: TranscriptWriter, attention: Attention
) -> None:
    say(transcript, "a" * 65_536)
    say(transcript, "The telescope needs a new mirror.")
    context = PlainContext((PAIGE,))

    attention.tick(context)

    focus = decode_focus(context.published["focus", ("p-paige", "general")])
    assert set(focus.terms) == {"telescop", "need", "new", "mirror"}


@pytest.mark.parametrize("text", LONGEST_TEXTS)
def test_the_focus_of_the_longest_messages_fits(
    transcript: TranscriptWriter, attention: Attention, text: str
) -> None:
    for _ in range(8):
        say(transcript, text)
    context = PlainContext((PAIGE,))

    attention.tick(context)

    assert len(decode_focus(context.published["focus", ("p-paige", "general")]).row_ids) == 8


def test_who_is_named_is_known_composed_and_decomposed(transcript: TranscriptWriter, tmp_path: Path) -> None:
    region, zoe = Attention(), PersonaProfile("p-paige", "Zoë", 0.0)
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (zoe,)))
    other = say(transcript, "Zoe\u0301 is late.")
    named = say(transcript, "Is Zoe\u0308 here?")
    context = PlainContext((zoe,))

    region.tick(context)

    assert named in salience(context)
    assert other not in salience(context)
    region.close()


def test_beside_a_busy_lane_one_persona_a_tick_is_told_until_all_are(
    transcript: TranscriptWriter, attention: Attention
) -> None:
    everybody = tuple(PersonaProfile(f"p-{name}", name, 0.0) for name in ("Paige", "Max", "Noor"))
    say(transcript, "Paige, Max and Noor, listen.")
    told: set[str] = set()
    hints = []
    for _ in everybody:
        context = PlainContext(everybody, remaining_s=0.0)
        hints.append(attention.tick(context).hint)
        told |= {persona_id for (buffer, (persona_id, *_)) in context.published if buffer == "focus"}
        assert len({key[0] for _, key in context.published}) == 1
    assert told == {persona.persona_id for persona in everybody}
    assert hints == [CadenceHint.FASTER, CadenceHint.FASTER, CadenceHint.HOLD]


def test_while_it_catches_up_nothing_is_published(transcript: TranscriptWriter, attention: Attention) -> None:
    for number in range(300):
        say(transcript, f"Paige, take note of number {number}.")
    first, second = PlainContext((PAIGE,), remaining_s=0.0), PlainContext((PAIGE,), remaining_s=0.0)
    attention.tick(first)
    attention.tick(second)
    assert not first.published
    assert len(salience(second)) == 300
