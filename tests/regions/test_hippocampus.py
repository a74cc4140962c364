"""The hippocampus on a real transcript, without processes."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from regions.hippocampus import Hippocampus
from substrate.memory import Message, Prefetch, StoreUnwritable, decode_prefetch
from substrate.memory.commands import BadParameter
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.errors import StoreDamaged
from substrate.memory.focus import FOCUS, Focus, encode_focus
from substrate.memory.graph import EdgeKind
from substrate.memory.last_marks import last_marks
from substrate.memory.rehearsals import rehearsals
from substrate.memory.senses import FEATURES, Senses, content_hash, encode_understood
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import TranscriptWriter
from substrate.region.contract import Event, EventKind, PersonaProfile, RegionEnvironment
from tests.regions.longest_texts import LONGEST_TEXTS
from tests.regions.plain_context import PlainContext, event
from tests.regions.transcript_rows import commit_row

PAIGE = PersonaProfile("p-paige", "Paige", 0.0)
NOOR = PersonaProfile("p-noor", "Noor", 0.0, frozenset({"code"}))


class Mind:
    """A transcript and a hippocampus that follows it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.transcript = TranscriptWriter(home / "transcript.db", "session")
        self.region = self.start()

    def start(self) -> Hippocampus:
        region = Hippocampus()
        region.open(RegionEnvironment(self.home, self.home / "transcript.db", (PAIGE, NOOR)))
        return region

    def restart(self) -> None:
        self.region.close()
        self.region = self.start()

    def say(self, text: str, channel: str = "general", at_s: float = 0.0) -> TranscriptRow:
        return commit_row(self.transcript, text, at_s or time.time(), channel=channel)

    def tick(
        self,
        *events: Event,
        others: Mapping[tuple[str, tuple[str, ...]], Any] | None = None,
        remaining_s: float = 1.0,
    ) -> PlainContext:
        context = PlainContext((PAIGE, NOOR), events, others, remaining_s)
        self.region.tick(context)
        return context

    def answer(self, asked: TranscriptRow, text: str, *used: TranscriptRow) -> TranscriptRow:
        """Paige answers, and her prompt showed and her reply used some rows."""
        reply = commit_row(
            self.transcript, text, time.time(), channel=asked.channel, sender=PAIGE.name,
            persona_id=PAIGE.persona_id, in_reply_to=asked.row_id,
        )  # fmt: skip
        ids = ",".join(f"{row.row_id}.0" for row in used)
        self.tick(event(EventKind.REPLY, reply.row_id, asked.channel, PAIGE.name, text))
        self.tick(event(EventKind.RECALLED, asked.row_id, asked.channel, PAIGE.name, f"{ids},{ids}"))
        return reply

    def withdraw(self, row: TranscriptRow) -> PlainContext:
        with self.transcript.transaction():
            self.transcript.withdraw(row.row_id, time.time())
        return self.tick(event(EventKind.WITHDRAWN, row.row_id, row.channel, row.sender, ""))

    def hear(self, row: TranscriptRow, **context: Any) -> PlainContext:
        return self.tick(event(EventKind.MESSAGE, row.row_id, row.channel, row.sender, row.text), **context)

    def texts(self, persona: str) -> list[str]:
        listed = self.region.commands()["memory/list"]({"persona": persona, "limit": 100})
        return [engram["text"] for engram in listed["engrams"]]

    def close(self) -> None:
        self.region.close()
        self.transcript.close()


@pytest.fixture
def mind(tmp_path: Path) -> Iterator[Mind]:
    mind = Mind(tmp_path)
    yield mind
    mind.close()


def prefetch(context: PlainContext, persona: PersonaProfile, channel: str) -> Prefetch:
    return decode_prefetch(context.published["prefetch", (persona.persona_id, channel)])


def test_a_question_finds_what_was_said_in_another_room(mind: Mind) -> None:
    mind.hear(mind.say("My sister is called Oluwaseun.", "code"))
    mind.hear(mind.say("The weather is awful today.", "general"))
    asked = mind.say("What is my sister called?", "general")

    staged = prefetch(mind.hear(asked), PAIGE, "general")

    assert staged.for_row == asked.row_id
    assert (staged.engrams[0].text, staged.engrams[0].channel) == ("My sister is called Oluwaseun.", "code")


def test_what_was_taken_in_is_there_after_a_restart(mind: Mind) -> None:
    mind.hear(mind.say("My sister is called Oluwaseun."))
    mind.restart()

    staged = prefetch(mind.hear(mind.say("What is my sister called?")), PAIGE, "general")

    assert staged.engrams[0].text == "My sister is called Oluwaseun."


def test_messages_whose_events_were_lost_are_taken_in_from_the_transcript(mind: Mind) -> None:
    for number in range(600):
        mind.say(f"Remark number {number}.")

    mind.tick()

    assert len(mind.texts("Paige")) == 100
    assert mind.region.commands()["memory/list"]({"persona": "Paige"})["count"] == 600


def test_a_withdrawn_message_is_forgotten_also_on_disk(mind: Mind) -> None:
    row = mind.say("The password is xylophone.")
    mind.hear(row)
    with mind.transcript.transaction():
        mind.transcript.withdraw(row.row_id, time.time())

    mind.tick(event(EventKind.WITHDRAWN, row.row_id, row.channel, row.sender, ""))

    assert mind.texts("Paige") == []
    files = list((mind.home / "personas").rglob("longterm.db*"))
    assert files
    assert not any(b"xylophone" in file.read_bytes() for file in files)


def test_what_was_withdrawn_while_nobody_listened_leaves_the_buffer_at_the_start(mind: Mind) -> None:
    row = mind.say("The password is xylophone.")
    mind.hear(row)
    with mind.transcript.transaction():
        mind.transcript.withdraw(row.row_id, time.time())
    mind.restart()

    context = mind.tick()

    assert context.scrubbed == {"prefetch"}
    assert mind.texts("Paige") == []


def test_what_was_lost_of_the_events_may_have_been_a_withdrawal(mind: Mind) -> None:
    row = mind.say("The password is xylophone.")
    mind.hear(row)
    with mind.transcript.transaction():
        mind.transcript.withdraw(row.row_id, time.time())
    asked = mind.say("What is the password?")
    context = PlainContext(
        (PAIGE,), (event(EventKind.MESSAGE, asked.row_id, "general", "joel", asked.text),), lost_events=9
    )
    mind.region.tick(context)
    assert context.scrubbed == {"prefetch"}
    assert not prefetch(context, PAIGE, "general").engrams


def test_who_was_not_there_does_not_know(mind: Mind) -> None:
    context = mind.hear(mind.say("The launch code is in the drawer.", "general"))

    assert mind.texts("Noor") == []
    assert ("prefetch", (NOOR.persona_id, "general")) not in context.published


def test_what_was_said_before_a_persona_existed_stays_unknown_to_it(tmp_path: Path) -> None:
    mind = Mind(tmp_path)
    try:
        mind.say("Nobody was here yet.", at_s=-5.0)
        mind.hear(mind.say("Now they are."))

        assert mind.texts("Paige") == ["Now they are."]
    finally:
        mind.close()


def test_typing_stages_memories_before_the_message_is_sent(mind: Mind) -> None:
    said = mind.say("My sister is called Oluwaseun.")
    mind.hear(said)
    mind.tick(event(EventKind.REPLY, said.row_id + 1, "general", "Paige", "Noted."))

    context = mind.tick(event(EventKind.TYPING, 0, "general", "joel", "what was my sister"))

    assert prefetch(context, PAIGE, "general").engrams[0].text == "My sister is called Oluwaseun."


def test_typing_does_not_displace_what_is_staged_for_a_message_that_waits_for_its_answer(mind: Mind) -> None:
    asked = mind.say("What is my sister called?")
    typing = event(EventKind.TYPING, 0, "general", "ana", "pancakes")

    together = mind.tick(event(EventKind.MESSAGE, asked.row_id, "general", "joel", asked.text), typing)
    afterwards = mind.tick(typing)

    assert prefetch(together, PAIGE, "general").for_row == asked.row_id
    assert ("prefetch", ("p-paige", "general")) not in afterwards.published


def test_a_message_is_no_memory_of_itself(mind: Mind) -> None:
    asked = mind.say("What is my sister called?")
    mind.tick()  # Takes it in from the transcript, before its event came.

    staged = prefetch(mind.hear(asked), PAIGE, "general")

    assert mind.texts("Paige") == ["What is my sister called?"]
    assert staged.engrams == ()


def test_a_recall_on_demand_is_the_one_of_the_turn_in_which_its_asker_says_it(mind: Mind) -> None:
    for sender in ("ana", "joel"):
        row = commit_row(mind.transcript, f"The sister of {sender} plays chess.", 9.0, sender=sender)
        mind.hear(row)
    recall = mind.region.commands()["memory/recall"]
    for asker in ("ana", "joel"):
        asked = {"query": "Which game does my sister play?", "persona": "Paige", "asker": asker}
        assert recall(asked)["engrams"][0]["speaker"] == asker


def test_a_recall_says_why_and_bad_parameters_say_what_is_accepted(mind: Mind) -> None:
    mind.hear(mind.say("My sister is called Oluwaseun."))
    recall = mind.region.commands()["memory/recall"]

    for number in range(8):
        mind.hear(mind.say(f"Remark number {number}."))

    found = recall({"query": "sister", "persona": "paige", "limit": 1})

    assert [engram["text"] for engram in found["engrams"]] == ["My sister is called Oluwaseun."]
    assert found["engrams"][0]["parts"]["lexical"] > 0
    for params, said in (
        ({"persona": "Paige"}, "query"),
        ({"query": "sister"}, "Paige, Noor"),
        ({"query": "sister", "persona": "Zed"}, "Paige, Noor"),
        ({"query": "sister", "person": "Paige"}, "persona"),
        ({"query": "sister", "persona": "Paige", "limit": 0}, "1 to 1000"),
    ):
        with pytest.raises(BadParameter, match=said):
            recall(params)


def test_what_the_prompt_showed_counts_as_rehearsed(mind: Mind) -> None:
    row = mind.say("My sister is called Oluwaseun.")
    mind.hear(row)

    mind.tick(event(EventKind.RECALLED, row.row_id, "general", "Paige", f"{row.row_id}.0"))

    assert rehearsals(mind.home / "personas" / "p-paige" / "longterm.db") == [(row.row_id, 1, 0.0)]


def test_what_is_withdrawn_leaves_the_prefetch_too(mind: Mind) -> None:
    row = mind.say("The password is xylophone.")
    mind.hear(row)
    mind.hear(mind.say("What is the password?"))
    with mind.transcript.transaction():
        mind.transcript.withdraw(row.row_id, time.time())

    context = mind.tick(event(EventKind.WITHDRAWN, row.row_id, row.channel, row.sender, ""))

    assert "prefetch" in context.scrubbed
    assert "xylophone" not in str(context.published)


def test_a_corrected_memory_says_the_new_text_and_keeps_its_origin(mind: Mind) -> None:
    row = mind.say("My sister is called Oluwasen.")
    mind.hear(row)
    mind.region.commands()["memory/correct"](
        {"engram_id": f"{row.row_id}.0", "text": "My sister is called Oluwaseun."}
    )
    mind.restart()

    staged = prefetch(mind.hear(mind.say("What is my sister called?")), PAIGE, "general")

    assert (staged.engrams[0].text, staged.engrams[0].row_id) == (
        "My sister is called Oluwaseun.",
        row.row_id,
    )


def test_a_correction_is_no_longer_than_a_memory(mind: Mind) -> None:
    row = mind.say("My sister is called Oluwasen.")
    mind.hear(row)
    correct = mind.region.commands()["memory/correct"]
    with pytest.raises(BadParameter, match="401 characters, a memory holds 400"):
        correct({"engram_id": f"{row.row_id}.0", "text": "x" * 401})
    assert mind.texts("Paige") == [row.text]


def test_what_one_persona_forgot_does_not_come_back_and_others_keep_it(mind: Mind) -> None:
    row = mind.say("The password is xylophone.", "code")
    mind.hear(row)
    forgotten = mind.region.commands()["memory/forget"]({"text": "XYLOPHONE", "persona": "Paige"})
    mind.tick()
    mind.restart()
    mind.tick()

    assert forgotten["engram_ids"] == [f"{row.row_id}.0"]
    assert mind.texts("Paige") == []
    assert mind.texts("Noor") == ["The password is xylophone."]


def test_what_is_forgotten_or_corrected_has_left_the_buffer_before_the_answer(mind: Mind) -> None:
    row = mind.say("The password is xylophone.", "code")
    mind.hear(row)
    commands = mind.region.commands()
    for name, params in (
        ("memory/correct", {"engram_id": f"{row.row_id}.0", "text": "The password is marimba."}),
        ("memory/forget", {"text": "password", "persona": "Paige"}),
    ):
        context = mind.hear(mind.say("What is the password?", "code"))
        assert prefetch(context, PAIGE, "code").engrams
        commands[name](params)
        assert not context.published
        context = mind.tick()
        assert "xylophone" not in str(context.published)
    assert "marimba" not in str(mind.hear(mind.say("And the password?", "general")).published)


def test_a_correction_holds_no_control_characters(mind: Mind) -> None:
    row = mind.say("The password is xylophone.", "code")
    mind.hear(row)
    for text, named in (("red \x1b[2J", "U+001B"), ("half \ud800", "U+D800")):
        with pytest.raises(BadParameter, match=re.escape(named)):
            mind.region.commands()["memory/correct"]({"engram_id": f"{row.row_id}.0", "text": text})
    assert mind.texts("Noor") == ["The password is xylophone."]


def test_what_was_said_and_is_not_remembered_in_its_words_is_listed_as_a_message(mind: Mind) -> None:
    corrected, kept = mind.say("The password is xylophone.", "code"), mind.say("A xylophone is fun.", "code")
    mind.hear(corrected)
    mind.hear(kept)
    commands = mind.region.commands()
    commands["memory/correct"]({"engram_id": f"{corrected.row_id}.0", "text": "The password is secret."})
    listed = commands["memory/list"]({"persona": "Paige", "text": "xylophone"})
    assert [engram["row_id"] for engram in listed["engrams"]] == [kept.row_id]
    assert [message["row_id"] for message in listed["messages"]] == [corrected.row_id]
    assert commands["memory/list"]({"persona": "Paige"})["messages"] == []


def test_words_that_only_somebody_absent_remembers_are_forgotten_for_everybody(mind: Mind) -> None:
    row = mind.say("The password is xylophone.", "code")
    mind.hear(row)
    correction = {"engram_id": f"{row.row_id}.0", "text": "The PIN is 998877.", "persona": "Noor"}
    mind.region.commands()["memory/correct"](correction)
    mind.region.tick(PlainContext((PAIGE,)))
    found = mind.region.commands()["memory/rows"]({"text": "998877"})
    assert (found["row_ids"], found["forgotten"]) == ([], 1)
    mind.tick()
    assert mind.texts("Noor") == []


def test_a_damaged_memory_of_somebody_absent_keeps_nobody_else_from_forgetting(mind: Mind) -> None:
    row = mind.say("The password is xylophone.", "code")
    mind.hear(row)
    gone = mind.home / "personas" / "p-gone"
    gone.mkdir()
    (gone / "longterm.db").write_bytes(b"U" * 8192)
    found = mind.region.commands()["memory/rows"]({"text": "xylophone"})
    assert found["row_ids"] == [row.row_id]
    assert "p-gone" in found["not_reached"]


def test_nobody_takes_in_what_was_said_while_it_was_not_there(mind: Mind) -> None:
    rows = [mind.say(text, "code") for text in ("Before.", "Meanwhile.", "Afterwards.")]
    away = replace(NOOR, absences=((rows[0].row_id, rows[1].row_id),))
    mind.region.tick(PlainContext((PAIGE, away)))
    assert mind.texts("Noor") == ["Afterwards.", "Before."]
    assert len(mind.texts("Paige")) == 3


def test_the_rows_behind_memories_are_found_by_their_words(mind: Mind) -> None:
    row = mind.say("The password is xylophone.", "code")
    mind.hear(row)
    mind.hear(mind.say("It is raining.", "code"))

    found = mind.region.commands()["memory/rows"]({"text": "xylophone"})

    assert found["row_ids"] == [row.row_id]


def test_beside_a_new_transcript_old_memories_are_kept_and_forgotten_without_touching_new_rows(
    mind: Mind,
) -> None:
    old = mind.say("The password is xylophone.", "code")
    mind.hear(old)
    mind.withdraw(mind.say("Never mind.", "code"))
    mind.close()
    for file in mind.home.glob("transcript.db*"):
        file.unlink()
    mind.transcript = TranscriptWriter(
        mind.home / "transcript.db", "session", seen=last_marks(mind.home / "personas")
    )
    mind.region = mind.start()
    new = [mind.say(f"New remark {number}.", "code") for number in range(3)]
    mind.tick()
    mind.withdraw(new[0])

    assert mind.texts("Noor") == ["New remark 2.", "New remark 1.", old.text]
    found = mind.region.commands()["memory/rows"]({"text": "xylophone"})
    assert (found["row_ids"], found["forgotten"]) == ([], 2)
    assert mind.texts("Paige") == mind.texts("Noor") == ["New remark 2.", "New remark 1."]


def test_a_damaged_memory_is_told_once_and_keeps_nobody_else_from_remembering(
    mind: Mind, caplog: pytest.LogCaptureFixture
) -> None:
    mind.hear(mind.say("The password is xylophone.", "code"))
    mind.region.close()
    for file in (mind.home / "personas" / "p-paige").glob("longterm.db*"):
        file.write_bytes(b"U" * 8192)
    mind.region = mind.start()
    mind.hear(mind.say("My sister is called Oluwaseun.", "code"))
    mind.tick()
    commands = mind.region.commands()

    assert mind.texts("Noor") == ["My sister is called Oluwaseun.", "The password is xylophone."]
    for name, params in (("memory/list", {}), ("memory/recall", {"query": "password"})):
        with pytest.raises(StoreDamaged, match="p-paige"):
            commands[name]({**params, "persona": "paige"})
    assert len(commands["memory/rows"]({"text": "xylophone"})["row_ids"]) == 1
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


def test_a_memory_that_is_locked_at_the_start_is_opened_later_and_keeps_nobody_else_from_remembering(
    mind: Mind, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("substrate.memory.database._BUSY_MS", 0)
    monkeypatch.setattr("regions.hippocampus._OPEN_AGAIN_S", 0.0)
    mind.hear(mind.say("The password is xylophone.", "code"))
    mind.region.close()
    locking = sqlite3.connect(mind.home / "personas" / "p-paige" / "longterm.db", isolation_level=None)
    locking.execute("PRAGMA locking_mode=EXCLUSIVE")
    locking.execute("BEGIN EXCLUSIVE")

    mind.region = mind.start()
    mind.hear(mind.say("My sister is called Oluwaseun.", "code"))
    mind.tick()
    commands = mind.region.commands()

    assert mind.texts("Noor") == ["My sister is called Oluwaseun.", "The password is xylophone."]
    with pytest.raises(StoreUnwritable, match="p-paige"):
        commands["memory/list"]({"persona": "paige"})
    assert [record.levelname for record in caplog.records].count("ERROR") == 1

    locking.execute("COMMIT")
    locking.close()
    mind.tick()
    assert mind.texts("Paige") == mind.texts("Noor")


def test_a_memory_of_another_transcript_is_not_taken_for_the_row_that_has_its_number(mind: Mind) -> None:
    row = mind.say("The weather is awful.", "code")
    store = mind.region._memories["p-paige"][1]
    store.admit([Message("of-another", row.row_id, "code", "joel", "The password is xylophone.", 1.0)])

    found = mind.region.commands()["memory/rows"]({"text": "xylophone"})

    assert found["row_ids"] == []
    assert not store.holds(f"{row.row_id}.0")


def test_who_is_addressed_is_served_first_and_who_is_not_in_the_time_that_is_left(mind: Mind) -> None:
    mind.hear(mind.say("My sister is called Oluwaseun.", "code"))

    context = mind.hear(mind.say("Noor, what is my sister called?", "code"))
    assert [key[0] for _, key in context.published if key[1] == "code"] == ["p-noor", "p-paige"]

    hurried = mind.hear(mind.say("Noor, where does my sister live?", "code"), remaining_s=-1.0)
    assert [key[0] for _, key in hurried.published if key[1] == "code"] == ["p-noor"]

    hurried = mind.hear(mind.say("Where does she live?", "code"), remaining_s=-1.0)
    assert {key[0] for _, key in hurried.published if key[1] == "code"} == {"p-noor", "p-paige"}


def test_what_there_was_no_time_to_take_in_is_taken_in_later(mind: Mind) -> None:
    for number in range(5):
        mind.hear(mind.say(f"Remark number {number}.", "code"), remaining_s=-1.0)
    mind.tick()

    for persona in ("Paige", "Noor"):
        assert len(mind.texts(persona)) == 5


def test_when_an_answer_is_taken_back_its_question_is_recalled_for_again(mind: Mind) -> None:
    mind.hear(mind.say("My sister is called Oluwaseun.", "code"))
    asked = mind.say("What is my sister called?")
    mind.hear(asked)
    reply = mind.answer(asked, "She is called Ada.")

    staged = prefetch(mind.withdraw(reply), PAIGE, "general")

    assert staged.for_row == asked.row_id
    assert staged.engrams[0].text == "My sister is called Oluwaseun."
    assert mind.texts("Paige")[0] == asked.text


def test_what_a_reply_used_is_connected_with_the_question_with_each_other_and_with_the_reply(
    mind: Mind,
) -> None:
    facts = [mind.say("My sister is called Oluwaseun."), mind.say("My sister lives in Lagos.")]
    asked = mind.say("What do you know of my sister?")
    for row in (*facts, asked):
        mind.hear(row)
    reply = mind.answer(asked, "Oluwaseun lives in Lagos.", *facts)

    connection = sqlite3.connect(mind.home / "personas" / "p-paige" / "longterm.db")
    kept = set(connection.execute("SELECT kind, source_row, target_row FROM edges"))
    connection.close()

    first, second = (row.row_id for row in facts)
    assert kept >= {
        (EdgeKind.CITED_IN, first, asked.row_id),
        (EdgeKind.CITED_IN, second, asked.row_id),
        (EdgeKind.OUTCOME, first, reply.row_id),
        (EdgeKind.OUTCOME, second, reply.row_id),
        (EdgeKind.CO_RECALL, first, second),
    }


def test_what_the_sensory_region_understood_is_not_understood_again(mind: Mind) -> None:
    senses, names = Senses(StaticEmbedder()), frozenset({"paige", "noor", "joel"})
    row = mind.say("Plain words.")
    own = senses.read(row.text, names=names)
    marked = replace(
        own, features=replace(own.features, terms=("marker",), term_words=own.features.words[:1])
    )
    key = content_hash(row.text, by_persona=False, names=names, embedder_id=senses.embedder.id)

    mind.hear(row, others={(FEATURES.name, (key,)): encode_understood(marked)})

    found = mind.region.commands()["memory/recall"]({"query": "marker", "persona": "Paige"})
    assert found["engrams"][0]["parts"]["lexical"] > 0


def test_a_room_where_nobody_has_spoken_since_the_start_has_what_it_was_about(mind: Mind) -> None:
    mind.hear(mind.say("The telescope needs a new mirror.", "code"))
    for number in range(40):
        mind.hear(mind.say(f"Lunch number {number} was good."))
    mind.restart()
    focus = encode_focus(Focus(("telescop", "mirror"), 0.5, (1,)))

    published: dict[tuple[str, tuple[str, ...]], Any] = {}
    for _ in range(4):
        published |= mind.tick(others={(FOCUS.name, ("p-paige", "code")): focus}).published

    staged = decode_prefetch(published["prefetch", ("p-paige", "code")])
    assert staged.engrams[0].text == "The telescope needs a new mirror."


def test_on_a_full_disk_recall_goes_on_and_what_was_said_is_taken_in_when_there_is_room(
    mind: Mind, caplog: pytest.LogCaptureFixture
) -> None:
    mind.hear(mind.say("My sister is called Oluwaseun."))
    store = mind.region._memories["p-paige"][1]
    connection = store._database._connection
    connection.execute("PRAGMA max_page_count = 1")  # SQLite's own way to run out of room
    for number in range(30):
        mind.hear(mind.say(f"Remark number {number}. " + "word " * 60))
    staged = prefetch(mind.hear(mind.say("What is my sister called?")), PAIGE, "general")

    assert "My sister is called Oluwaseun." in [engram.text for engram in staged.engrams]
    assert len(mind.texts("Paige")) < 32
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert "longterm.db" in caplog.text

    connection.execute("PRAGMA max_page_count = 1000000")
    mind.tick()
    assert len(mind.texts("Paige")) == 32


def test_what_was_withdrawn_before_it_was_taken_in_never_is(mind: Mind) -> None:
    row = mind.say("The password is xylophone.")
    with mind.transcript.transaction():
        mind.transcript.withdraw(row.row_id, time.time())
    mind.tick()
    mind.restart()
    mind.tick()
    assert mind.texts("Paige") == []


def test_words_that_a_correction_took_out_of_memory_are_found_in_the_transcript(mind: Mind) -> None:
    row = mind.say("My sister is called Oluwasen.")
    mind.hear(row)
    commands = mind.region.commands()
    commands["memory/correct"]({"engram_id": f"{row.row_id}.0", "text": "My sister is called Ada."})
    assert commands["memory/rows"]({"text": "oluwasen"})["row_ids"] == [row.row_id]
    assert commands["memory/rows"]({"text": "luwasen"})["row_ids"] == []


@pytest.mark.parametrize("text", LONGEST_TEXTS)
def test_the_longest_messages_are_taken_in_and_what_is_staged_fits(mind: Mind, text: str) -> None:
    mind.hear(mind.say(text))
    mind.hear(mind.say("It rains."))

    staged = prefetch(mind.hear(mind.say(text)), PAIGE, "general")

    assert staged.engrams
    listed = mind.region.commands()["memory/list"]({"persona": "Paige", "text": "It rains."})
    assert len(listed["engrams"]) == 1


def test_a_memory_that_cannot_be_written_keeps_no_other_from_being_written(mind: Mind) -> None:
    secret = mind.say("The password is xylophone.", channel="code")
    mind.tick()
    broken = mind.region._memories[PAIGE.persona_id][1]
    broken._database._connection.execute("PRAGMA query_only = ON")
    mind.say("The build is green.", channel="code")
    mind.tick()
    mind.withdraw(secret)

    listed = mind.region.commands()["memory/list"]({"persona": NOOR.name})

    assert [engram["text"] for engram in listed["engrams"]] == ["The build is green."]
    broken._database._connection.execute("PRAGMA query_only = OFF")
    mind.tick()
    listed = mind.region.commands()["memory/list"]({"persona": PAIGE.name})
    assert [engram["text"] for engram in listed["engrams"]] == ["The build is green."]


def test_what_is_withdrawn_leaves_the_memory_of_a_persona_that_is_not_here(mind: Mind) -> None:
    secret = mind.say("The password is xylophone.")
    mind.say("It rains.")
    mind.tick()
    mind.region.close()
    home = mind.home / "personas" / "p-gone"
    home.mkdir()
    (home / "longterm.db").write_bytes((mind.home / "personas" / "p-paige" / "longterm.db").read_bytes())
    mind.region = mind.start()
    assert b"xylophon" in (home / "longterm.db").read_bytes()

    mind.withdraw(secret)
    mind.tick()

    assert b"xylophon" not in b"".join(file.read_bytes() for file in home.iterdir())
    assert b"It rains." in (home / "longterm.db").read_bytes()


def test_a_persona_made_by_a_clock_ahead_of_time_remembers_what_is_said_after_it_was_set_back(
    tmp_path: Path,
) -> None:
    transcript = TranscriptWriter(tmp_path / "transcript.db", "session")
    commit_row(transcript, "This was before anybody was there.", 1000.0)
    region, early = Hippocampus(), replace(PAIGE, created_at_s=9000.0)
    region.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (early,)))
    region.tick(PlainContext((early,)))
    said = commit_row(transcript, "My sister is called Oluwaseun.", 2000.0)

    region.tick(
        PlainContext((early,), (event(EventKind.MESSAGE, said.row_id, "general", "joel", said.text),))
    )
    region.close()
    again = Hippocampus()
    again.open(RegionEnvironment(tmp_path, tmp_path / "transcript.db", (early,)))
    commit_row(transcript, "And my brother Kofi.", 2001.0)
    again.tick(PlainContext((early,)))

    listed = again.commands()["memory/list"]({})["engrams"]
    assert [one["text"] for one in listed] == ["And my brother Kofi.", "My sister is called Oluwaseun."]
    again.close()
    transcript.close()
