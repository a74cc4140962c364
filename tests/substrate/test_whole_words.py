"""What is looked for by its words, to be shown or to be forgotten."""

from __future__ import annotations

import pytest

from substrate.whole_words import whole_words


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
    assert whole_words(words).search(text)


def test_a_word_is_not_found_in_a_longer_one() -> None:
    assert not whole_words("ann").search("I was annoyed by Joann.")
