"""What people tell in one breath, with a relative's name, or with what it is not: nothing of it is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from training import drills, generator
from training import world as worlds
from training.drills import make_interview
from training.generator import make_lesson
from training.lesson import Difficulty, Ground
from training.templates.facts import ATTRIBUTES
from training.templates.open_facts import open_attribute
from training.wording import Owner, View, render, yes_no_question
from training.world import Exchange, Fact, World


def _noted(random: Random, *, changed: bool = False) -> tuple[World, Exchange]:
    world = World(random, least_people=2)
    fact = world.new_fact()
    speaker = fact.owner.person if fact.owner.person in world.people else world.people[0]
    return world, world.note(speaker, fact, changed=changed)


def _holds(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def test_two_facts_in_one_breath_are_both_told_and_both_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_TOGETHER_SHARE", 1.0)
    random = Random(1)
    joints: set[str] = set()
    orders: set[bool] = set()
    for _ in range(300):
        world, exchange = _noted(random)
        if len(world.tellings) < 2:
            continue
        also = exchange.also[0]
        assert exchange.fact is not None
        assert exchange.reply is not None
        for fact in (exchange.fact, also):
            assert _holds(exchange.text, fact.value)
            assert fact.value in exchange.reply
        first, second = world.tellings
        assert exchange.text.endswith(second.text)
        assert exchange.text.startswith(first.text)
        joints.add(exchange.text[len(first.text) : -len(second.text)])
        orders.add(first.value == exchange.fact.value)
        asked = world.ask(world.people[0], also, known=True)
        assert also.value.casefold() in (asked.reply or "").casefold()
        assert asked.ground is not None
        assert asked.ground.texts[0] in (first.text, second.text)
    assert {" and ", ", and ", " "} <= joints
    assert orders == {True, False}


def test_two_facts_in_one_breath_are_never_mistaken_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_TOGETHER_SHARE", 1.0)
    random = Random(2)
    for _ in range(300):
        _, exchange = _noted(random)
        assert exchange.fact is not None
        for also in exchange.also[:1]:
            first, second = exchange.fact.value.casefold(), also.value.casefold()
            assert first not in second
            assert second not in first
            assert exchange.fact.identity != also.identity


def test_a_relative_told_of_by_name_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_NAMED_RELATIVE_SHARE", 1.0)
    random = Random(3)
    named = 0
    for _ in range(100):
        world = World(random)
        home = next(attribute for attribute in ATTRIBUTES if attribute.key == "home")
        exchange = world.note(world.people[0], Fact(home, "", Owner(world.people[0], "sister"), "Vela"))
        name = exchange.also[-1]
        assert (name.attribute.key, name.about) == ("relative_name", "sister")
        assert name.value in exchange.text
        named += "sister" in exchange.text
    assert named > 90


def test_a_relative_whose_name_was_told_is_asked_about_by_it() -> None:
    random = Random(4)
    home = next(attribute for attribute in ATTRIBUTES if attribute.key == "home")
    asked = 0
    for _ in range(200):
        world = World(random)
        asker = world.people[0]
        told = world.note(asker, Fact(home, "", Owner(asker, "sister"), "Vela"))
        assert told.fact is not None
        name = world.name_told_with(told.fact)
        assert (name != "") == any(fact.identity[:2] == ("relative_name", "sister") for fact in told.also)
        if name:
            exchange = world.ask(asker, told.fact, known=True, named=name)
            # A slip of the keyboard may hit the name as well.
            asked += name.casefold() in exchange.text.casefold() and "sister" not in exchange.text
            assert told.fact.value in (exchange.reply or "")
            assert exchange.ground is not None
            assert exchange.ground.owner == name
            assert name.casefold() in (exchange.reply or "").casefold()
    assert asked > 40


def test_lessons_and_interviews_ask_about_relatives_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    ask = World.ask

    def listen(world: World, asker: str, fact: Fact, *, known: bool, named: str = "") -> Exchange:
        exchange = ask(world, asker, fact, known=known, named=named)
        if named:
            asked.append((named, exchange.text))
        return exchange

    monkeypatch.setattr(World, "ask", listen)
    monkeypatch.setattr(worlds, "_NAMED_RELATIVE_SHARE", 1.0)
    for make in (make_lesson, make_interview):
        asked.clear()
        for seed in range(400):
            before = len(asked)
            lesson = make(Random(seed), Difficulty(most_memories=6))
            said = [*(turn.text for turn in lesson.prompt.history), lesson.prompt.late()]
            for name, question in asked[before:]:
                assert name in "\n".join(said).replace(question, "")
        assert asked


def test_who_it_is_is_asked_of_what_nobody_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_WHO_SHARE", 1.0)
    monkeypatch.setattr(generator, "_draw_kind", lambda random: "not_knowing")
    asked: list[tuple[str, Exchange]] = []
    ask = World.ask_reverse

    def listen(world: World, asker: str, fact: Fact, *, known: bool = True) -> Exchange:
        exchange = ask(world, asker, fact, known=known)
        if not known:
            asked.append((fact.value, exchange))
        return exchange

    monkeypatch.setattr(World, "ask_reverse", listen)
    for seed in range(60):
        before = len(asked)
        lesson = make_lesson(Random(seed), Difficulty(most_memories=6))
        for value, exchange in asked[before:]:
            told = "\n".join([*(turn.text for turn in lesson.prompt.history), lesson.prompt.late()])
            assert value.casefold() not in told.casefold()
            assert value.casefold() in exchange.text.casefold()
            assert re.search(r"not know|n't know|told", exchange.reply or "")
            assert value.casefold() in (exchange.reply or "").casefold()
            assert exchange.ground is not None
            assert not exchange.ground.texts
    assert len(asked) > 20


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("{S} {live+} in {v}", "does Mira live in Vela"),
        ("{S} {am} afraid of {v}", "is Mira afraid of Vela"),
        ("{S} {was} born in {v}", "was Mira born in Vela"),
        ("{S} {have} {v} {x}", "does Mira have Vela keys"),
        ("{S} bought {v}", "did Mira buy Vela"),
        ("{P} favourite {x} is {v}", "is Mira's favourite keys Vela"),
        ("{P} {x} {are_x} in the {v}", "are Mira's keys in the Vela"),
    ],
)
def test_a_statement_becomes_a_question_for_yes_or_no(statement: str, question: str) -> None:
    assert render(yes_no_question(statement), View.of(Owner("Mira"), "", ""), "keys", "Vela") == question


def test_every_kind_can_be_asked_for_by_yes_or_no() -> None:
    random = Random(11)
    for attribute in (*ATTRIBUTES, *(open_attribute(random) for _ in range(300))):
        question = yes_no_question(attribute.statements[0])
        assert question.split(" ")[0] in ("{do}", "{am}", "{was}", "{are_x}", "is", "are", "did"), attribute
        assert sorted(re.findall(r"\{[vx]\}", question)) == sorted(
            re.findall(r"\{[vx]\}", attribute.statements[0])
        )


def test_whoever_asks_whether_it_is_true_what_nobody_told_gets_no_yes() -> None:
    random = Random(12)
    of_others = 0
    for _ in range(200):
        world = World(random, least_people=2)
        other, asker = world.people[:2]
        told = world.note(other, replace(world.new_fact(), owner=Owner(other)))
        assert told.fact is not None
        asked = world.confirm(asker, replace(told.fact, owner=Owner(asker)), known=False)
        assert re.search(r"not know|n't know|told", asked.reply or "")
        assert (asked.ground, asked.value) == (Ground((), "", asker, asker, told.fact.attribute.key), "")
        of_others += told.fact.value.casefold() in asked.text.casefold()
    assert of_others > 100


@pytest.mark.parametrize("changed", [True, False])
def test_what_it_is_not_is_another_value(monkeypatch: pytest.MonkeyPatch, changed: bool) -> None:
    for share in ("_CONTRASTED_SHARE", "_CONTRASTED_CHANGE_SHARE"):
        monkeypatch.setattr(worlds, share, 1.0)
    monkeypatch.setattr(worlds, "_TOGETHER_SHARE", 0.0)
    random = Random(4)
    contrasted = 0
    for _ in range(300):
        _, exchange = _noted(random, changed=changed)
        assert "{" not in exchange.text
        assert exchange.fact is not None
        denials = list(
            re.finditer(r"(?:,| and) (?:not|no longer|(?<!Listen, )never) (.+?)(?=$|,| and )", exchange.text)
        )
        if denials:
            found = denials[-1]
            contrasted += 1
            assert not _holds(found[1], exchange.fact.value)
            assert _holds(exchange.text[: found.start()], exchange.fact.value)
    assert contrasted > 50


def test_what_is_known_of_somebody_are_the_last_two_facts() -> None:
    world = World(Random(5), least_people=2)
    me, other = world.people[:2]
    home, job, age = (
        Fact(next(it for it in ATTRIBUTES if it.key == key), "", Owner(me), value)
        for key, value in (("home", "Vela"), ("job", "torvist"), ("age", "41"))
    )
    reply = world.ask_what_is_known(me, me, [home, job, age]).reply or ""
    assert "Vela" not in reply
    assert re.search("torvist.* and .*41", reply)
    assert "anything about you" in (world.ask_what_is_known(me, me, []).reply or "")
    assert f"anything about {other}" in (world.ask_what_is_known(me, other, []).reply or "")


def test_two_facts_of_one_sentence_are_both_known() -> None:
    world = World(Random(6))
    me = world.people[0]
    home, job = (
        Fact(next(it for it in ATTRIBUTES if it.key == key), "", Owner(me), value)
        for key, value in (("home", "Vela"), ("job", "torvist"))
    )
    for fact in (home, job):
        world.told[fact.identity] = fact
        world._sayings[fact.identity] = ("I live in Vela and work as a torvist", "Got it!")
    assert world.told_of(me, "I live in Vela and work as a torvist") == [home, job]


def test_a_name_behind_a_value_stands_behind_a_comma() -> None:
    random = Random(7)
    world = World(random)
    said = {world.addressed("my dog is called Rex", behind_value=True) for _ in range(200)}
    assert f"my dog is called Rex, {world.persona}" in said
    assert not any(f"Rex {world.persona}" in text for text in said)


def test_lessons_ask_what_is_known() -> None:
    random = Random(9)
    with_facts = without = 0
    for _ in range(4000):
        lesson = make_lesson(random, Difficulty(most_memories=8))
        if lesson.skill != "what_is_known":
            continue
        is_empty = "know anything" in lesson.reply
        without += is_empty
        with_facts += not is_empty
        if "about you" in lesson.reply:
            asker = lesson.prompt.message.removeprefix("- ").partition(":")[0]
            prompt = lesson.prompt.late() + "".join(turn.text for turn in lesson.prompt.history)
            assert not any(it.owner == asker and it.text in prompt for it in lesson.tellings)
    assert with_facts > 10
    assert without > 5


def test_interviews_ask_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drills, "_WHAT_IS_KNOWN_SHARE", 1.0)
    monkeypatch.setattr(drills, "_DECISION_SHARE", 0.0)
    random = Random(6)
    replies = [make_interview(random, Difficulty()).reply for _ in range(40)]
    assert any(" and " in reply for reply in replies)
    assert any("do not know anything about" in reply for reply in replies)


def test_what_is_a_households_is_told_and_asked_with_we_and_answered_with_you(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worlds, "_WE_SHARE", 1.0)
    monkeypatch.setattr(worlds, "_TOGETHER_SHARE", 0.0)
    random = Random(8)
    ours = 0
    for _ in range(200):
        world = World(random)
        me = world.people[0]
        attribute = random.choice([it for it in ATTRIBUTES if it.key in ("pet_name", "home", "job")])
        about = random.choice(attribute.about)
        told = world.note(me, Fact(attribute, about, Owner(me), world.value(attribute, about)))
        assert told.fact is not None
        asked = world.ask(me, told.fact, known=True)
        words = {word for text in (told.text, asked.text) for word in re.findall(r"\w+", text.casefold())}
        # "Tell us ..." may stand before every question.
        assert attribute.key != "job" or words.isdisjoint({"we", "our"})
        ours += not words.isdisjoint({"we", "our", "us"})
        assert not re.search(r"\b(we|our)\b", asked.reply or "")
    assert ours > 80
