"""From lessons to padded batches of token ids, with labels for what carries loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from training.drills import make_interview
from training.encoding import Sample, encode
from training.generator import make_lesson
from training.grounding import Look, Looks, looks_of_row
from training.lesson import Difficulty
from training.model import IGNORED
from training.tokenizer import PieceTokenizer

POOL_LESSONS = 384
"""Lessons made at once and sorted by length: rows of one batch are about equally long."""
LENGTH_STEP = 32
REST_SAMPLE = 0.25
"""Share of the tokens outside replies that carry a loss."""
GAP_SHARE = 0.25
"""Share of rows whose positions jump."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded rows: tokens, labels of taught positions and what they weigh, labels of the other positions,
    positions; and where heads shall look."""

    tokens: Tensor
    reply_labels: Tensor
    reply_weights: Tensor
    rest_labels: Tensor
    positions: Tensor
    finding: list[Looks]
    copying: list[Looks]
    owning: list[Looks]
    valuing: list[Looks]
    kinds: Tensor
    """The kind of fact that is told or asked for at each position (rows, length)."""

    def to(self, device: str) -> Batch:
        return Batch(
            self.tokens.to(device),
            self.reply_labels.to(device),
            self.reply_weights.to(device),
            self.rest_labels.to(device),
            self.positions.to(device),
            [looks.to(device) for looks in self.finding],
            [looks.to(device) for looks in self.copying],
            [looks.to(device) for looks in self.owning],
            [looks.to(device) for looks in self.valuing],
            self.kinds.to(device),
        )


def make_batches(
    random: Random, tokenizer: PieceTokenizer, difficulty: Difficulty, batch_tokens: int, context: int
) -> Iterator[Batch]:
    """One pool of lessons, cut into batches of similar length (little padding), in random order."""
    makers = (
        make_interview if random.random() < difficulty.interview_share else make_lesson
        for _ in range(POOL_LESSONS)
    )
    samples = [encode(make(random, difficulty), tokenizer) for make in makers]
    samples = [sample for sample in samples if len(sample.ids) <= context]
    samples.sort(key=lambda sample: len(sample.ids))
    groups: list[list[Sample]] = [[]]
    for sample in samples:
        padded = -(-len(sample.ids) // LENGTH_STEP) * LENGTH_STEP
        if groups[-1] and padded * (len(groups[-1]) + 1) > batch_tokens:
            groups.append([])
        groups[-1].append(sample)
    random.shuffle(groups)
    for group in groups:
        yield _pad(random, group, context)


def _pad(random: Random, group: Sequence[Sample], context: int) -> Batch:
    length = -(-max(len(sample.ids) for sample in group) // LENGTH_STEP) * LENGTH_STEP
    tokens = torch.zeros(len(group), length, dtype=torch.long)
    reply_labels = torch.full((len(group), length), IGNORED)
    reply_weights = torch.zeros(len(group), length)
    rest_labels = torch.full((len(group), length), IGNORED)
    kinds = torch.full((len(group), length), IGNORED)
    positions = torch.arange(length).repeat(len(group), 1)
    for row, sample in enumerate(group):
        size = len(sample.ids)
        ids = torch.tensor(sample.ids)
        tokens[row, :size] = ids
        following = torch.cat((ids[1:], torch.tensor([IGNORED])))
        weights = torch.tensor(sample.weights)
        reply_labels[row, :size] = torch.where(weights > 0, following, IGNORED)
        reply_weights[row, :size] = weights
        chosen = (weights == 0) & (torch.rand(size) < REST_SAMPLE)
        rest_labels[row, :size] = torch.where(chosen, following, IGNORED)
        for at, kind in sample.kinds:
            kinds[row, at] = kind
        if sample.lines and random.random() < GAP_SHARE:
            positions[row] += _gaps(random, length, context - length, sample.lines)
    return Batch(
        tokens,
        reply_labels,
        reply_weights,
        rest_labels,
        positions,
        _looks([sample.finding for sample in group], length),
        _looks([sample.copying for sample in group], length),
        _looks([sample.owning for sample in group], length),
        _looks([sample.valuing for sample in group], length),
        kinds,
    )


def _looks(of_rows: Sequence[Sequence[Look]], length: int) -> list[Looks]:
    found = (looks_of_row(row, looks, length) for row, looks in enumerate(of_rows))
    return [looks for looks in found if looks is not None]


def _gaps(random: Random, length: int, spare: int, lines: Sequence[int]) -> Tensor:
    """Jumps in the positions, so that far distances are known from short sequences.

    Before `lines` only: within one, the pieces of a word stand side by side at run time, too. Anywhere, the
    loss of a trained network on replies rose by a quarter, and before lines by a twentieth.
    """
    shift = torch.zeros(length, dtype=torch.long)
    for _ in range(random.randint(1, 3)):
        jump = random.randint(0, spare // 3)
        shift[random.choice(lines) :] += jump
    return shift
