"""The store's promises: provenance, no message twice, whole sentences, nothing lost, words really gone."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import resource
import signal
import sqlite3
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from substrate.memory import EngramStore, EngramUnknown, Marks, Message, ProvenanceMissing, StoreUnwritable
from substrate.memory.engram import EngramKind
from substrate.memory.errors import StoreDamaged
from substrate.memory.forgotten import forgotten_messages
from substrate.memory.rehearsals import rehearsals
from substrate.memory.settings import DAY_S
from tests.substrate.memory.memory_of import NOW_S, SMALL_TALK, memory_of, recalled_texts, remark

Encoding = Literal["NFC", "NFD"]


def test_a_memory_without_provenance_is_refused_and_nothing_of_its_batch_is_taken(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [])
    for anonymous in (
        Message("", 1, "general", "joel", "Where is this from?", NOW_S),
        Message("m1", 0, "general", "joel", "Where is this from?", NOW_S),
    ):
        with pytest.raises(ProvenanceMissing, match="general"):
            store.admit([remark(7, "It rains."), anonymous])
    assert len(store) == 0
    store.close()


def test_a_message_is_taken_in_once_also_within_one_batch_and_after_a_restart(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "It rains."), remark(1, "It rains.")])
    store.admit([remark(1, "It rains.")])
    store.close()
    again = memory_of(tmp_path, [remark(1, "It rains.")])
    assert len(again) == 1
    again.close()


def test_long_messages_become_engrams_of_whole_sentences_and_lose_nothing(tmp_path: Path) -> None:
    sentences = [f"Sentence number {number} speaks of one thing only." for number in range(40)]
    store = memory_of(tmp_path, [remark(1, " ".join(sentences))])

    parts = [engram.text for engram in store.newest(100)][::-1]

    assert len(parts) > 1
    assert max(map(len, parts)) <= 400
    assert all(part.endswith(".") and part.startswith("Sentence") for part in parts)
    assert " ".join(parts) == " ".join(sentences)
    assert {engram.message_id for engram in store.newest(100)} == {"m1"}
    store.close()


def test_everything_is_there_after_opening_again(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(number, text) for number, text in enumerate(SMALL_TALK, 1)])
    store.admit([], taken_in=Marks(8, 3))
    before = list(store.newest(100))
    store.close()

    again = memory_of(tmp_path, [])

    assert list(again.newest(100)) == before
    assert again.marks == Marks(8, 3)
    again.close()


def test_the_marks_are_kept_with_the_engrams_or_not_at_all(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [])
    nameless = dataclasses.replace(remark(2, "Nameless."), message_id="")
    with pytest.raises(ProvenanceMissing):
        store.admit([remark(1, "It rains."), nameless], taken_in=Marks(2, 0))
    assert store.marks == Marks(0, 0)
    store.close()


def _admit_until_killed(folder: Path, acknowledged: int) -> None:
    store = EngramStore(folder / "longterm.db", "p-paige")
    number = 0
    while True:
        number += 1
        store.admit([remark(number, f"Fact number {number}.")])
        os.write(acknowledged, number.to_bytes(4, "big"))


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_admit_until_killed, args=(tmp_path, writer))
    process.start()
    os.close(writer)
    try:
        acknowledged = 0
        while acknowledged < 20:
            acknowledged = int.from_bytes(os.read(reader, 4), "big")
    finally:
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        os.close(reader)

    store = memory_of(tmp_path, [])

    assert len(store) >= acknowledged
    store.close()


def test_a_full_disk_is_a_clear_error_and_loses_nothing_that_was_taken_in(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "It rains.")])
    store._database._connection.execute("PRAGMA max_page_count = 1")  # SQLite's own way to run out of room

    with pytest.raises(StoreUnwritable, match=r"longterm\.db"):
        store.admit([remark(number, "word " * 60) for number in range(2, 200)])

    assert len(store) == 1
    assert recalled_texts(store, "rains") == ["It rains."]
    store.close()


def test_a_reader_is_never_blocked_by_the_writer(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "It rains.")])
    reader = sqlite3.connect(f"{(tmp_path / 'longterm.db').as_uri()}?mode=ro", uri=True, timeout=0)
    with store._database.transaction():
        store._database.set_mark("row", 5)
        assert reader.execute("SELECT count(*) FROM engrams").fetchone() == (1,)
    reader.close()
    store.close()


def test_forgotten_words_are_gone_from_every_file(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "The password is xylophone."), remark(2, "It rains.")])

    store.forget(["1.0"])

    assert b"xylophone" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert recalled_texts(store, "xylophone password") == ["It rains."]
    store.close()


def test_forgetting_is_for_good_and_asking_for_the_forgotten_is_an_error(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "The password is xylophone.")])
    store.forget(["1.0"])
    store.admit([remark(1, "The password is xylophone.")])
    assert len(store) == 0
    with pytest.raises(EngramUnknown, match=r"1\.0"):
        store.engram("1.0")
    store.close()


def test_a_corrected_memory_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "My sister is called Oluwasen."), remark(2, "It rains.")])

    corrected = store.correct("1.0", "My brother is called Tariq.")

    assert (corrected.kind, corrected.message_id) == (EngramKind.SEMANTIC, "m1")
    assert recalled_texts(store, "What is my brother called?")[0] == "My brother is called Tariq."
    assert len(store) == 2
    assert b"oluwasen" not in b"".join(file.read_bytes() for file in tmp_path.iterdir()).lower()
    store.close()


def test_what_a_reply_used_matters_more_also_after_a_restart(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "My sister is called Ada."), remark(2, "It rains.")])
    for _ in range(3):
        store.rehearse(["1.0", "2.0"], ["1.0"], NOW_S)
    assert store.engram("1.0").salience > store.engram("2.0").salience > 0
    before = store.engram("1.0").salience
    store.close()
    again = memory_of(tmp_path, [])
    assert again.engram("1.0").salience == pytest.approx(before)
    again.close()


def test_a_batch_leaves_the_same_memory_as_its_messages_one_by_one(tmp_path: Path) -> None:
    messages = [
        remark(1, "Ana plays the bassoon.", speaker="joel"),
        remark(2, "Joel, that is a clarinet.", speaker="ana"),
        remark(3, "A clarinet it is.", speaker="joel"),
    ]
    at_once = memory_of(tmp_path / "batch", messages)
    one_by_one = memory_of(tmp_path / "single", [])
    one_by_one.index.meet("joel")
    one_by_one.index.meet("ana")
    for message in messages:
        one_by_one.admit([message])

    for column in ("vector", "protected_until", "session", "reply_to", "length", "form"):
        assert at_once.index.column(column).tolist() == one_by_one.index.column(column).tolist()
    assert at_once.index.graph.edge_count == one_by_one.index.graph.edge_count
    at_once.close()
    one_by_one.close()


def test_what_is_caught_up_late_is_as_old_as_it_is(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "It rains.", at_s=NOW_S - 400 * DAY_S)])
    store.index.column("protected_until")[:] = 0.0
    store.index.recency(NOW_S)
    store.admit([remark(2, "It pours.", at_s=NOW_S - 300 * DAY_S)])
    store.index.column("protected_until")[:] = 0.0
    assert float(store.index.recency(NOW_S + 1.0)[1]) < 0.01
    store.close()


def _fill_until_full(folder: Path, told: int) -> None:
    """Admit with a disk that takes one more megabyte a file, then go on when it takes more again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = memory_of(folder, [remark(1, "My sister is called Oluwaseun.")])
    size = (folder / "longterm.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 2**20, resource.RLIM_INFINITY))
    number, said = 1, ""
    while not said:
        batch = [remark(number + at, f"Fact number {number + at}. " + "word " * 60) for at in range(1, 65)]
        try:
            store.admit(batch, taken_in=Marks(number + 64))
            number += 64
        except StoreUnwritable as error:
            said = str(error)
    found = recalled_texts(store, "What is my sister called?")[0]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.admit(batch, taken_in=Marks(number + 64))
    os.write(told, json.dumps([number, said, found]).encode())
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_disk_that_is_really_full_loses_nothing_and_memory_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    reader, writer = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_fill_until_full, args=(tmp_path, writer))
    process.start()
    os.close(writer)
    told = os.read(reader, 1 << 16)
    process.join()
    os.close(reader)
    number, said, found = json.loads(told)
    assert number > 64
    assert "longterm.db" in said
    assert "free some disk space" in said
    assert found == "My sister is called Oluwaseun."

    again = memory_of(tmp_path, [])

    assert len(again) == number + 64
    assert again.marks == Marks(number + 64)
    again.close()


def test_words_forgotten_while_somebody_reads_the_file_leave_its_log_afterwards(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "The password is xylophone."), remark(2, "It rains.")])
    reader = sqlite3.connect(tmp_path / "longterm.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM engrams").fetchone()

    store.forget(["1.0"])
    assert not store.finish_forgetting()
    reader.execute("COMMIT")

    assert store.finish_forgetting()
    assert b"xylophon" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    reader.close()
    store.close()


def test_a_corrected_memory_keeps_its_place_in_the_conversation(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [
            remark(1, "What is your sister called?", speaker="ana"),
            remark(2, "She is called Oluwasen."),
            remark(3, "That is a lovely name.", speaker="ana"),
        ],
    )
    store.correct("2.0", "She is called Oluwaseun.")
    asked, corrected, after = (store.number(f"{row}.0") for row in (1, 2, 3))

    assert store.index.column("reply_to")[corrected] == asked
    assert store.index.column("reply_to")[after] == corrected
    assert {(source, target) for _, source, target, _ in store.index.graph.edges_of(corrected)} == {
        (asked, corrected),
        (corrected, after),
    }
    store.close()


def test_what_an_earlier_version_understood_is_understood_anew_at_the_start(tmp_path: Path) -> None:
    memory_of(tmp_path, [remark(1, "My sister is called Oluwaseun."), remark(2, "It rains.")]).close()
    connection = sqlite3.connect(tmp_path / "longterm.db")
    connection.execute("UPDATE engrams SET terms = '', reading = 0")
    connection.commit()

    memory_of(tmp_path, []).close()

    assert connection.execute("SELECT terms FROM engrams WHERE row_id = 2").fetchone() == ("rain",)
    connection.close()


def test_words_that_a_full_disk_kept_from_being_overwritten_are_overwritten_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = memory_of(tmp_path, [remark(1, "The password is xylophone."), remark(2, "It rains.")])
    assert store.finish_forgetting()

    def full() -> bool:
        raise StoreUnwritable("the disk is full", "free some space")

    with monkeypatch.context() as patched:
        patched.setattr(store._database, "scrub", full)
        with pytest.raises(StoreUnwritable):
            store.forget(["1.0"])

    assert store.finish_forgetting()
    assert b"xylophon" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    store.close()


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", " \u200b" * 300], ids=["empty", "space", "unseen", "long"]
)
def test_where_nothing_can_be_seen_there_is_nothing_to_remember(tmp_path: Path, text: str) -> None:
    store = memory_of(tmp_path, [])
    assert store.admit([remark(1, text), remark(2, "🙂")], taken_in=Marks(2)) == ["2.0"]
    assert store.marks == Marks(2)
    store.close()


def test_an_engram_that_is_named_twice_is_forgotten_once(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [remark(1, "It rains."), remark(2, "It snows.")])
    assert store.forget(["1.0", "1.0"]) == 1
    store.close()


@pytest.mark.parametrize("page", [0, 4])
def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path: Path, page: int) -> None:
    memory_of(tmp_path, [remark(number, "It rains. " * 30) for number in range(1, 200)]).close()
    path = tmp_path / "longterm.db"
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"U" * 4096 * 20)

    for read in (forgotten_messages, rehearsals) if page == 0 else (rehearsals,):
        with pytest.raises(StoreDamaged, match=r"longterm\.db"):
            read(path)
    with pytest.raises(StoreDamaged, match=r"longterm\.db") as told:
        memory_of(tmp_path, [])
    assert "move the file away" in told.value.hint


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "It went on and on " * 20 + "and her whole real name is Oluwaseun Adebayo " + "and so on " * 30,
            "oluwaseun adebayo",
        ),
        ("k" * 395 + "SECRET" + "k" * 200, "k" * 395 + "SECRET" + "k" * 200),
        ("あ" * 390 + "家は青い。" + "猫は黒い。" + "い" * 300, "青い。猫は"),
    ],
    ids=["between words", "inside a word", "behind a sentence without spaces"],
)
def test_words_are_found_where_a_message_was_cut_between_them(tmp_path: Path, said: str, words: str) -> None:
    others = [remark(1, "Her name is Oluwaseun."), remark(3, "Adebayo is somebody else.")]
    store = memory_of(tmp_path, [others[0], remark(2, said), others[1]])
    parts = [engram.text for engram in store.newest(100) if engram.row_id == 2]
    assert len(parts) > 1
    assert not any(words in part.casefold() for part in parts)

    found = [engram.engram_id for engram in store.containing(words)]

    assert found == ["2.0", "2.1"]
    store.forget(found)
    assert not list(store.containing(words))
    store.close()


def test_words_that_fill_more_than_one_part_of_a_message_are_found_in_all_of_them(tmp_path: Path) -> None:
    key = "".join(f"{number:04}" for number in range(250))
    store = memory_of(tmp_path, [remark(1, f"The key is {key} as you know.")])
    parts = [engram.text for engram in store.newest(100)]
    assert len(parts) == 4  # the first holds nothing of it
    assert [engram.engram_id for engram in store.containing(key)] == ["1.1", "1.2", "1.3"]
    store.close()


def test_what_nobody_said_is_not_found_at_a_cut(tmp_path: Path) -> None:
    ends_in_the = ("we talked on and on " * 20)[:393].rsplit(" ", 1)[0]
    ends_in_the += " " + "x" * (395 - len(ends_in_the) - 1) + " the"
    store = memory_of(tmp_path, [remark(1, f"{ends_in_the} rapist was caught " + "and so on " * 30)])
    parts = [engram.text for engram in store.newest(100)][::-1]
    assert parts[0].endswith(" the")
    assert parts[1].startswith("rapist")
    assert not list(store.containing("therapist"))
    assert [engram.engram_id for engram in store.containing("the rapist")] == ["1.0", "1.1"]
    store.correct("1.0", "It was somebody of the")
    assert not list(store.containing("the rapist"))
    store.close()


@pytest.mark.parametrize("wanted", ["NFC", "NFD"])
def test_words_to_forget_are_found_in_both_encodings_and_leave_every_file(
    tmp_path: Path, wanted: Encoding
) -> None:
    forms = [unicodedata.normalize(form, "My sister is called Noémie.") for form in ("NFC", "NFD")]
    messages = [remark(number, text) for number, text in enumerate([*forms, "Noemie is somebody else."], 1)]
    store = memory_of(tmp_path, messages)

    found = [engram.engram_id for engram in store.containing(unicodedata.normalize(wanted, "noémie"))]
    store.forget(found)

    assert found == ["1.0", "2.0"]
    assert store.finish_forgetting()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(unicodedata.normalize(form, "é").encode() in written for form in ("NFC", "NFD"))
    assert b"Noemie" in written
    store.close()
