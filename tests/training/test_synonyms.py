"""Words that stand for each other leave the fact, its owner and its value alone."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from random import Random

import pytest

from training.templates import grammar, synonyms
from training.templates.facts import ATTRIBUTES, Attribute
from training.templates.synonyms import with_synonyms

_FIXED = re.compile(r"{\w+}")
_KINDS = pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda attribute: attribute.key)


def _templates(attribute: Attribute) -> tuple[str, ...]:
    return (*attribute.statements, *attribute.questions, *attribute.indirect, *attribute.updates)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "SHARE", 1.0)


@pytest.mark.usefixtures("always")
@_KINDS
def test_whom_and_what_a_sentence_is_about_stays(attribute: Attribute) -> None:
    random = Random(2)
    for template in _templates(attribute):
        changed = with_synonyms(random, template, attribute.key)
        assert Counter(_FIXED.findall(changed)) == Counter(_FIXED.findall(template))
        assert changed.count("+}") == template.count("+}")


@pytest.mark.usefixtures("always")
@_KINDS
def test_composed_statements_still_tell_the_value_and_questions_do_not(attribute: Attribute) -> None:
    if attribute.phrases is None:
        return
    random = Random(2)
    exchanged = partial(with_synonyms, random, kind=attribute.key)
    for _ in range(100):
        assert "{v}" not in grammar.question(random, attribute.phrases, exchanged)
        assert "{v}" in grammar.statement(random, attribute.phrases, exchanged)
        assert "{v}" in grammar.change(random, attribute.phrases, exchanged)


@pytest.mark.usefixtures("always")
@_KINDS
def test_no_sentence_becomes_one_of_another_kind(attribute: Attribute) -> None:
    """Else the same words would mean two things; `about` tells kinds apart where it is not the same."""
    random = Random(6)
    own = set(_templates(attribute))
    others = {
        template: other.key
        for other in ATTRIBUTES
        if other.key != attribute.key and set(other.about) & set(attribute.about)
        for template in _templates(other)
        if template not in own
    }
    for template in _templates(attribute):
        for _ in range(20):
            changed = with_synonyms(random, template, attribute.key)
            assert changed not in others, (template, others[changed])


@pytest.mark.usefixtures("always")
def test_words_are_exchanged_in_their_kind() -> None:
    random = Random(3)
    said = {with_synonyms(random, "{S} {live+} in the city of {v}", "home") for _ in range(200)}
    assert {"{S} {reside+} in the city of {v}", "{S} {dwell+} in the town of {v}"} <= said
    assert {with_synonyms(random, "{S} {live+} there", "learning") for _ in range(50)} == {
        "{S} {live+} there"
    }


@pytest.mark.usefixtures("always")
def test_a_word_that_means_more_is_put_in_but_never_taken_out() -> None:
    random = Random(4)
    assert "what is {P} work" in {with_synonyms(random, "what is {P} job", "job") for _ in range(200)}
    assert {with_synonyms(random, "what is {P} work", "job") for _ in range(200)} == {"what is {P} work"}


def test_not_every_sentence_is_changed() -> None:
    random = Random(1)
    template = "{S} {live+} in the city of {v}"
    changed = sum(with_synonyms(random, template, "home") != template for _ in range(1000))
    assert 250 < changed < 450
