"""Sentences with alternatives can be spelled out in every way they promise, and stay about their fact."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from training import world as worlds
from training.templates.facts import ATTRIBUTES, NEAR_KINDS, Attribute, near, value_first
from training.templates.variants import every_form, spelled_out
from training.wording import Owner, View, render, with_slips
from training.world import World

_VARIED = [attribute for attribute in ATTRIBUTES if attribute.variants]
_KINDS = pytest.mark.parametrize("attribute", _VARIED, ids=lambda attribute: attribute.key)


def test_a_line_is_spelled_out_in_every_way() -> None:
    line = "{S} [like+|{love+}] {v}[ a lot| so much|]"
    forms = every_form(line)
    assert len(forms) == len(set(forms)) == 6
    random = Random(1)
    assert {spelled_out(random, line) for _ in range(200)} == set(forms)
    assert "{S} {love+} {v}" in forms


@_KINDS
def test_every_form_tells_or_asks_and_can_be_said_of_anybody(attribute: Attribute) -> None:
    assert attribute.variants is not None
    told = attribute.variants.told + attribute.variants.changed
    for line in told + attribute.variants.asked:
        for form in every_form(line):
            assert form.count("{v}") == (1 if line in told else 0), form
            for owner in (Owner("me"), Owner("Mira"), Owner("me", "sister")):
                said = render(form, View.of(owner, "me", "you"), attribute.about[0], "Value", "Other")
                assert re.search(r"[\[\]{}|+]|  ", said) is None, said


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_whoever_is_introduced_is_still_named(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setattr(worlds, "_INTRODUCED_SHARE", share)
    random = Random(5)
    told: list[str] = []
    for _ in range(60):
        world = World(random, least_people=2)
        speaker, other = world.people[:2]
        fact = world.new_fact()
        while fact.owner != Owner(other):
            fact = world.new_fact()
        exchange = world.note(speaker, fact)
        assert other.casefold() in exchange.text.casefold()
        assert exchange.fact is not None
        assert exchange.fact.value in exchange.text
        told.append(exchange.text.casefold().replace(other.casefold(), "mira"))
    introduced = sum(bool(re.search(r"(friend|dear|old|colleague|mate|buddy) mira", text)) for text in told)
    assert introduced > 30 if share else introduced < 5


def test_a_curt_reply_repeats_nothing() -> None:
    random = Random(2)
    world = World(random)
    exchange = world.note(world.people[0], world.new_fact())
    curt = exchange.curtly(random)
    assert curt.text == exchange.text
    assert curt.ground is None
    assert curt.reply is not None
    assert exchange.value not in curt.reply


def test_a_slip_leaves_names_values_and_things_alone() -> None:
    random = Random(5)
    line = "{P} {x} is what {S} {have} painted {v}, that is the colour"
    drawn = [with_slips(random, line) for _ in range(2000)]
    slipped = [text for text in drawn if text != line]
    assert 40 < len(slipped) < 400
    marks = re.findall(r"{.*?}", line)
    assert all(re.findall(r"{.*?}", text) == marks for text in slipped)
    assert {abs(len(line.split(" ")) - len(text.split(" "))) for text in slipped} == {0, 1}


def test_a_slip_changes_one_word() -> None:
    random = Random(6)
    line = "who remembers where somebody parked"
    for text in (with_slips(random, line) for _ in range(2000)):
        pairs = zip(line.split(" "), text.split(" "), strict=True)
        assert sum(before != after for before, after in pairs) <= 1


def test_values_come_first_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "VALUE_FIRST_SHARE", 1.0)
    world = World(Random(7))
    for attribute in ATTRIBUTES:
        for line in value_first(attribute):
            assert line.replace("the {v}", "{v}").startswith("{v}")
        if value_first(attribute):
            template = world._statement_template(attribute, changed=False)
            assert template.startswith(("{v}", "the {v}"))


def test_what_is_known_besides_is_often_of_a_near_kind() -> None:
    assert {attribute.key for attribute in near("home")} == {"origin", "travel"}
    keys = {attribute.key for attribute in ATTRIBUTES}
    assert all(group <= keys for group in NEAR_KINDS)
    count = 0
    for seed in range(200):
        world = World(Random(seed), least_people=2)
        home = replace(
            world.new_fact(), attribute=next(it for it in ATTRIBUTES if it.key == "home"), about=""
        )
        like = [world.new_fact(home) for _ in range(3)]
        count += sum(fact.owner == home.owner and fact.attribute.key in ("origin", "travel") for fact in like)
    assert 40 < count < 200


def test_a_name_never_runs_into_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "The dog of Mira Rex likes the sofa" would be about somebody called Mira Rex."""
    monkeypatch.setattr(worlds, "_INTRODUCED_SHARE", 1.0)
    world = World(Random(8))
    mira = View.of(Owner("Mira"), "me", "you")
    assert world._owned("{P} {x} {v} likes the sofa", mira) == "{P} {x} {v} likes the sofa"
    assert world._owned("{P} {x} is called {v}", mira) == "the {x} of {S} is called {v}"
