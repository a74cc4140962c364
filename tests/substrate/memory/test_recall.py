"""What a recall brings up, and what it never does."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from substrate.memory import BudgetSettings, EngramStore, EngramUnknown, Message, Pool, RecallQuery, recall
from substrate.memory.recall import estimated_tokens, understood
from substrate.memory.settings import DAY_S
from tests.substrate.memory.memory_of import NOW_S, SMALL_TALK, memory_of, recalled_texts, remark

Encoding = Literal["NFC", "NFD"]


def small_talk(first: int, count: int, *, channel: str = "general") -> list[Message]:
    return [
        remark(first + number, SMALL_TALK[number % len(SMALL_TALK)], speaker="ana", channel=channel)
        for number in range(count)
    ]


def test_an_empty_memory_recalls_nothing(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [])
    assert recall(store, RecallQuery("Who am I?", NOW_S)).engrams == ()
    store.close()


def test_what_was_said_in_another_room_weeks_ago_is_found_on_its_merit(tmp_path: Path) -> None:
    long_ago = NOW_S - 40 * DAY_S
    fact = remark(1, "The staging server lives at 10.20.30.40.", channel="code", at_s=long_ago)
    store = memory_of(tmp_path, [fact, *small_talk(2, 300)])

    found = recall(store, RecallQuery("What is the address of the staging server?", NOW_S, "general"))

    best = found.engrams[0]
    assert best.engram.text == fact.text
    assert best.pool is Pool.PERIPHERY
    assert best.parts.channel < 0 < best.parts.lexical
    store.close()


@pytest.mark.parametrize("hollow", ["What is my sister called?", "I do not know what your sister is called."])
def test_a_question_or_a_shrug_never_outranks_the_statement_it_asks_about(
    tmp_path: Path, hollow: str
) -> None:
    store = memory_of(
        tmp_path,
        [
            remark(1, "My sister is called Oluwaseun."),
            *small_talk(2, 40),
            remark(50, hollow),
            remark(51, hollow),
        ],
    )

    texts = recalled_texts(store, "What is my sister called?")

    assert texts.index("My sister is called Oluwaseun.") < texts.index(hollow)
    store.close()


def test_an_answer_inherits_the_score_of_its_question(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [
            *small_talk(1, 40),
            remark(50, "Which instrument does your neighbour play?", speaker="ana"),
            remark(51, "The bassoon, far too loud."),
            *small_talk(60, 40),
        ],
    )
    assert (
        "The bassoon, far too loud." in recalled_texts(store, "What instrument does the neighbour play?")[:2]
    )
    store.close()


def test_my_is_about_the_one_who_asks(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [
            *small_talk(1, 30),
            remark(50, "The birthday is in May.", speaker="ana"),
            remark(51, "The birthday is in June.", speaker="joel"),
        ],
    )
    for asker, month in (("joel", "June"), ("ana", "May")):
        assert recalled_texts(store, "When is my birthday?", asker=asker)[0] == f"The birthday is in {month}."
    store.close()


def test_meaning_is_found_without_a_common_word(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [*small_talk(1, 60), remark(100, "We adopted a puppy from the shelter.")])
    assert "We adopted a puppy from the shelter." in recalled_texts(store, "Which pet do I have?")[:4]
    store.close()


def test_scripts_without_spaces_are_found_too(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [*small_talk(1, 40), remark(100, "私の妹の名前は花子です。")])
    assert recalled_texts(store, "妹の名前は？")[0] == "私の妹の名前は花子です。"
    store.close()


def test_the_most_recent_engrams_of_any_channel_are_always_there(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [
            *[remark(number, f"The violin concert number {number} was great.") for number in range(1, 60)],
            remark(100, "Lunch is ready.", channel="kitchen", at_s=NOW_S),
        ],
    )
    assert "Lunch is ready." in recalled_texts(store, "How was the violin concert?")
    store.close()


def test_a_salient_engram_goes_before_an_equal_one(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [*small_talk(1, 30), remark(50, "The gate code is 1111."), remark(51, "The gate code is 2222.")],
    )
    store.set_salience([(50, 0.8)])
    assert recalled_texts(store, "What is the gate code?")[0] == "The gate code is 1111."
    store.close()


def test_one_personas_memory_is_never_asked_for_anothers(tmp_path: Path) -> None:
    paige = EngramStore(tmp_path / "paige.db", "p-paige")
    noor = EngramStore(tmp_path / "noor.db", "p-noor")
    paige.admit([remark(1, "Only Paige heard this secret.")])
    noor.admit([remark(2, "Only Noor heard that.")])

    assert recall(noor, RecallQuery("secret", NOW_S)).engrams[0].engram.text == "Only Noor heard that."
    with pytest.raises(EngramUnknown, match="p-paige"):
        recall(noor, RecallQuery("secret", NOW_S, persona_id="p-paige"))
    with pytest.raises(EngramUnknown, match=r"1\.0"):
        noor.engram("1.0")
    paige.close()
    noor.close()


@settings(max_examples=30)
@given(tokens=st.integers(0, 400), engrams=st.integers(0, 30))
def test_the_budget_holds_and_engrams_are_whole(
    tmp_path_factory: pytest.TempPathFactory, tokens: int, engrams: int
) -> None:
    store = memory_of(tmp_path_factory.mktemp("memory"), small_talk(1, 60))
    budget = BudgetSettings(engrams=engrams, tokens=tokens)

    found = recall(store, RecallQuery("penguins film breakfast", NOW_S, "general", budget=budget))

    assert len(found.engrams) <= engrams
    numbers = [store.number(one.engram.engram_id) for one in found.engrams]
    assert sum(estimated_tokens(store.index, numbers, budget)) == found.tokens <= tokens
    assert all(one.engram.text in SMALL_TALK for one in found.engrams)
    assert [one.score for one in found.engrams] == sorted((one.score for one in found.engrams), reverse=True)
    store.close()


def test_the_parts_of_a_score_add_up_to_it(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [*small_talk(1, 40), remark(50, "My sister plays chess.", channel="games")])
    for one in recall(
        store, RecallQuery("Does my sister play chess?", NOW_S, "general", asker="joel")
    ).engrams:
        parts = one.parts
        total = (
            parts.lexical + parts.semantic + parts.structural + parts.spread
            + parts.channel + parts.domain + parts.salience + parts.recency
        )  # fmt: skip
        assert one.parts.log_odds == pytest.approx(total, abs=1e-3) or one.engram.form.name == "QUESTION"
    store.close()


def test_a_personas_answer_never_outranks_what_a_person_said_about_it(tmp_path: Path) -> None:
    wrong = Message(
        "m60", 60, "general", "Paige", "Your sister is called Ada, I am sure; a sister to be proud of.",
        NOW_S - 60, in_reply_to=59, by_persona=True,
    )  # fmt: skip
    store = memory_of(
        tmp_path,
        [
            remark(1, "My sister is called Oluwaseun.", channel="code", at_s=NOW_S - 90 * DAY_S),
            *small_talk(2, 40),
            remark(59, "What is my sister called?", at_s=NOW_S - 61),
            wrong,
        ],
    )
    texts = recalled_texts(store, "What is my sister called?")
    assert texts[0] == "My sister is called Oluwaseun."
    assert texts[1] == wrong.text
    store.close()


def test_a_persona_that_is_asked_about_itself_is_heard_first_hand(tmp_path: Path) -> None:
    own = Message("m60", 60, "general", "Paige", "I prefer green tea.", NOW_S - 60, by_persona=True)
    store = memory_of(tmp_path, [*small_talk(1, 40), remark(50, "I prefer tea with milk."), own])
    found = recall(store, RecallQuery("Which tea do you prefer?", NOW_S, "general", "chat", "joel", "Paige"))
    assert found.engrams[0].engram.text == own.text
    store.close()


def test_an_answer_that_goes_behind_peoples_words_stays_before_its_question(tmp_path: Path) -> None:
    question = "What is the name of the violin teacher of my sister?"
    answer = "Your sister has a violin teacher whose name is Bruno."
    store = memory_of(
        tmp_path,
        [
            remark(1, question),
            Message("m2", 2, "general", "Paige", answer, NOW_S - DAY_S + 120, 1, by_persona=True),
            *small_talk(4, 40),
            remark(60, "My sister visits.", at_s=NOW_S - 3600),
        ],
    )
    texts = recalled_texts(store, "sister")
    assert texts.index("My sister visits.") < texts.index(answer) < texts.index(question)
    store.close()


def test_the_same_words_are_shown_once_also_among_the_most_recent(tmp_path: Path) -> None:
    store = memory_of(tmp_path, [*small_talk(1, 20), *[remark(number, "ok") for number in range(30, 40)]])
    texts = recalled_texts(store, "How was your train?", channel="code")
    assert texts.count("ok") == 1
    assert sorted(set(texts)) == sorted(texts)
    store.close()


def test_a_name_with_a_hyphen_tells_who_is_asked_about(tmp_path: Path) -> None:
    store = memory_of(
        tmp_path,
        [remark(1, "I like tea.", speaker="Anne-Marie"), remark(2, "I like ale.", speaker="joel"),
         *small_talk(3, 20)],
    )  # fmt: skip
    found = recall(store, RecallQuery("What does Anne-Marie like?", NOW_S, "general"))
    texts = [recalled.engram.text for recalled in found.engrams]
    assert texts.index("I like tea.") < texts.index("I like ale.")
    assert {"anne", "marie"} <= store.index.speaker_words
    store.close()


@pytest.mark.parametrize(
    "fact",
    [
        remark(1, "These days you can find me in Timbuktu.", speaker="Dominik", channel="work"),
        remark(1, "These days you can find Dominik in Timbuktu.", channel="work"),
    ],
    ids=["by", "of"],
)
def test_somebody_hardly_ever_heard_of_stands_out_of_the_talk_here_when_asked_about(
    tmp_path: Path, fact: Message
) -> None:
    store = memory_of(
        tmp_path, [fact, remark(2, "Good morning!", speaker="Dominik"), *small_talk(3, 60, channel="general")]
    )
    found = recall(store, RecallQuery("In what city is Dominik's flat?", NOW_S, "general", "chat", "joel"))
    assert fact.text in [recalled.engram.text for recalled in found.engrams[:2]]
    store.close()


def test_who_is_called_by_name_is_not_whom_the_question_is_about(tmp_path: Path) -> None:
    """The persona says little in a busy room; that it is called tells nothing about its own few words."""
    fact = remark(1, "These days you can find me in Timbuktu.", channel="work")
    hers = [
        Message(f"m{row}", row, "work", "Paige", f"I have a garden, number {row}.", NOW_S - DAY_S, None, True)
        for row in range(2, 5)
    ]
    call = remark(5, "Look at that, Paige!", channel="work")
    store = memory_of(tmp_path, [fact, *hers, call, *small_talk(6, 60)])
    query = RecallQuery("Paige, in what city is my flat?", NOW_S, "general", "chat", "joel", "Paige")
    texts = [recalled.engram.text for recalled in recall(store, query).engrams]
    assert fact.text in texts[:2]
    for text, is_named in (("Paige, what do you have at home?", False), ("What does Paige have?", True)):
        asked = understood(store, RecallQuery(text, NOW_S, "general", "chat", "joel", "Paige"))
        assert asked.asked_about.speaker == store.index.speaker("Paige")
        assert bool(len(asked.name_terms)) is is_named
    store.close()


@pytest.mark.parametrize("said", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_a_name_is_found_however_it_is_encoded(tmp_path: Path, said: Encoding, asked: Encoding) -> None:
    fact = remark(1, unicodedata.normalize(said, "Noémie a trouvé un appartement à Orléans."))
    store = memory_of(tmp_path, [fact, *small_talk(2, 60)])
    assert recalled_texts(store, unicodedata.normalize(asked, "Où habite Noémie ?"))[0] == fact.text
    store.close()


@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_who_speaks_is_known_however_the_name_is_encoded(tmp_path: Path, asked: Encoding) -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë")
    store = memory_of(
        tmp_path,
        [
            remark(1, "My dog is called Rex.", speaker=decomposed),
            remark(2, "My dog is called Bo.", speaker="ana"),
        ],
    )
    name = unicodedata.normalize(asked, "Zoë")
    assert recalled_texts(store, "What is my dog called?", asker=name)[0] == "My dog is called Rex."
    assert recalled_texts(store, f"What is {name}'s dog called?")[0] == "My dog is called Rex."
    store.close()


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("मेरी बहन का नाम ज़ोया है।", "बहन का नाम क्या है?"),
        ("קוראים לאחותי נועה.", "איך קוֹרְאִים לאחותי?"),
        ("اسم أختي مريم.", "ما اسم أُختي؟"),
        ("น้องสาวชื่ออาดา", "น้องสาวชื่ออะไร"),
    ],
)
def test_words_with_marks_find_what_was_said_with_them_or_without(
    tmp_path: Path, said: str, asked: str
) -> None:
    store = memory_of(tmp_path, [remark(1, said), *small_talk(2, 60)])
    found = recall(store, RecallQuery(asked, NOW_S, "general"))
    assert found.engrams[0].engram.text == said
    assert found.engrams[0].parts.lexical > 0
    store.close()


def test_a_correction_leaves_the_order_of_what_was_said_as_it_is(tmp_path: Path) -> None:
    said = [remark(1, "My sister is called Ola."), *small_talk(2, 8), remark(20, "It is late. " * 50)]
    store = memory_of(tmp_path, said)
    store.correct("1.0", "My sister is called Oluwaseun.")
    store.correct("20.1", "It is not late.")

    newest = [engram.engram_id for engram in store.newest(4)]
    floor = [one for one in recall(store, RecallQuery("", NOW_S)).engrams if one.pool is Pool.RECENT]
    before = recall(store, RecallQuery("penguins or coffee?", NOW_S, before_row=3)).engrams
    store.admit([remark(30, "Good night.")])

    assert newest == ["20.1", "20.0", "9.0", "8.0"]
    assert 1 not in [one.engram.row_id for one in floor]
    assert {one.engram.row_id for one in before} == {1, 2}
    assert [engram.row_id for engram in store.newest(4)] == [30, 20, 20, 9]
    store.close()


def test_more_rooms_than_anybody_opens_are_told_apart(tmp_path: Path) -> None:
    rooms = [remark(number, "Hello.", channel=f"room {number}") for number in range(1, 33_001)]
    store = memory_of(tmp_path, rooms[:2])
    for room in rooms:
        store.index.channels.number(room.channel)
    store.admit([remark(40_000, "The key is under the mat.", channel="the last room")])
    found = recall(store, RecallQuery("Where is the key?", NOW_S, "the last room")).engrams[0]
    assert found.engram.channel == "the last room"
    assert found.parts.channel == 0.0
    store.close()
