"""The generator teaches what it claims: answers stand in the prompt, blocks have the promised size."""

from __future__ import annotations

from random import Random

import pytest

from substrate.inference.chat_template import CHATML, ChatTemplate
from training.generator import make_lesson
from training.lesson import Difficulty, Lesson
from training.templates import facts
from training.templates.variants import every_form

TEMPLATE = ChatTemplate.parse(CHATML)


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    random = Random(1)
    return [make_lesson(random, Difficulty(most_memories=20)) for _ in range(800)]


def _text(lesson: Lesson) -> str:
    return "".join(piece.text for piece in TEMPLATE.pieces(lesson.prompt))


def test_the_same_seed_gives_the_same_lessons() -> None:
    first = [make_lesson(Random(3), Difficulty()).reply for _ in range(3)]
    assert first == [make_lesson(Random(3), Difficulty()).reply for _ in range(3)]


def test_every_value_that_a_reply_must_hold_stands_in_reply_and_prompt(lessons: list[Lesson]) -> None:
    taught = [lesson for lesson in lessons if lesson.value and lesson.skill != "decision"]
    assert len(taught) > 300
    for lesson in taught:
        assert lesson.value in lesson.reply
        assert lesson.value in _text(lesson)


def test_an_update_is_answered_with_the_last_value_told(lessons: list[Lesson]) -> None:
    for lesson in lessons:
        if lesson.skill == "update":
            block = lesson.prompt.late()
            assert lesson.value in block


def test_late_blocks_hold_from_0_to_20_memories_and_one_more_reply(lessons: list[Lesson]) -> None:
    sizes = {lesson.prompt.late().count("\n- [") for lesson in lessons}
    assert min(sizes) == 0
    # The last episode may be a pair of message and reply, and a fact may be told in two versions.
    assert 20 <= max(sizes) <= 24


def test_every_reply_of_the_history_is_marked_as_taught_or_not(lessons: list[Lesson]) -> None:
    for lesson in lessons:
        replies = sum(turn.role.value == "assistant" for turn in lesson.prompt.history)
        assert len(lesson.taught) == replies


def test_all_skills_are_taught(lessons: list[Lesson]) -> None:
    skills = {lesson.skill for lesson in lessons}
    assert skills >= {
        "recall", "update", "who", "in_context", "not_knowing", "noting", "small_talk", "identity",
        "decision",
    }  # fmt: skip


def test_a_longer_difficulty_gives_long_conversations() -> None:
    random = Random(2)
    long = [make_lesson(random, Difficulty(long_share=1.0)) for _ in range(5)]
    assert all(len(lesson.prompt.history) >= 20 for lesson in long)


def test_every_listed_sentence_says_whose_fact_it_is() -> None:
    whose = ("{S}", "{P}", "{O}")
    for attribute in facts.ATTRIBUTES:
        phrases = attribute.phrases.nouns if attribute.phrases else ()
        said = attribute.statements + attribute.questions + attribute.indirect + attribute.updates + phrases
        if attribute.variants:
            for line in (*attribute.variants.told, *attribute.variants.asked, *attribute.variants.changed):
                said += every_form(line)
        assert [text for text in said if not any(mark in text for mark in whose)] == []
