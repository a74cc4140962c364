"""The exam judges as it says, and the committed model passes a small slice of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from llama_cpp import Llama

from benchmarks.exam import WORDINGS, Examinee, sit_exam
from benchmarks.exam_questions import vocabulary
from benchmarks.exam_questions.blind_kinds import BLIND_KINDS
from benchmarks.exam_questions.grading import MOST_TOKENS, Reply, is_right, is_well_formed
from benchmarks.exam_questions.kinds import Kind
from benchmarks.exam_questions.questions import CHATTER_LINES, SKILLS, Question, behind_chatter, compose
from benchmarks.exam_questions.talk import SMALL_TALK
from benchmarks.exam_questions.through_program import (
    MOST_AT_ONCE,
    THROUGH_PROGRAM_SKILLS,
    batches_of,
    play,
)
from substrate.inference.protocol import Role
from substrate.models import EMBEDDED_MODEL
from substrate.persona.prompt import LAYOUT_VERSION
from training.templates.facts import ATTRIBUTES, UNKNOWN_FRAMES, answer_statements
from training.templates.small_talk import SMALL_TALK as TRAINED_TALK
from training.wording import Owner, View, render

_KINDS_OF_TRAINING = {
    "relative": "relative_name", "pet": "pet_name", "home": "home", "childhood": "origin",
    "favourite": "favourite", "colour": "object_colour", "job": "job", "company": "employer",
    "birthday": "birthday", "number": "number", "stored": "kept_in", "journey": "travel", "adores": "likes",
    "avoids": "allergy",
}  # fmt: skip
"""What training calls the exam's kinds of facts."""


def _question(skill: str) -> Question:
    return compose(skill, 1, seed=3)[0]


def _reply(text: str, *, tokens: int = 10, ended: bool = True) -> Reply:
    return Reply(text.encode(), tokens, ended)


def test_the_same_seed_asks_the_same_questions() -> None:
    for skill in SKILLS:
        first, second = compose(skill, 30, seed=1), compose(skill, 30, seed=1)
        assert [question.prompt.message for question in first] == [
            question.prompt.message for question in second
        ]


def test_the_answer_counts_only_as_whole_words() -> None:
    question = _question("recall_5")
    (value,) = question.wanted
    assert is_right(question, _reply(f"It is {value.upper()}."))
    assert not is_right(question, _reply(f"It is {value}x."))
    assert not is_right(question, _reply("I do not know."))


def test_another_value_of_the_prompt_makes_an_answer_wrong() -> None:
    question = next(question for question in compose("recall_20", 30, seed=3) if question.forbidden)
    assert not is_right(question, _reply(f"It is {question.wanted[0]} or {question.forbidden[0]}."))


def test_the_wanted_answer_stands_in_the_prompt_and_the_forbidden_ones_too() -> None:
    for skill in ("recall_5", "recall_20", "in_context", "update", "who"):
        for question in compose(skill, 60, seed=2):
            prompt = question.prompt
            text = " ".join([*(turn.text for turn in prompt.history), prompt.message, prompt.late()])
            assert all(value in text for value in (*question.wanted, *question.forbidden))


@pytest.mark.parametrize("memories", [5, 20])
def test_recall_shows_exactly_that_many_memories(memories: int) -> None:
    for question in compose(f"recall_{memories}", 40, seed=2):
        assert question.prompt.late().count("\n- [") == memories


def test_admitting_not_to_know_is_right_and_a_guess_is_wrong() -> None:
    question = next(question for question in compose("not_knowing", 30, seed=3) if question.forbidden)
    assert is_right(question, _reply("I do not know what it is called."))
    assert not is_right(question, _reply(f"I do not know, maybe {question.forbidden[0]}."))
    assert not is_right(question, _reply("It is blue."))


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("skill", ["identity", "recall_5", "recall_20", "in_context", "update", "who"])
def test_every_question_can_be_answered_right(skill: str, wording: str) -> None:
    for question in compose(skill, 300, seed=1, wording=WORDINGS[wording]):
        assert is_right(question, _reply(f"It is {' and '.join(question.wanted)}."))


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_fact_is_noted_by_what_it_is_about(wording: str) -> None:
    """Its kind, its owner and its value: none of them by another's."""
    clauses = {
        key: answer_statements(next(it for it in ATTRIBUTES if it.key == of_training))[0]
        for key, of_training in _KINDS_OF_TRAINING.items()
    }
    mine, theirs = View.of(Owner("joel"), "", "joel"), View.of(Owner("Ana"), "", "")
    for question in compose("noting", 300, seed=1, wording=WORDINGS[wording]):
        value, about = (*question.wanted, "")[:2]
        kinds = WORDINGS[wording].kinds
        key = next(kind.key for kind in kinds if question.template in kind.statements and about in kind.about)
        judged = partial(_is_noted, question, about)
        assert judged(clauses[key], mine, value), question.template
        assert not judged(clauses[key], mine, f"not {value}")
        assert not judged(clauses[key], theirs, value)
        if not about:
            assert not any(judged(clause, mine, value) for other, clause in clauses.items() if other != key)


def _is_noted(question: Question, about: str, clause: str, owner: View, value: str) -> bool:
    return is_right(question, _reply(f"Got it, {render(clause, owner, about, value)}."))


def test_a_reply_to_one_purpose_fits_no_other() -> None:
    of_exam = {"greeting": ("greeting", "morning", "evening"), "farewell": ("farewell", "night")}
    of_exam |= {"feels_good": ("feel_good",), "feels_bad": ("feel_bad",), "thanks": ("thanks",)}
    of_exam |= {"how_are_you": ("how_are_you",), "abilities": ("abilities",)}
    alike = {("compliment", "feels_good"), ("laugh", "feels_good"), ("compliment", "thanks")}
    templates = {text: intent.key for intent in SMALL_TALK for text in intent.said}
    for question in compose("small_talk", 43, seed=1):
        key = templates[question.template]
        for intent in TRAINED_TALK:
            for reply in intent.replies:
                text = reply.format(who="Ana", other="Bea")
                fits = is_right(question, _reply(text))
                if intent.key in of_exam[key]:
                    assert fits, (question.template, text)
                elif (intent.key, key) not in alike:
                    assert not fits, (question.template, text)


def test_a_guess_behind_a_doubt_is_wrong() -> None:
    for question in compose("not_knowing", 60, seed=3):
        script = question.script
        assert script is not None
        speakers = {speaker for speaker, _ in script.told} - {script.asker}
        others = [name for name in speakers if name not in script.message]
        for guess in ("Siobhan", "Reykjavik", "48213", *others):
            if guess not in (script.asker, script.persona) and guess not in script.message:
                assert not is_right(question, _reply(f"I am not sure, it is {guess}."))
        assert not is_right(question, _reply("I am not sure, but it is Paris."))
        assert not is_right(question, _reply("I do not know, it is called Verma."))
        assert not is_right(question, _reply("Your dog is called Verma. I was not told."))
        clause = "what you are called" if "my" in script.message else "where Ana lives"
        assert all(is_right(question, _reply(frame.format(clause))) for frame in UNKNOWN_FRAMES)


def test_an_answer_with_a_doubt_is_none() -> None:
    question = _question("recall_5")
    assert not is_right(question, _reply(f"I do not know, maybe {question.wanted[0]}."))


def test_another_role_is_wrong() -> None:
    for question in compose("identity", 30, seed=3):
        roles = [role for role in vocabulary.ROLES if role not in question.prompt.identity]
        assert not is_right(question, _reply(f"I am {' and '.join(question.wanted)}, {roles[0]}."))


def test_a_reply_to_a_fact_does_not_fit_small_talk() -> None:
    replies = (
        "Sorry, I do not know what you like.",
        "I remember that you live in Oslo.",
        "Thank you for telling me that you like tea.",
        "As far as I know, you are glad.",
    )
    for question in compose("small_talk", 60, seed=3):
        assert not any(is_right(question, _reply(text)) for text in replies)


def test_noting_repeats_the_fact_and_asks_nothing_back() -> None:
    question = next(question for question in compose("noting", 30, seed=3) if len(question.wanted) == 2)
    value, about = question.wanted
    assert is_right(question, _reply(f"Got it, your {about}: {value}."))
    assert not is_right(question, _reply(f"What about your {about} and {value}?"))
    assert not is_right(question, _reply(f"Got it, your elephant is {value}."))
    assert not is_right(question, _reply(f"I do not know {value}, your {about}."))


def test_decisions_are_asked_with_and_without_a_name() -> None:
    questions = compose("decision", 300, seed=1)
    asked = [question for question in questions if question.will_respond]
    persona = [question.prompt.identity[8:].partition(",")[0] for question in asked]
    named = [name in question.prompt.message for name, question in zip(persona, asked, strict=True)]
    assert 0.25 < 1 - sum(named) / len(named) < 0.4
    assert len(asked) == 150


def test_a_decision_is_judged_by_its_contract() -> None:
    asked, between_others = compose("decision", 2, seed=3)
    assert is_right(asked, _reply('{"will_respond": true, "response": "Hello!"}'))
    assert not is_right(between_others, _reply('{"will_respond": true, "response": "Hello!"}'))
    assert not is_right(asked, _reply('{"will_respond": tru'))


def test_form_wants_an_end_no_loop_and_valid_utf8() -> None:
    assert is_well_formed(_reply("Your sister is called Ann."))
    assert not is_well_formed(_reply("Your sister", ended=False))
    assert not is_well_formed(_reply("long", tokens=MOST_TOKENS + 1))
    assert not is_well_formed(_reply("is called gougougougougou"))
    assert not is_well_formed(_reply(" "))
    assert not is_well_formed(Reply(b"Ouagadou\xc3", 5, True))


def test_a_script_tells_what_the_prompt_shows_less_what_the_persona_said() -> None:
    for skill in THROUGH_PROGRAM_SKILLS:
        for question in compose(skill, 30, seed=2):
            script = question.script
            assert script is not None
            shown = [line.partition(": ")[2] for line in question.prompt.late().split("\n- ")[1:]]
            told = [text for _, text in script.told]
            assert set(told) <= set(shown)
            assert script.persona not in {speaker for speaker, _ in script.told}
            assert all(value in " ".join([*told, script.message]) for value in question.wanted)
            assert len(script.chatter) == CHATTER_LINES


@pytest.mark.parametrize("skill", THROUGH_PROGRAM_SKILLS)
def test_behind_chatter_the_question_is_the_same_and_the_conversation_longer(skill: str) -> None:
    question = compose(skill, 3, seed=2)[2]
    behind = behind_chatter(question, 12)
    assert behind_chatter(question, 12).prompt.history == behind.prompt.history
    assert (behind.prompt.message, behind.prompt.late()) == (question.prompt.message, question.prompt.late())
    assert question.script is not None
    said = [turn.text for turn in behind.prompt.history if turn.role is Role.USER]
    assert [text.partition(": ")[2] for text in said] == list(question.script.chatter[:12])
    assert len(behind.prompt.history) == 24
    with pytest.raises(ValueError, match="31 lines"):
        behind_chatter(question, CHATTER_LINES + 1)


def test_questions_with_one_persona_are_played_one_after_another() -> None:
    questions = compose("noting", 40, seed=2)
    batches = list(batches_of(questions))
    assert sorted(id(question) for batch in batches for question in batch) == sorted(map(id, questions))
    for batch in batches:
        names = [question.script.persona for question in batch if question.script]
        assert len(set(names)) == len(names) <= MOST_AT_ONCE


@pytest.fixture(scope="module")
def examinee() -> Examinee:
    return Examinee(EMBEDDED_MODEL, threads=1)


def test_the_embedded_model_passes_a_slice_of_the_exam(examinee: Examinee) -> None:
    """Each floor is three standard deviations of twenty questions below what the whole exam measured."""
    facts = Llama(str(EMBEDDED_MODEL), vocab_only=True, verbose=False).metadata
    measured = json.loads(facts["seedling.exam"])
    for skill, answered in sit_exam(examinee, SKILLS, 20, seed=1):
        share = min(measured[skill], 0.99)
        floor = math.floor(20 * share - 3 * math.sqrt(20 * share * (1 - share)))
        assert sum(answer.right for answer in answered) >= floor, skill
        if skill != "decision":
            assert sum(is_well_formed(answer.reply) for answer in answered) >= 19, skill


def test_the_embedded_model_loads_and_writes_a_first_token(examinee: Examinee) -> None:
    prompt = compose("recall_20", 1, seed=1)[0].prompt
    assert examinee.first_token(prompt) != 0


def test_the_embedded_model_says_what_it_is() -> None:
    facts = Llama(str(EMBEDDED_MODEL), vocab_only=True, verbose=False).metadata
    assert facts["general.name"] == "Seedling"
    assert facts["general.license"] == "apache-2.0"
    assert "generated" in facts["seedling.training_data"]
    assert date.fromisoformat(facts["seedling.date"])
    assert int(facts["seedling.prompt_layout_version"]) == LAYOUT_VERSION
    assert set(json.loads(facts["seedling.exam"])) >= {*SKILLS, "form"}
    assert EMBEDDED_MODEL.stat().st_size <= 8_000_000


def test_a_question_goes_through_the_program_and_comes_back_with_what_it_was_shown() -> None:
    (noting,) = compose("noting", 1, seed=5)
    (update,) = compose("update", 1, seed=5)
    short = []
    for question in (noting, update):
        assert question.script is not None
        script = replace(question.script, chatter=question.script.chatter[:2])
        short.append(replace(question, script=script))
    progress: list[str] = []
    played = play(short, ["--model", str(EMBEDDED_MODEL)], progress.append)
    assert {one.question.skill for one in played} == {"noting", "update"}
    assert all(one.reply.tokens > 0 for one in played)
    assert next(one.shown for one in played if one.question.skill == "update")
    assert progress[-1].endswith("2 of 2")


@pytest.mark.parametrize("kind", BLIND_KINDS, ids=lambda kind: kind.key)
def test_the_second_wording_tells_and_asks_for_the_same_kinds(kind: Kind) -> None:
    told = (*kind.statements, *kind.newer, *kind.third_statements)
    asked = (*kind.questions, *kind.third_questions)
    assert all(text.count("{v}") == 1 for text in told)
    assert not any("{v}" in text for text in asked)
    assert all(text.count("{x}") == (1 if kind.about != ("",) else 0) for text in told + asked)
    assert all("{p}" in text for text in kind.third_statements + kind.third_questions)


@pytest.mark.parametrize("skill", ["recall_5", "in_context", "update", "who", "not_knowing", "noting"])
def test_the_second_wording_asks_in_other_sentences(skill: str) -> None:
    first, second = compose(skill, 300, seed=1), compose(skill, 300, seed=1, wording=WORDINGS["blind"])
    templates = {question.template for question in second}
    assert len(templates & {question.template for question in first}) < 0.1 * len(templates)
