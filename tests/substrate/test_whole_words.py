"""What is looked for by its words, to be shown or to be forgotten."""

from __future__ import annotations

import unicodedata

import pytest

from substrate.whole_words import MARKS, Names, Words, name_key, one_writing


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("ann", "I met Ann."),
        ("奥卢瓦森", "我的妹妹叫奥卢瓦森。"),
        ("オルワセウン", "妹の名前はオルワセウンです"),
        ("อาดา", "น้องสาวชื่ออาดา"),
        ("أولو", "اسم أختي أولو."),
        ("🙂", "hi🙂there"),
        ("C++", "I write C++, mostly."),
        ("the  blue door", "We met at the blue\ndoor."),
    ],
)
def test_words_are_found_in_every_script(words: str, text: str) -> None:
    assert Words(words).search(text)


def test_a_word_is_not_found_in_a_longer_one() -> None:
    assert not Words("ann").search("I was annoyed by Joann.")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Zoë", "I met Zoë."),
        ("crème brûlée", "One crème brûlée, please."),
        ("Việt", "Tiếng Việt"),
        ("が", "妹が来た"),
        ("한국", "한국 지도"),
        ("क़लम", "मेरा क़लम"),
    ],
)
def test_a_word_is_the_same_composed_and_decomposed(words: str, text: str) -> None:
    for form in ("NFC", "NFD"):
        for other in ("NFC", "NFD"):
            pattern = Words(unicodedata.normalize(form, words))
            assert pattern.search(unicodedata.normalize(other, text))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("שלום", "אמרתי שָׁלוֹם לכולם"),
        ("محمد", "اسمه مُحَمَّد وهو"),
        ("שָׁלוֹם", "אמרתי שלום לכולם"),
    ],
)
def test_a_word_is_found_with_its_vowels_and_without(words: str, text: str) -> None:
    assert Words(words).search(text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Zoe", "I met Zoe\u0308."),
        ("राम", "रामायण पढ़ी"),
        ("कम", "कमी है"),
        ("in", "इin\u0301"),
    ],
)
def test_a_word_ends_behind_its_marks(words: str, text: str) -> None:
    assert not Words(words).search(text)


def test_every_mark_of_a_living_script_belongs_to_its_word() -> None:
    in_words = [*"éñ", "ि", "ा", "्", "ั", "ُ", "ְ", "ी", "ং", "్"]
    marks = [character for one in in_words for character in unicodedata.normalize("NFD", one)[-1]]
    assert all(mark in MARKS for mark in marks)
    assert "\ufe0f" not in MARKS  # which makes an emoji of a character, and no word


@pytest.mark.parametrize(
    ("words", "parts", "between", "touched"),
    [
        ("blue door", ["It has a blue", "door, they say."], " ", {0, 1}),
        ("Blue  door", ["It has a blue", "door"], " ", {0, 1}),
        ("blue door", ["A blue door", "is here."], " ", set()),
        ("blue door", ["It is here:", "a blue door"], " ", set()),
        ("blue door", ["It has a blue", "doorbell"], " ", set()),
        ("bluedoor", ["It has a blue", "door"], " ", set()),
        ("bluedoor", ["It has a blue", "door"], "", {0, 1}),
        ("ha ha", ["so he said ha ha", "ha"], " ", {0, 1}),
        ("noe\u0301mie smith", ["my friend Noémie", "Smith"], " ", {0, 1}),
        ("a long way home", ["it is a", "long way", "home, I say", "a long way home"], " ", {0, 1, 2}),
    ],
)
def test_words_are_found_in_all_parts_of_a_text_that_they_go_over(
    words: str, parts: list[str], between: str, touched: set[int]
) -> None:
    assert Words(words).across(parts, [between] * (len(parts) - 1)) == touched


def test_words_of_which_nothing_is_left_are_found_nowhere() -> None:
    assert not Words("\u0640").search("anything")
    assert not Words(" ").search("anything")


def test_one_writing_leaves_what_is_written_one_way() -> None:
    assert one_writing("Plain words.") == "Plain words."
    assert one_writing("e\u0301") == "é" == one_writing("é")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ada, ask Bo.", ["ada", "bo"]),
        ("ADA's turn", ["ada"]),
        ("adage, hobo", []),
        ("Ada  May is here, Ada is not.", ["ada may", "ada"]),
        ("Zoe\u0308!", ["zoë"]),
        ("Zoe!", []),
        ("桜さん、こんにちは", ["桜"]),
        ("桜は元気？", ["桜"]),
        ("สมชายสบายดีไหม", ["สมชาย"]),
        ("रामायण पढ़ो", []),
        ("रामी, आओ", []),
        ("राम, आओ", ["राम"]),
        ("STRASSE", ["strasse"]),
        ("hi ß\u0301a", ["s\u015ba"]),
        ("hi s\u015ba", ["s\u015ba"]),
    ],
)
def test_names_are_found_as_people_write_them(text: str, named: list[str]) -> None:
    names = Names(["Ada", "Bo", "Ada May", "Zoë", "桜", "สมชาย", "राम", "Straße", "ß\u0301a"])
    assert list(names.in_order(text)) == named


def test_without_names_nobody_is_named() -> None:
    assert list(Names([]).in_order("Ada")) == list(Names([" "]).in_order("Ada")) == []


def test_a_name_is_one_name_however_it_is_written() -> None:
    assert name_key("ZOE\u0308") == name_key("zoë") != name_key("Zoe")
    assert name_key("Ada  May") == name_key("ada may")
    assert name_key(name_key("ß\u0301a")) == name_key("ß\u0301a")
