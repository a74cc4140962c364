"""The loops of recall, compiled ahead for the types they are called with.

Every kernel has an explicit signature and is cached on disk, so that no process ever compiles while
somebody waits. They live in one file because numba's cache only notices edits of the file a kernel is in.

Postings and edges are linked lists through flat arrays. Appending is a few stores and never moves anything:
in CSR form, which is denser to walk, every new message would rebuild the lists of all its terms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

CONTAINS_QUESTION = 1
ENDS_ASKING = 2
"""Bits of the column `asks`."""


def _compiled(signature: str) -> Callable[[_Kernel], _Kernel]:
    decorate: Any = njit(
        signature, cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"}
    )
    typed: Callable[[_Kernel], _Kernel] = decorate
    return typed


@_compiled("void(f4[::1], i4[::1], f4[::1], i4[::1], i4[::1], u1[::1], u2[::1], f4, f4, f4)")
def accumulate_bm25(
    scores: Any,
    heads: Any,
    idf: Any,
    previous: Any,
    documents: Any,
    counts: Any,
    lengths: Any,
    mean_length: float,
    k1: float,
    b: float,
) -> None:
    """Add each query term's BM25 share to `scores` (one per engram).

    `heads` and `idf` are the last postings and the weights of the query's terms; `previous` links the
    postings of a term, newest first.
    """
    for term in range(heads.size):
        posting = heads[term]
        weight = idf[term] * (k1 + np.float32(1.0))
        while posting >= 0:
            document = documents[posting]
            count = np.float32(counts[posting])
            norm = k1 * (np.float32(1.0) - b + b * np.float32(lengths[document]) / mean_length)
            scores[document] += weight * count / (count + norm)
            posting = previous[posting]


@_compiled("void(f4[::1], i1[:, ::1], f4[::1])")
def dot_rows(scores: Any, vectors: Any, query: Any) -> None:
    """The dot product of every row of `vectors` (int8) with `query` (the same values as float32).

    Widening to float is one instruction for many values where widening to int32 and multiplying is three:
    measured 0.4 times the time of the integer loop.
    """
    for number in range(scores.size):
        row = vectors[number]
        total = np.float32(0.0)
        for at in range(query.size):
            total += np.float32(row[at]) * query[at]
        scores[number] = total


@_compiled("void(f4[::1], f4[::1], f4[::1], b1[::1], f4, f4)")
def mix_topical(
    mixed: Any, lexical: Any, semantic: Any, alive: Any, w_lexical: float, w_semantic: float
) -> None:
    """`mixed` = weighted sum of both, each brought to a scale that does not depend on the store's size.

    Lexical scores, of which most are zero, are divided by the root mean square of those that are not;
    semantic ones, of which none is, become z-scores. Both arrays are overwritten with the scaled values.
    """
    square, matches = 0.0, 0
    total, total_square, count = 0.0, 0.0, 0
    for at in range(mixed.size):
        if alive[at]:
            if lexical[at] > 0:
                square += lexical[at] * lexical[at]
                matches += 1
            total += semantic[at]
            total_square += semantic[at] * semantic[at]
            count += 1
    if count == 0:
        return
    lexical_scale = np.float32(1.0 / np.sqrt(square / matches)) if matches else np.float32(0.0)
    mean = np.float32(total / count)
    variance = total_square / count - (total / count) * (total / count)
    semantic_scale = np.float32(1.0 / np.sqrt(variance)) if variance > 1e-6 else np.float32(0.0)
    for at in range(mixed.size):
        lexical[at] *= lexical_scale
        semantic[at] = (semantic[at] - mean) * semantic_scale
        mixed[at] = w_lexical * lexical[at] + w_semantic * semantic[at] if alive[at] else np.float32(0.0)


@_compiled("void(f4[:, ::1], f4[::1], i4[::1], b1[::1])")
def best_of_sessions(best: Any, mixed: Any, sessions: Any, alive: Any) -> None:
    """The three highest topical scores of every session, highest first; 0 where there are fewer."""
    for at in range(mixed.size):
        if not alive[at]:
            continue
        value, session = mixed[at], sessions[at]
        if value > best[session, 2]:
            if value > best[session, 0]:
                best[session, 2] = best[session, 1]
                best[session, 1] = best[session, 0]
                best[session, 0] = value
            elif value > best[session, 1]:
                best[session, 2] = best[session, 1]
                best[session, 1] = value
            else:
                best[session, 2] = value


@_compiled(
    "void(f4[::1], f4[::1], f4[:, ::1], i4[::1], i4[::1], i4[::1], i4[::1], i4[::1], i4[::1],"
    " u1[::1], u2[::1], i8, f4[::1])"
)
def score_structure(
    structural: Any,
    mixed: Any,
    best: Any,
    reply_to: Any,
    following: Any,
    previous_same: Any,
    following_same: Any,
    sessions: Any,
    speakers: Any,
    asks: Any,
    lengths: Any,
    asked_about: int,
    weights: Any,
) -> None:
    """What conversation gives for free, in the units of the mix.

    `weights`: an answered question's score, the score of what the same speaker said before and after, of
    what was said next, of the session, of being the speaker asked about (`asked_about`, -1: nobody), of
    ending with a question, of length. Links are -1 where there is nothing.
    """
    # No branches: which neighbour matches is as good as random, and a mispredicted branch costs more than
    # all the loads. A link of -1 reads the last element, as in Python, which is an extra 0.
    count = structural.size
    positive = np.zeros(count + 1, np.float32)
    asking = np.zeros(count + 1, np.float32)
    for at in range(count):
        value = max(mixed[at], np.float32(0.0))
        positive[at] = value
        asking[at] = value * np.float32(asks[at] & 1)
    of_session = np.empty(best.shape[0], np.float32)
    for session in range(best.shape[0]):
        mean = (best[session, 0] + best[session, 1] + best[session, 2]) * np.float32(1.0 / 3.0)
        of_session[session] = weights[4] * mean
    of_length = np.empty(64, np.float32)
    for length in range(64):
        of_length[length] = weights[7] * np.float32(np.log1p(length))
    for at in range(count):
        structural[at] = (
            weights[0] * asking[reply_to[at]]
            + weights[1] * positive[previous_same[at]]
            + weights[2] * positive[following_same[at]]
            + weights[3] * positive[following[at]]
            + of_session[sessions[at]]
            + weights[5] * np.float32(speakers[at] == asked_about)
            + weights[6] * np.float32(asks[at] >> 1)
            + of_length[min(lengths[at], np.uint16(63))]
        )


@_compiled("void(f4[::1], i4[::1], i4[::1], i4[::1], i4[::1], i4[::1], i4[::1], i4[::1], f4[::1], f4, f4)")
def spread_activation(
    activation: Any,
    seeds: Any,
    first_out: Any,
    next_out: Any,
    targets: Any,
    first_in: Any,
    next_in: Any,
    sources: Any,
    weights: Any,
    fade: float,
    floor: float,
) -> None:
    """Two hops from `seeds`, whose activation is set; combined by maximum, both ways along the edges."""
    frontier = np.empty(1024, np.int32)
    count = min(seeds.size, frontier.size)
    frontier[:count] = seeds[:count]
    for _ in range(2):
        reached = np.empty(1024, np.int32)
        reached_count = 0
        for at in range(count):
            node = frontier[at]
            if node >= first_out.size:
                continue
            for side in range(2):
                edge = first_out[node] if side == 0 else first_in[node]
                while edge >= 0:
                    other = targets[edge] if side == 0 else sources[edge]
                    flow = activation[node] * weights[edge] * fade
                    if flow >= floor and flow > activation[other]:
                        activation[other] = flow
                        if reached_count < reached.size:
                            reached[reached_count] = other
                            reached_count += 1
                    edge = next_out[edge] if side == 0 else next_in[edge]
        frontier, count = reached, reached_count


@_compiled("i8(i4[::1], f4[::1], b1[::1])")
def select_best(best: Any, scores: Any, alive: Any) -> int:
    """Fill `best` with the numbers of the highest scores, best first (of equals the newest); how many."""
    held = 0
    room = best.size
    kept = np.empty(room, np.float32)
    for at in range(scores.size - 1, -1, -1):
        value = scores[at]
        if not alive[at] or (held == room and value <= kept[held - 1]):
            continue
        low, high = 0, held
        while low < high:
            middle = (low + high) // 2
            if kept[middle] >= value:
                low = middle + 1
            else:
                high = middle
        if held < room:
            held += 1
        for slot in range(held - 1, low, -1):
            kept[slot] = kept[slot - 1]
            best[slot] = best[slot - 1]
        kept[low] = value
        best[low] = at
    return held


@_compiled("f4(i4[::1], i4[::1], f4[::1])")
def shared_share(asked: Any, told: Any, idf: Any) -> Any:
    """The share of the idf weight of `asked`'s terms that `told` holds too (term numbers, unsorted)."""
    total, shared = np.float32(0.0), np.float32(0.0)
    for at in range(asked.size):
        total += idf[at]
        for other in range(told.size):
            if told[other] == asked[at]:
                shared += idf[at]
                break
    return shared / total if total > 0 else np.float32(0.0)


@_compiled("void(f4[::1], f8[::1], f8[::1], f4[::1], f8, f8)")
def decay(
    recency: Any, said_at: Any, protected_until: Any, salience: Any, now: float, half_life: float
) -> None:
    """recency = 0.5 ** (age / (half_life * (1 + salience) ** 2)); 1 while an engram is protected."""
    for at in range(recency.size):
        age = now - said_at[at]
        if age <= 0.0 or protected_until[at] > now:
            recency[at] = np.float32(1.0)
        else:
            stretch = 1.0 + salience[at]
            recency[at] = np.float32(2.0 ** (-age / (half_life * stretch * stretch)))


@_compiled(
    "void(f4[::1], f4[::1], f4[::1], f4[::1], i2[::1], f4[::1], i2[::1], f4[::1], f4[::1], f4[::1], f4[::1])"
)
def combine(
    total: Any,
    lexical: Any,
    semantic: Any,
    structural: Any,
    channels: Any,
    of_channel: Any,
    domains: Any,
    of_domain: Any,
    salience: Any,
    recency: Any,
    weights: Any,
) -> None:
    """The sum of all parts. `of_channel` and `of_domain` hold the bias of each by its number; `weights`
    are those of lexical, semantic, salience and recency."""
    for at in range(total.size):
        total[at] = (
            weights[0] * lexical[at]
            + weights[1] * semantic[at]
            + structural[at]
            + of_channel[channels[at]]
            + of_domain[domains[at]]
            + weights[2] * salience[at]
            + weights[3] * (recency[at] - np.float32(1.0))
        )
