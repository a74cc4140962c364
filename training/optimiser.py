"""The optimiser: Muon for the matrices inside the blocks, AdamW for all the rest."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from training.model import Seedling


class Optimiser:
    """Muon for the matrices inside the blocks, AdamW for the embedding, the norms and what is trained
    `besides` the model.

    Muon (Jordan et al. 2024) steps along the orthogonalised momentum; scaled so that its updates have the
    size of AdamW's, one rate fits both.
    """

    def __init__(
        self,
        model: Seedling,
        besides: Sequence[nn.Parameter],
        *,
        matrix_rate: float,
        other_rate: float,
        weight_decay: float,
    ) -> None:
        matrices = [p for p in model.blocks.parameters() if p.ndim == 2]
        others = [p for p in model.parameters() if not any(p is matrix for matrix in matrices)]
        self._rates = (matrix_rate, other_rate)
        self._parts = (
            torch.optim.Muon(
                matrices, lr=matrix_rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.AdamW([*others, *besides], lr=other_rate, betas=(0.9, 0.95), weight_decay=0.0),
        )

    def step(self, factor: float) -> None:
        for optimiser, rate in zip(self._parts, self._rates, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    def state(self) -> list[dict[str, object]]:
        return [optimiser.state_dict() for optimiser in self._parts]

    def load(self, states: list[dict[str, object]]) -> None:
        for optimiser, state in zip(self._parts, states, strict=True):
            optimiser.load_state_dict(state)
