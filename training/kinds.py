"""Supervised meaning: what kind of fact a sentence tells, or a question asks for, is taught directly.

"My coat came in green" and "which shade is my coat?" share no word but "my coat". That they mean the same
kind of fact shows in a reply only when one of twenty sentences is asked for; the generator knows it of every
sentence. So a linear reader in the middle of the network, where the heads that find begin, names the kind at
the last token of each sentence that tells a fact, and before each reply that is about one. One reader for
both: what was told and what is asked come to be written alike. It is for training alone and does not ship.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.model import IGNORED
from training.templates.facts import ATTRIBUTES

KINDS = {attribute.key: number for number, attribute in enumerate(ATTRIBUTES)}
"""The listed kinds of facts, numbered; those made up on the spot have none."""


class KindReader(nn.Module):
    """Hidden states (batch, length, width) to the kinds of facts that they stand for."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(len(KINDS), width))

    def loss(self, hidden: Tensor, kinds: Tensor) -> Tensor:
        """Mean cross entropy in nats; 0 without any kind. `kinds` (batch, length): numbers, or `IGNORED`."""
        flat = kinds.flatten()
        at = (flat != IGNORED).nonzero().squeeze(1)
        chosen = hidden.flatten(0, 1)[at].float()
        logits = functional.linear(functional.rms_norm(chosen, chosen.shape[-1:]), self.weight)
        # The sum over nothing, where there is nothing: each process must have the same gradients.
        return functional.cross_entropy(logits, flat[at], reduction="sum") / max(1, len(at))
