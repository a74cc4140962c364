"""An interview asks only what its block and its own conversation answer, or what nobody told."""

from __future__ import annotations

import json
import re
from random import Random

import pytest

from substrate.inference.chat_template import CHATML, ChatTemplate
from substrate.inference.protocol import Role
from substrate.persona.prompt import LATE_HEADING
from training.drills import make_interview
from training.lesson import Difficulty, Lesson

TEMPLATE = ChatTemplate.parse(CHATML)


@pytest.fixture(scope="module")
def interviews() -> list[Lesson]:
    random = Random(4)
    return [make_interview(random, Difficulty(most_memories=20)) for _ in range(400)]


def _turns(lesson: Lesson) -> list[str]:
    return [*(turn.text for turn in lesson.prompt.history), lesson.prompt.message, lesson.reply]


def test_the_same_seed_gives_the_same_interview() -> None:
    assert make_interview(Random(3), Difficulty()).reply == make_interview(Random(3), Difficulty()).reply


def test_every_reply_is_taught_but_those_that_repeat_nothing(interviews: list[Lesson]) -> None:
    untaught = 0
    for lesson in interviews:
        replies = [turn.text for turn in lesson.prompt.history if turn.role is Role.ASSISTANT]
        for reply, is_taught, ground in zip(replies, lesson.taught, lesson.grounds, strict=False):
            if not is_taught:
                assert ground is None
                assert not any(telling.value in reply for telling in lesson.tellings)
                untaught += 1
        assert len(lesson.taught) == len(replies)
    assert untaught > 100


def test_one_late_block_is_read_and_stays(interviews: list[Lesson]) -> None:
    asked = [lesson for lesson in interviews if lesson.skill == "interview"]
    assert len(asked) > 200
    blocks = ["".join(_turns(lesson)).count(LATE_HEADING) for lesson in asked]
    assert set(blocks) == {0, 1}
    assert sum(blocks) > 0.8 * len(asked)
    assert all(lesson.prompt.late() == "" for lesson in asked)


def test_what_was_acknowledged_curtly_is_asked_about_as_well(interviews: list[Lesson]) -> None:
    """Then it has to be read where it was told."""
    asked = 0
    for lesson in interviews:
        replies = [turn.text for turn in lesson.prompt.history if turn.role is Role.ASSISTANT]
        curt = [at for at, is_taught in enumerate(lesson.taught) if not is_taught]
        told = {lesson.prompt.history[2 * at].text.partition(": ")[2] for at in curt}
        asked += sum(
            ground is not None and bool(told & set(ground.texts)) and not set(replies) & set(ground.texts)
            for ground in lesson.grounds
        )
    assert asked > 50


def test_names_and_numbers_of_a_reply_were_said_before_it(interviews: list[Lesson]) -> None:
    checked = 0
    for lesson in interviews:
        if lesson.skill != "interview":
            continue
        said = lesson.prompt.identity.casefold()
        turns = _turns(lesson)
        for question, reply in zip(turns[::2], turns[1::2], strict=True):
            said += " " + question.casefold()
            for word in re.findall(r"(?<![.!?:] )(?<!^)\b(?:[A-Z]\w{2,}|\d+)\b", reply):
                assert word.casefold() in said, (word, reply)
                checked += 1
            said += " " + reply.casefold()
    assert checked > 700


def test_decisions_follow_the_contract(interviews: list[Lesson]) -> None:
    decided = [lesson for lesson in interviews if lesson.skill == "decisions"]
    assert decided
    answers = [json.loads(text) for lesson in decided for text in _turns(lesson)[1::2]]
    assert {answer["will_respond"] for answer in answers} == {True, False}
    assert all(bool(answer["response"]) is answer["will_respond"] for answer in answers)


def test_a_good_part_of_an_interview_is_replies(interviews: list[Lesson]) -> None:
    """What interviews exist for: at least a sixth of their characters carry the loss."""
    read = taught = 0
    for lesson in interviews:
        text = sum(len(piece.text) for piece in TEMPLATE.pieces(lesson.prompt)) + len(lesson.reply)
        read += text
        taught += sum(map(len, _turns(lesson)[1::2]))
    assert taught / read > 1 / 6
