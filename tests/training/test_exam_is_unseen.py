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
from substrate.inference.protocol import Prompt, Role
from training.drills import make_interview
from training.generator import make_lesson
from training.lesson import Difficulty
from training.templates import facts, small_talk
from training.templates.open_facts import open_attribute, open_remark
from training.templates.remarks import everyday_remark
from training.templates.variants import every_form
from training.unseen import EXAM_TEMPLATES, is_of_exam, plain
from training.wording import View, render

_FIRST = View("I", "my", "me", 1)
_THIRD = View("{p}", "{p}'s", "{p}", 3)


def _framed(frames: Iterable[str], cores: Iterable[str]) -> Iterator[str]:
    cores = tuple(cores)
    for line in frames:
        for frame in every_form(line):
            for core in cores:
                yield plain(frame.replace("{}", core))


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


def test_no_sentence_of_the_exam_comes_of_alternatives() -> None:
    """Told and asked as they stand; `World` refuses what words exchanged or put around could make of them."""
    for variants in (attribute.variants for attribute in facts.ATTRIBUTES if attribute.variants):
        for line in variants.told + variants.asked + variants.changed:
            for text in every_form(line):
                for view in (_FIRST, _THIRD):
                    assert not is_of_exam(render(text, view, "{x}", "{v}")), text


def test_no_fact_sentence_of_the_exam_is_a_training_sentence() -> None:
    known = _facts_of_training()
    for kind in KINDS:
        said = kind.statements + kind.questions + kind.newer + kind.third_statements + kind.third_questions
        assert [text for text in said if plain(text) in known] == []


def test_kinds_made_up_on_the_spot_never_hit_a_sentence_of_the_exam() -> None:
    asked = {
        plain(text.replace("{x}", about))
        for kind in KINDS
        for about in kind.about
        for text in kind.statements + kind.questions + kind.newer
    } | set(map(plain, talk.CHATTER))
    random = Random(8)
    for _ in range(4000):
        attribute = open_attribute(random)
        texts = (*attribute.statements, *attribute.questions, *attribute.updates)
        said = {plain(render(text, _FIRST, "", "{v}")) for text in texts}
        assert asked.isdisjoint(said | {plain(open_remark(random)), plain(everyday_remark(random))})


def test_no_small_talk_of_the_exam_is_a_training_sentence() -> None:
    said = [text for intent in small_talk.IDENTITY + small_talk.SMALL_TALK for text in intent.said]
    known = {*map(plain, said), *_framed(small_talk.TALK_FRAMES, [text.rstrip("?.!") for text in said])}
    known |= set(map(plain, small_talk.BETWEEN_OTHERS))
    asked = [text for intent in talk.SMALL_TALK for text in intent.said]
    asked += talk.NAME_QUESTIONS + talk.ROLE_QUESTIONS + talk.BOTH_QUESTIONS + talk.WRONG_NAME_QUESTIONS
    asked += talk.ASKED + talk.BETWEEN_OTHERS + talk.CHATTER
    assert [text for text in asked if plain(text) in known] == []


def test_a_sentence_of_the_exam_is_recognised_whatever_its_names() -> None:
    kind = KINDS[0]
    told = kind.third_statements[0].format(p="Mira", x=kind.about[0], v="Bo Ra")
    assert is_of_exam(f"{told.upper()}!", "Mira", value="Bo Ra")
    assert is_of_exam(talk.ASKED[0].format(name="Mira"), "Mira")
    contracted = [text.replace("there is ", "there's ") for kind in KINDS for text in kind.statements]
    assert any("there's" in text and is_of_exam(text.format(v="Bo Ra"), value="Bo Ra") for text in contracted)
    assert not is_of_exam("Mira has something else to say.", "Mira")


def test_a_sentence_of_the_exam_is_recognised_in_disguise() -> None:
    """About another thing, with a word before the name, in American, and where a name is a word as well."""
    kind = next(kind for kind in KINDS if kind.key == "favourite")
    asked, third = kind.questions[0], kind.third_questions[0]
    assert is_of_exam(asked.format(x="kind of cheese"))
    assert is_of_exam(third.format(p="our dear Mira", x="film"), "Mira")
    assert is_of_exam(f"{asked.format(x='food')}".replace("favourite", "favorite"))
    told = next(kind for kind in KINDS if kind.key == "stored").statements[0].format(x="keys", v="drawer")
    first = told.split()[0]
    assert is_of_exam(told, first, value="drawer")


def test_no_lesson_says_a_sentence_of_the_exam() -> None:
    person = "somebody's-name"
    # "all kinds of pancakes" is another sentence than "pancakes", and so are "to be grey" than "grey" and one
    # with a slip.
    value = r"(?!(?:of|all|some|any|to) )\w+(?: \w+){0,2}"
    said = [re.escape(text.replace("{p}", person)) for text in EXAM_TEMPLATES]
    marks = {re.escape("{v}"): value, re.escape("{x}"): r"[\w']+(?: \w+)?"}
    of_exam = re.compile("|".join(re.sub(r"\\{[vx]\\}", lambda mark: marks[mark[0]], text) for text in said))
    random = Random(6)
    for number in range(1500):
        make = make_interview if number % 2 else make_lesson
        prompt = make(random, Difficulty()).prompt
        said_by = [line for line in _lines_of(prompt) if ": " in line]
        people = {line.partition(": ")[0] for line in said_by} | {prompt.identity[8:].partition(",")[0]}
        for line in said_by:
            text = plain(line.partition(": ")[2])
            for name in people:
                text = re.sub(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", person, text)
            assert of_exam.fullmatch(text) is None, line


def _lines_of(prompt: Prompt) -> Iterator[str]:
    """What people say in a prompt, as `speaker: text`."""
    for turn in prompt.history:
        if turn.role is Role.USER:
            yield from (line.removeprefix("- ").rpartition("] ")[2] for line in turn.text.split("\n"))
    yield prompt.message.removeprefix("- ")
    yield from (line.rpartition("] ")[2] for line in prompt.late().split("\n- "))


def test_no_word_of_the_exam_is_ever_generated() -> None:
    template = ChatTemplate.parse(CHATML)
    random = Random(5)
    for number in range(1500):
        make = make_interview if number % 2 else make_lesson
        lesson = make(random, Difficulty())
        text = " ".join([*(piece.text for piece in template.pieces(lesson.prompt)), lesson.reply])
        assert RESERVED_WORDS.isdisjoint(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize("skill", SKILLS)
def test_every_skill_has_at_least_25_templates(skill: str) -> None:
    assert len({question.template for question in compose(skill, 300, seed=1)}) >= 25
