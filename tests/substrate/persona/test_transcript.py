"""The transcript keeps what was committed, and loses what was withdrawn."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from substrate.persona import transcript_flush
from substrate.persona.outcome import INTERRUPTED, Outcome, OutcomeKind
from substrate.persona.transcript import TranscriptReader, TranscriptRow
from substrate.persona.transcript_flush import TranscriptFlush
from substrate.persona.transcript_schema import MIGRATIONS, TranscriptError
from substrate.persona.transcript_writer import Batch, ClientId, ClientIdKnown, TranscriptWriter
from substrate.sqlite_migrations import migrate

Open = Callable[..., TranscriptWriter]

PATIENCE_S = 10.0
"""How long a test waits for what does happen."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "transcript.db"


@pytest.fixture
def open_writer(path: Path) -> Iterator[Open]:
    opened: list[TranscriptWriter] = []

    def open_(session: str = "s1") -> TranscriptWriter:
        opened.append(TranscriptWriter(path, session))
        return opened[-1]

    yield open_
    for writer in opened:
        writer.close()


@pytest.fixture
def reader(path: Path) -> Iterator[TranscriptReader]:
    opened = TranscriptReader(path)
    yield opened
    opened.close()


def say(
    writer: TranscriptWriter,
    text: str,
    *,
    client_id: ClientId | None = None,
    channel: str = "general",
    asked: tuple[str, ...] = (),
    in_reply_to: int | None = None,
    persona_id: str | None = None,
) -> TranscriptRow:
    row = writer.new_row(
        channel=channel,
        sender="joel",
        text=text,
        at_s=1e9,
        persona_id=persona_id,
        in_reply_to=in_reply_to,
    )
    batch = Batch([(row, client_id)], [(row.row_id, persona, 0, False) for persona in asked])
    with writer.transaction():
        writer.store(batch)
    return row


def test_rows_are_read_in_the_order_of_their_commits_from_any_cursor(
    open_writer: Open, reader: TranscriptReader
) -> None:
    writer = open_writer()
    rows = [say(writer, f"line {number}", channel="ab"[number % 2]) for number in range(6)]
    assert reader.rows_after(0, 100) == rows
    assert reader.rows_after(rows[2].row_id, 2) == rows[3:5]
    assert reader.recent("a", 2) == [rows[2], rows[4]]
    assert reader.row(rows[1].row_id) == rows[1]
    assert writer.channels() == ["a", "b"]


def test_a_transcript_that_does_not_exist_yet_is_empty_and_is_read_once_it_does(
    open_writer: Open, reader: TranscriptReader
) -> None:
    assert reader.rows_after(0, 10) == []
    row = say(open_writer(), "hello")
    assert reader.rows_after(0, 10) == [row]


def test_a_message_is_found_by_its_message_id_alone(open_writer: Open) -> None:
    writer = open_writer()
    row = say(writer, "hello")
    assert writer.find_by_message_id(row.message_id) == row
    other = row.message_id[:9] + "ffff" + row.message_id[13:]
    assert writer.find_by_message_id(other) is None
    assert writer.find_by_message_id("nonsense") is None


def test_an_id_that_comes_twice_in_a_session_stores_nothing_of_its_batch(open_writer: Open) -> None:
    writer = open_writer()
    first = say(writer, "hello", client_id="m1")
    with pytest.raises(ClientIdKnown):
        say(writer, "again", client_id="m1")
    assert writer.find_by_client("m1") == (first, False)
    assert writer.recent("general", 10) == [first]


def test_ids_mean_something_in_their_own_session_only(open_writer: Open) -> None:
    first = open_writer("s1")
    say(first, "hello", client_id="m1")
    first.close()
    second = open_writer("s2")
    assert second.find_by_client("m1") is None
    say(second, "hello again", client_id="m1")


def test_numbers_and_texts_are_different_ids(open_writer: Open) -> None:
    writer = open_writer()
    say(writer, "a text", client_id="7")
    say(writer, "a number", client_id=7)
    found = writer.find_by_client(7)
    assert found is not None
    assert found[0].text == "a number"


def test_row_ids_are_never_given_twice_even_when_a_power_cut_took_rows_back(
    open_writer: Open, path: Path
) -> None:
    writer = open_writer()
    rows = [say(writer, f"line {number}") for number in range(10)]
    writer.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM messages WHERE row_id > ?", (rows[4].row_id,))
    connection.close()
    assert say(open_writer(), "after the cut").row_id > rows[-1].row_id


def test_a_withdrawn_text_is_in_no_file_any_more(
    open_writer: Open, reader: TranscriptReader, path: Path
) -> None:
    writer = open_writer()
    flush = TranscriptFlush(path)
    kept, secret = say(writer, "keep this"), say(writer, "the word is xylophone")
    with writer.transaction():
        writer.withdraw(secret.row_id, 1e9)
    flush.withdrawn()
    flush.close()
    writer.close()
    on_disk = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"xylophone" not in on_disk
    assert b"keep this" in on_disk
    assert reader.rows_after(0, 10) == [kept]
    assert [withdrawal.row_id for withdrawal in reader.withdrawals_after(0, 10)] == [secret.row_id]


def test_how_a_reply_ended_is_known_also_when_its_turn_was_not_noted(open_writer: Open) -> None:
    writer = open_writer()
    row = say(writer, "Tell me a story", asked=("paige",))
    with writer.transaction():
        writer.store(Batch(endings=[("cut", row.row_id, "paige")]))
    reply = say(writer, "Once upon a time", in_reply_to=row.row_id, persona_id="paige")
    with writer.transaction():
        assert writer.pending_turns() == []
    (turn,) = writer.turns_of(row.row_id)
    assert (turn.kind, turn.reply_row, turn.reason) == (OutcomeKind.REPLY, reply.row_id, "cut")
    with writer.transaction():
        writer.reopen_turn(row.row_id, "paige")
    (turn,) = writer.turns_of(row.row_id)
    assert (turn.kind, turn.reason) == (None, "")


def test_a_log_that_could_not_be_opened_is_flushed_once_it_can_be(
    open_writer: Open, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transcript_flush, "FLUSH_AFTER_S", 0.01)
    monkeypatch.setattr(transcript_flush, "FOLD_AFTER_S", 0.01)
    open_file, flushed, refusals = os.open, threading.Event(), [1, 2]

    def open_or_refuse(file: Any, *rest: Any, **options: Any) -> int:
        if str(file).endswith("-wal") and refusals:
            raise OSError(errno.EMFILE, f"too many open files, refusal {refusals.pop()}")
        return open_file(file, *rest, **options)

    monkeypatch.setattr(os, "open", open_or_refuse)
    monkeypatch.setattr(transcript_flush, "_flush_to_disk", lambda descriptor: flushed.set())
    writer = open_writer()
    say(writer, "kept")
    flush = TranscriptFlush(path)
    flush.committed()
    assert flushed.wait(PATIENCE_S)
    flush.close()
    assert [record.getMessage().endswith("refusal 2") for record in caplog.records] == [True]


def test_turns_are_pending_until_their_outcome_and_keep_the_first_one(open_writer: Open) -> None:
    writer = open_writer()
    row = say(writer, "hello", asked=("paige", "max"))
    reply = say(writer, "Hi", in_reply_to=row.row_id, persona_id="paige")
    with writer.transaction():
        writer.note_replies([(row.row_id, reply)])
        assert [turn.persona_id for turn in writer.pending_turns()] == ["max"]
    with writer.transaction():
        writer.store(Batch(outcomes=[(row.row_id, "paige", INTERRUPTED)]))
    paige = next(turn for turn in writer.turns_of(row.row_id) if turn.persona_id == "paige")
    assert (paige.kind, paige.reply_row) == (OutcomeKind.REPLY, reply.row_id)


def test_a_reply_that_nobody_came_to_note_is_the_outcome_of_its_turn_all_the_same(open_writer: Open) -> None:
    row = say(open_writer(), "hello", asked=("paige", "max"))
    reply = say(open_writer(), "Hi", in_reply_to=row.row_id, persona_id="paige")
    after_the_crash = open_writer()
    with after_the_crash.transaction():
        assert [turn.persona_id for turn in after_the_crash.pending_turns()] == ["max"]
    paige = next(turn for turn in after_the_crash.turns_of(row.row_id) if turn.persona_id == "paige")
    assert (paige.kind, paige.reply_row) == (OutcomeKind.REPLY, reply.row_id)


def test_a_reply_that_was_withdrawn_to_be_written_anew_leaves_its_turn_pending(open_writer: Open) -> None:
    writer = open_writer()
    row = say(writer, "hello", asked=("paige",))
    reply = say(writer, "Hi", in_reply_to=row.row_id, persona_id="paige")
    with writer.transaction():
        writer.withdraw(reply.row_id, 1e9)
        writer.reopen_turn(row.row_id, "paige")
    with writer.transaction():
        assert [turn.persona_id for turn in writer.pending_turns()] == ["paige"]


def test_what_a_failed_turn_quoted_is_withdrawn_with_its_message(open_writer: Open) -> None:
    writer = open_writer()
    row = say(writer, "hello", asked=("paige",))
    failed = Outcome(OutcomeKind.ERROR, reason="it wrote 'xylophone'", hint="not xylophone")
    with writer.transaction():
        writer.store(Batch(outcomes=[(row.row_id, "paige", failed)]))
        writer.withdraw(row.row_id, 1e9)
    (turn,) = writer.turns_of(row.row_id)
    assert (turn.kind, turn.reason, turn.hint) == (OutcomeKind.ERROR, "", "")


def test_what_was_withdrawn_together_last_can_be_told_again(open_writer: Open) -> None:
    writer = open_writer()
    assert writer.last_withdrawn() == []
    rows = [say(writer, text) for text in ("one", "two", "three", "four")]
    for at_s, withdrawn in ((1e9, rows[:1]), (2e9, rows[2:])):
        with writer.transaction():
            for row in withdrawn:
                writer.withdraw(row.row_id, at_s)
    assert [(row.row_id, row.text) for row in writer.last_withdrawn()] == [
        (row.row_id, "") for row in rows[2:]
    ]


def test_what_happens_in_a_failed_transaction_did_not_happen(open_writer: Open) -> None:
    writer = open_writer()
    row = writer.new_row(channel="general", sender="joel", text="hello", at_s=1e9)
    with pytest.raises(RuntimeError), writer.transaction():
        writer.store(Batch([(row, None)], [(row.row_id, "paige", 0, False)]))
        raise RuntimeError
    assert writer.recent("general", 10) == []
    assert writer.pending_turns() == []


def test_answers_to_answers_belong_to_the_message_that_they_go_back_to(open_writer: Open) -> None:
    writer = open_writer()
    first = say(writer, "hello")
    answer = say(writer, "hi, ask Max", in_reply_to=first.row_id)
    say(writer, "something else")
    second = say(writer, "what?", in_reply_to=answer.row_id)
    assert writer.answers_to(first.row_id) == [answer, second]


def test_a_new_transcript_begins_behind_what_was_seen_of_the_one_before_it(
    path: Path, reader: TranscriptReader
) -> None:
    writer = TranscriptWriter(path, "s1", seen=(700, 30))
    row = say(writer, "hello")
    with writer.transaction():
        writer.withdraw(row.row_id, 1e9)
    writer.close()
    assert row.row_id > 700
    assert [one.row_id for one in reader.withdrawals_after(30, 10)] == [row.row_id]


def test_a_file_that_is_no_transcript_is_an_error_that_names_it(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(TranscriptError, match=str(path)):
        TranscriptWriter(path, "s1")


def test_reactions_are_read_by_cursor(open_writer: Open, reader: TranscriptReader) -> None:
    writer = open_writer()
    row = say(writer, "hello")
    with writer.transaction():
        writer.add_reaction(row.row_id, "ana", "🎉", 1e9)
    (reaction,) = reader.reactions_after(0, 10)
    assert (reaction.row_id, reaction.sender, reaction.emoji) == (row.row_id, "ana", "🎉")
    assert reader.reactions_after(reaction.reaction_id, 10) == []


def test_a_reaction_that_is_sent_again_counts_once_also_after_a_restart(
    open_writer: Open, reader: TranscriptReader
) -> None:
    writer = open_writer()
    row = say(writer, "good news")
    with writer.transaction():
        for client_id in ("r1", "r1", "r2", 2, None, None):
            writer.add_reaction(row.row_id, "ana", "🎉", 1e9, client_id)
    writer.close()
    for session in ("s1", "s2"):
        restarted = open_writer(session)
        with restarted.transaction():
            restarted.add_reaction(row.row_id, "ana", "🎉", 1e9, "r1")
    assert len(reader.reactions_after(0, 10)) == len(["r1", "r2", 2, None, None, "r1 of s2"])


def test_reactions_of_an_older_transcript_are_kept(
    path: Path, open_writer: Open, reader: TranscriptReader
) -> None:
    older = sqlite3.connect(path, isolation_level=None)
    migrate(older, [step for step in MIGRATIONS if step.name != "reactions-by-client"])
    older.execute("INSERT INTO reactions VALUES (1, 7, 'ana', '🎉', 1e9)")
    older.close()
    writer = open_writer()
    with writer.transaction():
        writer.add_reaction(7, "ana", "🎉", 1e9, "r1")
    assert [reaction.emoji for reaction in reader.reactions_after(0, 10)] == ["🎉", "🎉"]
