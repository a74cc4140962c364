"""The middle of the network is told what kind of fact a sentence tells and a question asks for."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import pytest

torch = pytest.importorskip("torch")

from training.batches import make_batches  # noqa: E402  # after importorskip
from training.drills import make_interview  # noqa: E402
from training.encoding import Sample, encode  # noqa: E402
from training.generator import make_lesson  # noqa: E402
from training.kinds import KINDS, KindReader  # noqa: E402
from training.lesson import Difficulty, Lesson  # noqa: E402
from training.model import IGNORED  # noqa: E402
from training.tokenizer import PieceTokenizer  # noqa: E402
from training.train import prepare_tokenizer  # noqa: E402


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PieceTokenizer:
    path: Path = tmp_path_factory.mktemp("run") / "tokenizer.json"
    return prepare_tokenizer(path, 400, seed=1, lessons=200)


def test_kinds_are_known_where_a_fact_has_been_read_and_before_a_reply(tokenizer: PieceTokenizer) -> None:
    random = Random(5)
    told = asked = 0
    for number in range(80):
        lesson = (make_interview if number % 2 else make_lesson)(random, Difficulty(most_memories=12))
        sample = encode(lesson, tokenizer)
        starts = [at for at in range(1, len(sample.ids)) if sample.weights[at] and not sample.weights[at - 1]]
        first = [ground.in_order[0].kind for ground in lesson.grounds if ground]
        about = [KINDS[kind] for kind in first if kind in KINDS]
        assert [kind for _, kind in sample.kinds[: len(about)]] == about
        assert {at for at, _ in sample.kinds[: len(about)]} <= set(starts)
        asked += len(about)

        text = tokenizer.decode(sample.ids)
        for telling in lesson.tellings:
            if telling.kind in KINDS:
                ends = [
                    at
                    for at, kind in sample.kinds[len(about) :]
                    if kind == KINDS[telling.kind]
                    and tokenizer.decode(sample.ids[: at + 1]).endswith(telling.text)
                ]
                assert len(ends) >= text.count(telling.text)
                told += len(ends)
    assert told > 250
    assert asked > 200


def test_a_batch_holds_the_kinds_of_its_samples(
    tokenizer: PieceTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples: dict[tuple[int, ...], list[tuple[int, int]]] = {}

    def remember(lesson: Lesson, tokenizer: PieceTokenizer) -> Sample:
        sample = encode(lesson, tokenizer)
        samples[tuple(sample.ids)] = sorted(set(sample.kinds))
        return sample

    monkeypatch.setattr("training.batches.encode", remember)
    rows = known = 0
    for batch in make_batches(Random(1), tokenizer, Difficulty(), 2048, 2048):
        for tokens, kinds in zip(batch.tokens.tolist(), batch.kinds.tolist(), strict=True):
            (ids,) = (
                ids for ids in samples if list(ids) == tokens[: len(ids)] and not any(tokens[len(ids) :])
            )
            assert [(at, kind) for at, kind in enumerate(kinds) if kind != IGNORED] == samples[ids]
            rows, known = rows + 1, known + len(samples[ids])
    assert rows > 300
    assert known > 1000


def test_the_loss_is_that_of_the_kind_that_is_read() -> None:
    """Hidden states of size 2 along the first axis, whose kind is the likelier by e to the power 2 x 3."""
    reader = KindReader(4)
    with torch.no_grad():
        reader.weight[7, 0] = 3.0
    hidden = torch.zeros(1, 3, 4)
    hidden[0, 1, 0] = 5.0
    for kind, likely in ((7, math.exp(6.0)), (2, 1.0)):
        kinds = torch.tensor([[IGNORED, kind, IGNORED]])
        expected = math.log(math.exp(6.0) + len(KINDS) - 1) - math.log(likely)
        assert reader.loss(hidden, kinds).item() == pytest.approx(expected, rel=1e-4)


def test_without_a_kind_there_is_no_loss_but_a_gradient_of_zero() -> None:
    """Processes that train together must all have the same gradients."""
    reader = KindReader(4)
    loss = reader.loss(torch.ones(1, 2, 4), torch.full((1, 2), IGNORED))
    loss.backward()
    assert loss.item() == 0.0
    assert reader.weight.grad is not None
    assert not reader.weight.grad.any()
