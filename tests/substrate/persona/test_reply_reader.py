"""What is shown piece by piece is what the whole reply says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from substrate.persona.reply_reader import ReplyReader, Spoken, read_reply

CONTROLS = ["\x1b", "\x07", "\x00", "\r", "\x1f", "\x85", "\x9b"]
fragments = st.sampled_from(
    [
        *CONTROLS,
        "<think>",
        "</think>",
        "Paige:",
        "- Paige: ",
        "paige",
        " ",
        "\n",
        "hello",
        "<",
        "think",
        ":",
        "é",
        "-",
    ]
)
written = st.lists(fragments, max_size=12).map("".join)


def read_in_pieces(text: str, cuts: list[int]) -> tuple[list[Spoken], ReplyReader]:
    reader = ReplyReader("Paige")
    shown: list[Spoken] = []
    ends = sorted({cut % (len(text) + 1) for cut in cuts} | {len(text)})
    start = 0
    for end in ends:
        shown += reader.feed(text[start:end])
        start = end
    return shown + reader.finish(), reader


@given(written, st.lists(st.integers(0, 200), max_size=8))
def test_it_does_not_matter_how_the_engine_cuts_its_text(text: str, cuts: list[int]) -> None:
    shown, reader = read_in_pieces(text, cuts)
    assert (reader.thinking, reader.text) == read_reply("Paige", text)
    assert "".join(piece.text for piece in shown if not piece.is_thinking) == reader.text
    assert not any(control in piece.text for control in CONTROLS for piece in shown)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Paige: Hello.", "Hello."),
        ("- paige:  Hello.\n", "Hello."),
        ("Paige is my name.", "Paige is my name."),
        ("  Hello.  ", "Hello."),
        ("Paige:", ""),
        ("\x1bPaige: Hello.", "Hello."),
        ("a\x1b]0;title\x07b\x1b[2Jc\x00d\r\n\te\x9b31m\ud83d", "a]0;titleb[2Jcd\n\te31m"),
        ("\x1b\x00", ""),
    ],
)
def test_neither_its_own_name_in_front_nor_a_control_character_is_part_of_what_a_persona_says(
    text: str, said: str
) -> None:
    assert read_reply("Paige", text) == ("", said)


@pytest.mark.parametrize(
    ("name", "text"),
    [("Großweiß", "Großweiß: Hallo"), ("Großweiß", "GROSSWEISS: Hallo"), ("Groß", "- groß:Hallo"),
     ("İİ", "İİ: Hallo"), ("ﬁﬁﬁﬁ", "ﬁﬁﬁﬁ: Hallo")],
)  # fmt: skip
def test_a_name_that_is_longer_in_small_letters_takes_nothing_of_the_reply(name: str, text: str) -> None:
    reader = ReplyReader(name)
    pieces = [*reader.feed(text), *reader.finish()]
    assert ("", "".join(piece.text for piece in pieces)) == read_reply(name, text) == ("", "Hallo")


def test_reasoning_is_told_apart_from_what_is_said() -> None:
    assert read_reply("Paige", "<think>\nHe greets me.\n</think>\n\nPaige: Hello.") == (
        "He greets me.",
        "Hello.",
    )


def test_reasoning_that_is_never_closed_says_nothing() -> None:
    assert read_reply("Paige", "<think>hm, what") == ("hm, what", "")
