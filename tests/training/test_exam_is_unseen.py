"""What the exam says is new to the model: its words and its sentences never occur in training."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from random import Random

import pytest

from benchmarks.exam_questions import talk
from benchmarks.exam_questions.kinds import KINDS
from benchmarks.exam_questions.questions import SKILLS, compose
from benchmarks.exam_questions.vocabulary import RESERVED_WORDS
from substrate.inference.chat_template import CHATML, ChatTemplate
from training.generator import Difficulty, make_lesson
from training.templates import facts, small_talk
from training.templates.open_facts import open_attribute, open_remark
from training.wording import View, render

_FIRST = View("I", "my", "me", 1)
_THIRD = View("{p}", "{p}'s", "{p}", 3)


def _plain(text: str) -> str:
    """Lower case, no punctuation but apostrophes and placeholders, contractions written out."""
    text = text.casefold().replace("i'm", "i am").replace("what's", "what is").replace("'ve", " have")
    return " ".join(re.findall(r"[\w'{}]+", text))


def _framed(frames: Iterable[str], cores: Iterable[str]) -> Iterator[str]:
    cores = tuple(cores)
    for frame in frames:
        for core in cores:
            yield _plain(frame.replace("{}", core))


def _facts_of_training() -> set[str]:
    statements: list[str] = []
    questions: list[str] = []
    indirect: list[str] = []
    for attribute in facts.ATTRIBUTES:
        for view in (_FIRST, _THIRD):
            statements += [
                render(text, view, "{x}", "{v}") for text in attribute.statements + attribute.updates
            ]
            questions += [render(text, view, "{x}", "{v}") for text in attribute.questions]
            indirect += [render(text, view, "{x}", "{v}") for text in attribute.indirect]
    return {
        *_framed(facts.STATEMENT_FRAMES + facts.CHANGE_FRAMES, statements),
        *_framed(facts.QUESTION_FRAMES, questions),
        *_framed(facts.INDIRECT_FRAMES, indirect),
    }


def test_no_fact_sentence_of_the_exam_is_a_training_sentence() -> None:
    known = _facts_of_training()
    for kind in KINDS:
        said = kind.statements + kind.questions + kind.newer + kind.third_statements + kind.third_questions
        assert [text for text in said if _plain(text) in known] == []


def test_kinds_made_up_on_the_spot_never_hit_a_sentence_of_the_exam() -> None:
    asked = {
        _plain(text.replace("{x}", about))
        for kind in KINDS
        for about in kind.about
        for text in kind.statements + kind.questions + kind.newer
    } | set(map(_plain, talk.CHATTER))
    random = Random(8)
    for _ in range(4000):
        attribute = open_attribute(random)
        texts = (*attribute.statements, *attribute.questions, *attribute.updates)
        said = {_plain(render(text, _FIRST, "", "{v}")) for text in texts}
        assert asked.isdisjoint(said | {_plain(open_remark(random))})


def test_no_small_talk_of_the_exam_is_a_training_sentence() -> None:
    said = [text for intent in small_talk.IDENTITY + small_talk.SMALL_TALK for text in intent.said]
    known = {*map(_plain, said), *_framed(small_talk.TALK_FRAMES, [text.rstrip("?.!") for text in said])}
    known |= set(map(_plain, small_talk.BETWEEN_OTHERS))
    asked = [text for intent in talk.SMALL_TALK for text in intent.said]
    asked += talk.NAME_QUESTIONS + talk.ROLE_QUESTIONS + talk.BOTH_QUESTIONS + talk.WRONG_NAME_QUESTIONS
    asked += talk.ASKED + talk.BETWEEN_OTHERS + talk.CHATTER
    assert [text for text in asked if _plain(text) in known] == []


def test_no_word_of_the_exam_is_ever_generated() -> None:
    template = ChatTemplate.parse(CHATML)
    random = Random(5)
    for _ in range(1500):
        lesson = make_lesson(random, Difficulty())
        text = " ".join([*(piece.text for piece in template.pieces(lesson.prompt)), lesson.reply])
        assert RESERVED_WORDS.isdisjoint(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize("skill", SKILLS)
def test_every_skill_has_at_least_25_templates(skill: str) -> None:
    assert len({question.template for question in compose(skill, 300, seed=1)}) >= 25
