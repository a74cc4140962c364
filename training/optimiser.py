"""The optimiser: Muon for the matrices inside the blocks, AdamW for all the rest.

torch's Muon orthogonalises in bfloat16 whatever the processor, and all of it in every process. Without
instructions for bfloat16 that took three quarters of a step (Zen 3, two processes). Here it is done in the
precision of the network, and each process does its share of the matrices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from training.model import Seedling
from training.together import Together

_QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of the iteration: steep at zero, so that five rounds bring all singular values near one."""
_ROUNDS = 5
_MOMENTUM = 0.95


def orthogonalised(matrix: Tensor, dtype: torch.dtype) -> Tensor:
    """About U V^T of `matrix` = U S V^T, its singular values between 0.5 and 1.5; computed in `dtype`.

    The Newton-Schulz iteration of Muon (Jordan et al. 2024).
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.mT if is_tall else matrix).to(dtype)
    x = x / x.norm().clamp(min=1e-7)
    linear, cubic, quintic = _QUINTIC
    for _ in range(_ROUNDS):
        gram = x @ x.mT
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=cubic, alpha=quintic), x, beta=linear)
    return (x.mT if is_tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Steps along the orthogonalised Nesterov momentum, of the size that AdamW's steps have, so that one rate
    fits both (Liu et al. 2025, "Muon is Scalable for LLM Training")."""

    def __init__(
        self,
        matrices: Sequence[nn.Parameter],
        *,
        lr: float,
        weight_decay: float,
        dtype: torch.dtype,
        peers: Together,
    ) -> None:
        super().__init__(list(matrices), {"lr": lr, "weight_decay": weight_decay})
        self._dtype, self._peers = dtype, peers

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """All processes must have the same gradients, and call this together."""
        (group,) = self.param_groups
        matrices = [it for it in group["params"] if it.grad is not None]
        updates: list[Tensor] = []
        for number, matrix in enumerate(matrices):
            state = self.state[matrix]
            if not state:
                state["momentum_buffer"] = torch.zeros_like(matrix)
            momentum = state["momentum_buffer"]
            momentum.lerp_(matrix.grad, 1 - _MOMENTUM)
            if number % self._peers.size == self._peers.rank:
                updates.append(orthogonalised(matrix.grad.lerp(momentum, _MOMENTUM), self._dtype))
            else:
                updates.append(torch.zeros_like(matrix))
        self._peers.add_up(updates)
        for matrix, update in zip(matrices, updates, strict=True):
            matrix.mul_(1 - group["lr"] * group["weight_decay"])
            matrix.add_(update, alpha=-group["lr"] * 0.2 * math.sqrt(max(matrix.shape)))


class Optimiser:
    """Muon for the matrices inside the blocks, AdamW for the embedding, the norms and what is trained
    `besides` the model."""

    def __init__(
        self,
        model: Seedling,
        besides: Sequence[nn.Parameter],
        *,
        matrix_rate: float,
        other_rate: float,
        weight_decay: float,
        peers: Together,
    ) -> None:
        matrices = [p for p in model.blocks.parameters() if p.ndim == 2]
        others = [p for p in model.parameters() if not any(p is matrix for matrix in matrices)]
        self._rates = (matrix_rate, other_rate)
        self._parts = (
            Muon(matrices, lr=matrix_rate, weight_decay=weight_decay, dtype=model.compute_dtype, peers=peers),
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
