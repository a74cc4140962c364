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


def test_every_reply_is_taught(interviews: list[Lesson]) -> None:
    for lesson in interviews:
        replies = [turn for turn in lesson.prompt.history if turn.role is Role.ASSISTANT]
        assert lesson.taught == (True,) * len(replies)


def test_one_late_block_is_read_and_stays(interviews: list[Lesson]) -> None:
    asked = [lesson for lesson in interviews if lesson.skill == "interview"]
    assert len(asked) > 200
    for lesson in asked:
        assert "".join(_turns(lesson)).count(LATE_HEADING) == 1
        assert lesson.prompt.late() == ""


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
