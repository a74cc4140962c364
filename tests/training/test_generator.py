"""The generator teaches what it claims: answers stand in the prompt, blocks have the promised size."""

from __future__ import annotations

import re
from random import Random

import pytest

from substrate.inference.chat_template import CHATML, ChatTemplate
from training.generator import make_lesson
from training.lesson import Difficulty, Lesson
from training.templates import facts
from training.templates.variants import every_form
from training.unseen import plain
from training.wording import View, render
from training.world import ONE_QUESTION, SUBJECT_RELATIVES, World

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
    """Of kinds that are about nothing else, where the owner and the kind say which fact it is."""
    alone = {attribute.key for attribute in facts.ATTRIBUTES if attribute.about == ("",)}
    checked = 0
    for lesson in lessons:
        ground = lesson.grounds[-1]
        if lesson.skill != "update" or ground is None or ground.kind not in alone:
            continue
        block = lesson.prompt.late()
        told = [it for it in lesson.tellings if (it.owner, it.kind) == (ground.owner, ground.kind)]
        said = [it for it in told if it.text in block]
        if any(relative in it.text.casefold() for it in told for relative in SUBJECT_RELATIVES):
            continue  # whose fact it is, the relative's or the owner's own, a telling does not say
        if len(said) < len(told):
            continue  # the persona's reply alone stands there
        values = [it.value for it in sorted(said, key=lambda it: block.rfind(it.text))]
        if len(set(values)) > 1:
            assert lesson.value == values[-1]
            checked += 1
    assert checked > 5


def test_what_is_not_known_is_often_known_of_somebody_else(lessons: list[Lesson]) -> None:
    rivals: list[bool] = []
    for lesson in lessons:
        ground = lesson.grounds[-1]
        if lesson.skill == "not_knowing" and ground is not None and lesson.prompt.late():
            others = {it.kind for it in lesson.tellings if it.owner != ground.owner}
            rivals.append(ground.kind in others)
    assert sum(rivals) > 0.6 * len(rivals) > 10


def test_whoever_asks_whether_it_is_true_is_told_no_for_another_value_only() -> None:
    random = Random(9)
    for _ in range(300):
        world = World(random)
        fact = world.new_fact()
        confirmed = world.confirm(world.people[0], fact)
        if (confirmed.reply or "").startswith("No,"):
            assert fact.value.casefold() not in confirmed.text.casefold()


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
        said = _every_line(attribute) + (attribute.phrases.nouns if attribute.phrases else ())
        assert [text for text in said if not any(mark in text for mark in whose)] == []


def test_no_sentence_tells_or_asks_for_two_kinds() -> None:
    """Else the same words would mean two things. When and at what time differ by their values alone."""
    view = View("I", "my", "me", 1)
    kinds: dict[tuple[bool, str], set[str]] = {}
    for attribute in facts.ATTRIBUTES:
        variants = attribute.variants
        told = [*attribute.statements, *attribute.updates]
        asked = [*attribute.questions, *attribute.indirect]
        if variants:
            told += [form for line in (*variants.told, *variants.changed) for form in every_form(line)]
            asked += [form for line in variants.asked for form in every_form(line)]
        for tells, lines in ((True, told), (False, asked)):
            for line in lines:
                for about in attribute.about:
                    said = plain(render(line, view, about, "{v}" if tells else ""))
                    kinds.setdefault((tells, said), set()).add(attribute.key)
    double = {said: keys for said, keys in kinds.items() if len(keys) > 1 and keys not in ONE_QUESTION}
    assert double == {}


def test_verbs_agree_with_whoever_is_spoken_of() -> None:
    """Behind `{S}` stands a plain verb only where an auxiliary stands before it."""
    lines = [line for attribute in facts.ATTRIBUTES for line in _every_line(attribute)]
    looks_plain = {"put", "set", "read", "got", "do"}
    verbs = {verb for line in lines for verb in re.findall(r"{(\w+)\+}", line)} - looks_plain
    plain_verb = re.compile(rf"{{S}} (?:{'|'.join(sorted(verbs))})(?!\w)")
    helped = re.compile(
        r"(?:{do}|{have}|\b(?:did|will|would|should|can|could|must|may|might|shall|to|make|let)\b).*{S} "
    )
    wrong = [line for line in lines if plain_verb.search(line) and not helped.search(line)]
    assert wrong == []


def _every_line(attribute: facts.Attribute) -> tuple[str, ...]:
    listed = attribute.statements + attribute.questions + attribute.indirect + attribute.updates
    variants = attribute.variants
    if variants is None:
        return listed
    return listed + tuple(
        form for line in (*variants.told, *variants.asked, *variants.changed) for form in every_form(line)
    )
