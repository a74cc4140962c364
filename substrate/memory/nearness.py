"""How near two texts are, whatever the embedder: 0 if they have nothing to do with each other, 1 if alike.

A cosine similarity means something else with every embedder: for one, texts that have nothing in common are
near 0, for another near 0.7. So each is asked once what it makes of sentences that have nothing in common;
what counts from there on is the share of the way to being alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UNRELATED = (
    "The plumber comes on Tuesday to look at the boiler.",
    "My cousin plays the trumpet in a wedding band.",
    "Python lists are copied by slicing them.",
    "The glacier has lost a third of its length.",
    "Please put two onions and some rice on the list.",
    "Our goalkeeper broke his wrist in the second half.",
    "The Roman road runs straight through the village.",
    "I dreamt of a staircase without end.",
    "Her visa expires at the end of March.",
    "The violet wool is sold out until autumn.",
    "He repaired the bicycle chain with a paper clip.",
    "Elections were postponed because of the flood.",
    "The baby has her first tooth.",
    "Whales sing at different depths in winter.",
    "The interest rate went up by half a point.",
    "We lost at chess against a nine-year-old.",
    "Somebody left an umbrella on the night bus.",
    "The museum lends its Vermeer to Tokyo.",
    "Take one tablet after breakfast, never with milk.",
    "A hedgehog sleeps under the garden shed.",
    "The server room smells of burnt plastic.",
    "They named the sailing boat after their aunt.",
    "Her thesis is about medieval bread.",
    "The wallpaper in the hotel was covered in parrots.",
)
"""Sentences of which no two have a subject in common."""


_MOST = 0.99
"""An embedder for which all texts are alike tells nothing apart; on this scale neither."""


def unrelated_similarity(vectors: Sequence[NDArray[np.generic]]) -> float:
    """The mean cosine similarity of an embedder's vectors of `UNRELATED`, 0 to 0.99."""
    matrix = np.stack(vectors).astype(np.float32)
    units = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    similarities = (units @ units.T)[np.triu_indices(len(units), 1)]
    return min(_MOST, max(0.0, float(similarities.mean())))


def nearness(similarities: NDArray[np.float32], unrelated: float) -> NDArray[np.float32]:
    """The share of the way from unrelated (0, or less) to alike (1) that each cosine similarity is."""
    near: NDArray[np.float32] = (similarities - np.float32(unrelated)) / np.float32(1.0 - unrelated)
    return near
