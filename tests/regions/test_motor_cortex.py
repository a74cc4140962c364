"""The motor cortex on a real transcript, without processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest

from regions.motor_cortex import MAX_TEXT_BYTES, VOICE_MEMORY, MotorCortex, question_and_answer
from substrate.memory.prefetch import PREFETCH, PrefetchedEngram, encode_prefetch
from substrate.persona.candidates import CANDIDATES
from substrate.persona.transcript_writer import TranscriptWriter
from substrate.region.contract import CadenceHint, EventKind, PersonaProfile, RegionEnvironment, TickOutcome
from tests.regions.plain_context import PlainContext, event
from tests.regions.transcript_rows import commit_row

PAIGE = PersonaProfile("p-paige", "Paige", 0.0)
OTTO = PersonaProfile("p-otto", "Otto", 0.0, frozenset({"code"}))
KEY = ("p-paige", "general")


@pytest.fixture
def transcript(tmp_path: Path) -> Iterator[TranscriptWriter]:
    writer = TranscriptWriter(tmp_path / "transcript.db", "session")
    yield writer
    writer.close()


@pytest.fixture
def cortex(tmp_path: Path, transcript: TranscriptWriter) -> Iterator[MotorCortex]:
    region = MotorCortex()
    region.open(RegionEnvironment(tmp_path, transcript.path, (PAIGE, OTTO)))
    yield region
    region.close()


def ask(transcript: TranscriptWriter, text: str, reply: str | None = None) -> int:
    """Joel says something in #general and Paige replies; returns the row of what Joel said."""
    row = commit_row(transcript, text, 1.0)
    if reply is not None:
        commit_row(transcript, reply, 2.0, sender="Paige", persona_id="p-paige", in_reply_to=row.row_id)
    return row.row_id


def candidates(cortex: MotorCortex, row: int, recalled: Any = None) -> dict[str, Any]:
    context = PlainContext(
        (PAIGE, OTTO),
        (event(EventKind.MESSAGE, row, "general", "joel", ""),),
        {(PREFETCH.name, KEY): recalled},
    )
    cortex.tick(context)
    value: dict[str, Any] = context.published[CANDIDATES.name, KEY]
    return value


def recall(text: str, speaker: str = "joel") -> list[Any]:
    engram = PrefetchedEngram("e1", 1, speaker, "general", 0.0, text, 1.0)
    return encode_prefetch(1, [engram], PREFETCH.value_bytes)


def texts(scored: list[list[Any]]) -> list[str]:
    return [text for text, _ in scored]


def test_what_was_asked_before_is_answered_as_it_was(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    ask(transcript, "What do you eat?", "Mostly electricity.")
    row = ask(transcript, "what do you eat")
    assert texts(candidates(cortex, row)["says"]) == ["Mostly electricity."]


def test_a_greeting_gets_the_greeting_that_this_persona_uses(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    ask(transcript, "Hello!", "Ahoy, joel!")
    ask(transcript, "Hey Paige", "Ahoy, joel!")
    ask(transcript, "Hi", "Yes?")
    row = ask(transcript, "hello again")
    assert texts(candidates(cortex, row)["says"]) == ["Ahoy, joel!", "Yes?"]


def test_a_recalled_statement_makes_its_question_likely(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    row = ask(transcript, "We talked about my family.")
    staged = candidates(cortex, row, recall("My sister is called Oluwaseun"))
    assert texts(staged["asked"]) == ["What is my sister called?"]


def test_the_answer_to_a_question_about_a_recalled_statement_is_ready(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    row = ask(transcript, "What is my sister called?")
    staged = candidates(cortex, row, recall("My sister is called Oluwaseun"))
    assert texts(staged["says"]) == ["Your sister is called Oluwaseun."]
    assert staged["asked"] == []


def test_candidates_name_the_row_that_they_were_made_for(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    ask(transcript, "Hello!")
    row = ask(transcript, "How are you?")
    assert candidates(cortex, row)["for_row"] == row


def test_recent_questions_rank_by_age_and_never_include_the_one_being_answered(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    ask(transcript, "Where is it?")
    ask(transcript, "Who has it?")
    row = ask(transcript, "When was it?")
    assert texts(candidates(cortex, row)["asked"]) == ["Who has it?", "Where is it?"]


def test_a_withdrawn_exchange_is_said_no_more(cortex: MotorCortex, transcript: TranscriptWriter) -> None:
    first = ask(transcript, "What is the code?", "4711.")
    row = ask(transcript, "What is the code?")
    assert texts(candidates(cortex, row)["says"]) == ["4711."]
    with transcript.transaction():
        transcript.withdraw(first, 3.0)
    assert candidates(cortex, row)["says"] == []


@pytest.mark.parametrize("asked", ["Hello!", "What is the code?"])
def test_an_exchange_of_long_ago_is_withdrawn_as_well(
    cortex: MotorCortex, transcript: TranscriptWriter, asked: str
) -> None:
    """A manner is learnt from all exchanges, however many came since."""
    first = ask(transcript, asked, "4711.")
    for number in range(VOICE_MEMORY - 1):
        ask(transcript, f"And {number}?", "Well.")
    row = ask(transcript, asked)
    assert texts(candidates(cortex, row)["says"]) == ["4711."]
    with transcript.transaction():
        transcript.withdraw(first, 3.0)
    assert candidates(cortex, row)["says"] == []


def test_only_the_last_exchanges_count(cortex: MotorCortex, transcript: TranscriptWriter) -> None:
    ask(transcript, "Hello!", "Ahoy!")
    for number in range(VOICE_MEMORY):
        ask(transcript, f"And {number}?", "Well.")
    assert candidates(cortex, ask(transcript, "Hello!"))["says"] == []


def test_a_reply_that_others_were_given_too_stays_when_one_is_withdrawn(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    first = ask(transcript, "Hello!", "Ahoy!")
    ask(transcript, "Hello!", "Ahoy!")
    row = ask(transcript, "Hello!")
    with transcript.transaction():
        transcript.withdraw(first, 3.0)
    assert texts(candidates(cortex, row)["says"]) == ["Ahoy!"]


def test_what_was_withdrawn_is_no_candidate_though_its_memory_still_lies_ready(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    told = ask(transcript, "My sister is called Oluwaseun.")
    row = ask(transcript, "Hello.")
    engram = PrefetchedEngram(
        f"{told}.0", told, "joel", "general", 0.0, "My sister is called Oluwaseun.", 1.0
    )
    lies_ready = encode_prefetch(row, [engram], PREFETCH.value_bytes)
    assert candidates(cortex, row, lies_ready)["asked"]
    with transcript.transaction():
        transcript.withdraw(told, 3.0)
    assert candidates(cortex, row, lies_ready)["asked"] == []


def test_nothing_new_publishes_nothing(cortex: MotorCortex, transcript: TranscriptWriter) -> None:
    candidates(cortex, ask(transcript, "Hello!"))
    quiet = PlainContext((PAIGE, OTTO))
    assert cortex.tick(quiet).published == 0
    assert quiet.published == {}


def test_a_persona_that_is_not_in_the_room_gets_no_candidates(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    row = ask(transcript, "Hello!")
    context = PlainContext((PAIGE, OTTO), (event(EventKind.MESSAGE, row, "general", "joel", ""),))
    cortex.tick(context)
    assert set(context.published) == {(CANDIDATES.name, KEY)}


def test_the_longest_candidates_fit_into_the_buffer(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    for number in range(8):
        long = f"{number} " + "ä" * (MAX_TEXT_BYTES // 2 - 3) + "?"
        ask(transcript, long, long)
        ask(transcript, "Hi", long)
    row = ask(transcript, "Hi")
    assert len(msgpack.packb(candidates(cortex, row))) <= CANDIDATES.value_bytes


@pytest.mark.parametrize(
    ("statement", "speaker", "expected"),
    [
        ("my name is Joel", "joel", ("What is my name?", "Your name is Joel.")),
        ("So, my dog's name is Rex!", "joel", ("What is my dog called?", "Your dog is called Rex.")),
        ("I live in Lagos.", "joel", ("Where do I live?", "You live in Lagos.")),
        ("I like chess", "joel", ("What do I like?", "You like chess.")),
        ("my boat is named Ada", "Mia", ("What is Mia's boat called?", "Mia's boat is called Ada.")),
        ("I like chess", "Mia", None),
        ("It rains.", "joel", None),
    ],
)
def test_statements_become_the_question_that_they_answer(
    statement: str, speaker: str, expected: tuple[str, str] | None
) -> None:
    assert question_and_answer(statement, speaker, "joel") == expected


def test_a_long_transcript_is_caught_up_with_tick_by_tick_and_nothing_old_is_published(
    cortex: MotorCortex, transcript: TranscriptWriter
) -> None:
    for number in range(600):
        ask(transcript, f"What about thing number {number}?")
    ticks: list[TickOutcome] = []
    while not ticks or ticks[-1].hint is CadenceHint.FASTER:
        context = PlainContext((PAIGE,), remaining_s=0.0)
        ticks.append(cortex.tick(context))
        assert len(ticks) < 10
    assert len(ticks) == 3
    assert not any(outcome.published for outcome in ticks[:-1])
    assert context.published["candidates", KEY]["for_row"] == transcript.newest_row_id
