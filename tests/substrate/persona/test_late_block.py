"""Memories are chosen when the engine reads them, and never repeat what the prompt shows anyway."""

from __future__ import annotations

from typing import Any

from substrate.memory.prefetch import PrefetchedEngram, encode_prefetch
from substrate.persona.late_block import HEARD_ROWS, Freshness, LateBlock
from substrate.persona.transcript import TranscriptRow


class Staged:
    def __init__(self, value: Any) -> None:
        self.value = value


def engram(row_id: int, text: str, at_s: float = 1e9) -> PrefetchedEngram:
    return PrefetchedEngram(f"{row_id}.0", row_id, "joel", "general", at_s, text, 1.0 / row_id)


def row(row_id: int, text: str) -> TranscriptRow:
    return TranscriptRow(row_id, f"id-{row_id}", "general", "joel", None, text, 1e9 + row_id, None)


def block(
    engrams: list[PrefetchedEngram] | None,
    *,
    for_row: int = 9,
    visible: tuple[int, ...] = (),
    budget: int = 1000,
    decides_as: str = "",
    heard: tuple[TranscriptRow, ...] = (),
    hidden: set[int] | None = None,
) -> LateBlock:
    staged = None if engrams is None else Staged(encode_prefetch(for_row, engrams, 65536))

    def hears(row: TranscriptRow) -> bool:
        return row.channel != "elsewhere"

    def count_tokens(text: str) -> int:
        return len(text.split())

    def is_hidden(row_id: int) -> bool:
        return hidden is not None and row_id in hidden

    return LateBlock(
        9, frozenset(visible), is_hidden, budget, decides_as, lambda: staged, heard, hears, count_tokens
    )


def test_nothing_ready_is_an_empty_block_and_a_miss() -> None:
    late = block(None)
    assert late() == ""
    assert late.freshness is Freshness.MISS


def test_what_was_recalled_for_this_message_is_a_hit_for_an_earlier_one_a_partial_hit() -> None:
    for for_row, freshness in ((9, Freshness.HIT), (7, Freshness.PARTIAL)):
        late = block([engram(1, "a sister")], for_row=for_row)
        late()
        assert late.freshness is freshness


def test_rows_in_the_history_and_the_message_itself_are_left_out() -> None:
    late = block([engram(9, "the message"), engram(5, "seen above"), engram(3, "long ago")], visible=(5,))
    text = late()
    assert [one.row_id for one in late.shown] == [3]
    assert "long ago" in text
    assert "seen above" not in text


def test_memories_are_chosen_by_rank_and_shown_by_age() -> None:
    # The heading is one word, "- [50 years ago, #general] joel: newest" are seven.
    text = block(
        [engram(1, "newest", 3e9), engram(2, "oldest", 1e9), engram(3, "third", 2e9)], budget=1 + 2 * 7 + 1
    )()
    assert "third" not in text
    assert text.index("oldest") < text.index("newest")


def test_a_memory_takes_what_its_line_takes_with_the_names_in_it() -> None:
    named = engram(1, "tea")._replace(speaker="Ana of the long name", channel="a room with a view")
    late = block([named], budget=12)
    assert late() == ""
    assert "Ana of the long name: tea" in block([named], budget=40)()


def test_the_question_whether_to_answer_is_part_of_the_budget() -> None:
    engrams = [engram(number, "tea") for number in range(1, 9)]
    shown = []
    for decides_as in ("", "Paige"):
        late = block(engrams, budget=40, decides_as=decides_as)
        late()
        shown.append(len(late.shown))
    assert shown[0] > shown[1] > 0


def test_one_that_is_too_long_does_not_keep_out_a_shorter_one_behind_it() -> None:
    late = block([engram(1, "word " * 500), engram(2, "short")], budget=100)
    late()
    assert [one.row_id for one in late.shown] == [2]


def test_who_may_stay_silent_is_asked_for_its_decision_even_without_memories() -> None:
    assert "will_respond" in block(None, decides_as="Paige")()


def test_what_the_reply_used_is_named_a_second_time() -> None:
    late = block([engram(1, "My sister is called Oluwaseun."), engram(2, "I like tea.")])
    late()
    assert late.shown_and_used("Her name is Oluwaseun!") == ["1.0", "2.0", "1.0"]


def test_what_was_heard_after_all_that_lies_ready_is_shown_as_well() -> None:
    heard = (row(4, "known by memory"), row(6, "said a moment ago"), row(9, "the message"))
    late = block([engram(4, "known by memory")], heard=heard)
    late()
    assert [one.row_id for one in late.shown] == [6, 4]
    assert late.shown_and_used("said a moment ago") == ["4.0"]


def test_what_the_persona_was_not_there_for_is_not_shown() -> None:
    elsewhere = row(6, "a secret")._replace(channel="elsewhere")
    late = block(None, heard=(row(4, "said here"), elsewhere))
    late()
    assert [one.row_id for one in late.shown] == [4]


def test_only_the_last_few_rows_heard_stand_in_for_memory() -> None:
    late = block(None, for_row=99, heard=tuple(row(row_id, "word") for row_id in range(1, 9)))
    late()
    assert [one.row_id for one in late.shown] == list(range(9 - HEARD_ROWS, 9))


def test_what_was_said_after_the_message_is_not_shown_with_it() -> None:
    late = block([engram(12, "from the future"), engram(3, "long ago")], heard=(row(11, "later still"),))
    late()
    assert [one.row_id for one in late.shown] == [3]
