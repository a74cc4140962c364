"""Supervised attention: where a reply comes from is taught directly.

That a reply is wrong tells the heads which find its sentence nothing about where they should have looked.
The generator knows, so it is said (Mi, Wang and Ittycheriah 2016, "Supervised Attentions for Neural Machine
Translation"). Some heads shall look at the name of whom a question, or a fact that was read, is about. While
a reply is written, some shall look at the sentences that tell it, or, when nothing does, at the first token
of all; some at the token of the value that is copied next. Whoever is asked for a decision shall look for its
own name in the message. The loss is the negative logarithm of the
attention that falls there. The network stays a plain Llama.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from training.model import Trace

Head = tuple[int, int]
"""Layer, and number within it."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where heads shall look from position `at` of one sample: at any of the spans [first, end) of tokens."""

    at: int
    spans: tuple[tuple[int, int], ...]
    weight: float = 1.0


class Looks(NamedTuple):
    """The looks of one row of a batch: positions (n), for each of them the wanted keys (n, length), and its
    weight (n)."""

    row: int
    at: Tensor
    wanted: Tensor
    weights: Tensor

    def to(self, device: str) -> Looks:
        return Looks(self.row, self.at.to(device), self.wanted.to(device), self.weights.to(device))


def looks_of_row(row: int, looks: Sequence[Look], length: int) -> Looks | None:
    if not looks:
        return None
    wanted = torch.zeros(len(looks), length, dtype=torch.bool)
    for index, look in enumerate(looks):
        for first, end in look.spans:
            wanted[index, first : min(end, look.at + 1)] = True
    weights = torch.tensor([look.weight for look in looks])
    return Looks(row, torch.tensor([look.at for look in looks]), wanted, weights)


def attention_loss(traces: Sequence[Trace], heads: Sequence[Head], looks: Sequence[Looks]) -> Tensor:
    """Weighted mean over looks and heads of -log(attention on what is wanted), in nats; 0 without any look.

    `traces` as `Seedling.trace` gives them.
    """
    losses: list[Tensor] = []
    weights: list[Tensor] = []
    for layer in {layer for layer, _ in heads}:
        of_layer = [head for other, head in heads if other == layer]
        # Taken apart at once: the gradient of a row alone would be as large as that of the whole batch.
        queries, keys = (them[:, of_layer].unbind() for them in (traces[layer].queries, traces[layer].keys))
        for row, at, wanted, weight in looks:
            scores = queries[row][:, at] @ keys[row].mT / math.sqrt(keys[row].shape[-1])
            future = torch.arange(wanted.shape[1], device=at.device) > at[:, None]
            likely = scores.masked_fill(future, -torch.inf).log_softmax(-1)
            loss = -likely.masked_fill(~wanted, -torch.inf).logsumexp(-1)
            losses.append((loss * weight).flatten())
            weights.append(weight.expand_as(loss).flatten())
    if not losses:
        return traces[0].queries.new_zeros(())
    return torch.cat(losses).sum() / torch.cat(weights).sum()
