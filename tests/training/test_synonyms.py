"""Words that stand for each other leave the fact, its owner and its value alone."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from training.templates import grammar, synonyms
from training.templates.facts import ATTRIBUTES, Attribute
from training.templates.synonyms import with_synonyms

_FIXED = re.compile(r"{\w+}")


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "SHARE", 1.0)


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda attribute: attribute.key)
def test_whom_and_what_a_sentence_is_about_stays(attribute: Attribute) -> None:
    random = Random(2)
    templates = [*attribute.statements, *attribute.questions, *attribute.indirect, *attribute.updates]
    if attribute.phrases:
        templates += [grammar.question(random, attribute.phrases) for _ in range(100)]
    for template in templates:
        changed = with_synonyms(random, template, attribute.key)
        assert Counter(_FIXED.findall(changed)) == Counter(_FIXED.findall(template))
        assert changed.count("+}") == template.count("+}")


def test_words_are_exchanged_in_their_kind() -> None:
    random = Random(3)
    said = {with_synonyms(random, "{S} {live+} in the city of {v}", "home") for _ in range(200)}
    assert {"{S} {reside+} in the city of {v}", "{S} {dwell+} in the town of {v}"} <= said
    assert {with_synonyms(random, "{S} {live+} there", "learning") for _ in range(50)} == {
        "{S} {live+} there"
    }


def test_a_word_that_means_more_is_put_in_but_never_taken_out() -> None:
    random = Random(4)
    assert "what is {P} work" in {with_synonyms(random, "what is {P} job", "job") for _ in range(200)}
    assert {with_synonyms(random, "some work", "job") for _ in range(200)} <= {
        "some work", "some serve", "some labour",
    }  # fmt: skip


def test_most_sentences_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "SHARE", 0.0)
    assert with_synonyms(Random(1), "where {do} {S} live", "home") == "where {do} {S} live"
