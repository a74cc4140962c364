"""The loops of recall, compiled ahead for the types they are called with.

Every kernel has an explicit signature and is cached on disk, so that no process ever compiles while
somebody waits. They live in one file because numba's cache only notices edits of the file a kernel is in.

Postings are linked lists through flat arrays, newest first: `heads[term]` is the last posting of a term and
`previous[posting]` the one before it. Appending is three stores and never moves anything, which is why no
list needs room to grow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def _compiled(signature: str) -> Callable[[_Kernel], _Kernel]:
    decorate: Any = njit(signature, cache=True, nogil=True)
    typed: Callable[[_Kernel], _Kernel] = decorate
    return typed


@_compiled("void(f4[::1], i4[::1], f4[::1], i4[::1], i4[::1], u1[::1], u2[::1], f4, f4, f4)")
def accumulate_bm25(
    scores: Any,
    heads: Any,
    weights: Any,
    previous: Any,
    documents: Any,
    counts: Any,
    lengths: Any,
    mean_length: float,
    k1: float,
    b: float,
) -> None:
    """Add each query term's BM25 share to `scores` (one per engram).

    `heads` and `weights` are the first postings and idf weights of the query's terms.
    """
    for term in range(heads.size):
        posting = heads[term]
        weight = weights[term]
        while posting >= 0:
            document = documents[posting]
            count = np.float32(counts[posting])
            norm = k1 * (np.float32(1.0) - b + b * np.float32(lengths[document]) / mean_length)
            scores[document] += weight * count * (k1 + np.float32(1.0)) / (count + norm)
            posting = previous[posting]
