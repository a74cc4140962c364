"""Fitting the weights of a log-linear ranking: which turns hold the evidence for a question?

For each question the turns of its conversation compete in a softmax over the weighted sum of their signs;
what is maximised is the probability of the turns that hold the evidence (ListNet's top-one loss, Cao et al.
2007), with a small penalty on the weights. The loss is convex, so Newton's method finds its one minimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contest:
    """One question: the signs of every turn, shape (turns, signs), and which turns hold the evidence."""

    signs: Floats
    is_evidence: NDArray[np.bool_]


def fit_weights(contests: Sequence[Contest], penalty: float = 1e-3, rounds: int = 30) -> Floats:
    """One weight per sign."""
    count = contests[0].signs.shape[1]
    weights = np.zeros(count)
    loss = _loss(contests, weights, penalty)
    for _ in range(rounds):
        gradient, curvature = _derivatives(contests, weights, penalty)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > 1e-4:
            candidate = weights - size * step
            candidate_loss = _loss(contests, candidate, penalty)
            if candidate_loss < loss:
                break
            size /= 2
        else:
            return weights
        if loss - candidate_loss < 1e-9:
            return candidate
        weights, loss = candidate, candidate_loss
    return weights


def _probabilities(contest: Contest, weights: Floats) -> Floats:
    scores = contest.signs @ weights
    odds = np.exp(scores - scores.max())
    chances: Floats = odds / odds.sum()
    return chances


def _loss(contests: Sequence[Contest], weights: Floats, penalty: float) -> float:
    total = 0.0
    for contest in contests:
        chances = _probabilities(contest, weights)
        total -= float(np.log(chances[contest.is_evidence] + 1e-30).mean())
    return total / len(contests) + penalty * float(weights @ weights)


def _derivatives(contests: Sequence[Contest], weights: Floats, penalty: float) -> tuple[Floats, Floats]:
    count = len(weights)
    gradient, curvature = np.zeros(count), np.zeros((count, count))
    for contest in contests:
        chances = _probabilities(contest, weights)
        mean = chances @ contest.signs
        gradient += mean - contest.signs[contest.is_evidence].mean(0)
        curvature += (contest.signs * chances[:, None]).T @ contest.signs - np.outer(mean, mean)
    scale = 1.0 / len(contests)
    return (
        gradient * scale + 2 * penalty * weights,
        curvature * scale + 2 * penalty * np.eye(count),
    )
