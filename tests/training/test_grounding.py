"""Heads are told to look at the sentence that a reply rests on, and at the tokens that it copies."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import pytest

torch = pytest.importorskip("torch")

from training.batches import Sample, encode  # noqa: E402  # after importorskip
from training.drills import make_interview  # noqa: E402
from training.generator import make_lesson  # noqa: E402
from training.grounding import Look, attention_loss, looks_of_row  # noqa: E402
from training.lesson import Difficulty, Lesson  # noqa: E402
from training.tokenizer import PieceTokenizer  # noqa: E402
from training.train import prepare_tokenizer  # noqa: E402

NOWHERE = ((0, 1),)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PieceTokenizer:
    path: Path = tmp_path_factory.mktemp("run") / "tokenizer.json"
    return prepare_tokenizer(path, 400, seed=1, lessons=200)


@pytest.fixture(scope="module")
def taught(tokenizer: PieceTokenizer) -> list[tuple[Lesson, Sample]]:
    random = Random(7)
    difficulty = Difficulty(most_memories=12)
    lessons = [make(random, difficulty) for _ in range(60) for make in (make_interview, make_lesson)]
    return [(lesson, encode(lesson, tokenizer)) for lesson in lessons]


def test_what_is_sought_holds_the_value_and_was_said_before(
    taught: list[tuple[Lesson, Sample]], tokenizer: PieceTokenizer
) -> None:
    checked = 0
    for lesson, sample in taught:
        values = {ground.value for ground in lesson.grounds if ground and ground.texts}
        for look in sample.finding:
            if look.spans == NOWHERE:
                continue
            assert all(end <= look.at + 1 for _, end in look.spans)
            sought = [tokenizer.decode(sample.ids[max(0, first - 1) : end]) for first, end in look.spans]
            assert any(value.casefold() in text.casefold() for text in sought for value in values), sought
            checked += 1
    assert checked > 1000


def test_a_reply_that_nothing_tells_looks_at_the_first_token(taught: list[tuple[Lesson, Sample]]) -> None:
    for lesson, sample in taught:
        last = lesson.grounds[-1] if lesson.grounds else None
        if last is not None and not last.texts:
            assert sample.finding[-1].spans == NOWHERE


def test_what_is_copied_is_the_next_token(taught: list[tuple[Lesson, Sample]]) -> None:
    looks = [(sample.ids, look) for _, sample in taught for look in sample.copying]
    assert len(looks) > 500
    for ids, look in looks:
        for place, end in look.spans:
            assert end == place + 1 <= look.at
            assert ids[place] == ids[look.at + 1]


def test_the_loss_is_the_attention_that_falls_elsewhere() -> None:
    """Four keys, of which the second is liked three times as much: 3/6 of all, 3/5 of the first three."""
    queries = torch.zeros(1, 1, 4, 4)
    queries[..., 0] = math.log(3.0) * 2.0
    keys = torch.zeros(1, 1, 4, 4)
    keys[0, 0, 1, 0] = 1.0
    for at, spans, attention in (
        (3, ((1, 2),), 3 / 6),
        (2, ((1, 2),), 3 / 5),
        (3, ((0, 2),), 4 / 6),
        (3, ((0, 1), (3, 4)), 2 / 6),
    ):
        looks = looks_of_row(0, [Look(at, spans)], 4)
        assert looks is not None
        loss = attention_loss([(queries, keys)], [(0, 0)], [looks])
        assert loss.item() == pytest.approx(-math.log(attention), rel=1e-5)


def test_without_looks_there_is_no_loss() -> None:
    assert looks_of_row(0, [], 4) is None
    traces = [(torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4))]
    assert attention_loss(traces, [(0, 0)], []).item() == 0.0
