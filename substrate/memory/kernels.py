"""The loops of recall, compiled ahead for the types they are called with.

Every kernel has an explicit signature and is cached on disk, so that no process ever compiles while
somebody waits. They live in one file because numba's cache only notices edits of the file a kernel is in.

Postings and edges come as runs (see runs.py): the entries of a list are contiguous, as in CSR form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import float32, int8, int64, njit, void
from numba.core.types import Array

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

CONTAINS_QUESTION = 1
ENDS_ASKING = 2
"""Bits of the column `asks`."""

_BLOCK = 64
"""Scores whose maximum is compared before they are looked at one by one."""


def _read_only(element: Any, dimensions: int) -> Any:
    """An array that is mapped from a file, of any layout."""
    return Array(element, dimensions, "A", readonly=True)


def _compiled(signature: Any) -> Callable[[_Kernel], _Kernel]:
    decorate: Any = njit(
        signature, cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nnan"}
    )
    typed: Callable[[_Kernel], _Kernel] = decorate
    return typed


@_compiled("void(f4[::1], i4[::1], f4[::1], i4[::1], i4[::1], i4[::1], u1[::1], u2[::1], f4, f4, f4)")
def accumulate_bm25(
    scores: Any,
    terms: Any,
    idf: Any,
    starts: Any,
    run_lengths: Any,
    documents: Any,
    counts: Any,
    lengths: Any,
    mean_length: float,
    k1: float,
    b: float,
) -> None:
    """Add each query term's BM25 share to `scores` (one per engram).

    `terms` and `idf` are the query's terms and their weights; the run of a term in `documents` and `counts`
    begins at `starts`.
    """
    for at in range(terms.size):
        weight = idf[at] * (k1 + np.float32(1.0))
        first = starts[terms[at]]
        for posting in range(first, first + run_lengths[terms[at]]):
            document = documents[posting]
            count = np.float32(counts[posting])
            norm = k1 * (np.float32(1.0) - b + b * np.float32(lengths[document]) / mean_length)
            scores[document] += weight * count / (count + norm)


@_compiled(void(int8[::1], _read_only(float32, 1), _read_only(int8, 2), int64[::1], float32))
def sum_of_pieces(vector: Any, weights: Any, rows: Any, numbers: Any, unit: float) -> None:
    """Fill `vector` with the sum of the rows `numbers`, each times its weight, as `unit` times a unit vector.

    `weights` and `rows` are fields of one table, so neither is contiguous. One kernel where a handful of
    array operations would do: a message that comes after a pause finds none of their code in the cache.
    """
    total = np.zeros(vector.size, np.float32)
    for number in numbers:
        weight, row = weights[number], rows[number]
        for at in range(total.size):
            total[at] += weight * np.float32(row[at])
    square = np.float32(0.0)
    for at in range(total.size):
        square += total[at] * total[at]
    scale = unit / np.sqrt(square) if square > 0 else np.float32(0.0)
    for at in range(total.size):
        vector[at] = np.int8(max(np.float32(-127.0), min(np.float32(127.0), np.rint(total[at] * scale))))


@_compiled("void(f4[::1], i1[:, ::1], i2[::1])")
def dot_rows(scores: Any, vectors: Any, query: Any) -> None:
    """The dot product of every row of `vectors` (int8) with `query` (the same values as int16).

    In this form, products of 16 bits summed in 32, compilers know it as one instruction for two products (on
    x86 pmaddwd, on ARM smlal): 0.7 times the time of a loop in float32. 32 bits hold 130 thousand products.
    """
    for number in range(scores.size):
        row = vectors[number]
        total = np.int32(0)
        for at in range(query.size):
            total = np.int32(total + np.int32(np.int32(row[at]) * np.int32(query[at])))
        scores[number] = np.float32(total)


@_compiled("void(f4[::1], f4[::1], f4[::1], b1[::1], f4, f4)")
def mix_topical(
    mixed: Any, lexical: Any, semantic: Any, alive: Any, w_lexical: float, w_semantic: float
) -> None:
    """`mixed` = weighted sum of both, each brought to a scale that does not depend on the store's size.

    Lexical scores, of which most are zero, are divided by the root mean square of those that are not;
    semantic ones, of which none is, become z-scores. Both arrays are overwritten with the scaled values.
    """
    # Multiplied by 0 or 1 instead of asked: a loop without branches takes many values at a time.
    square, matches = 0.0, 0
    total, total_square, count = 0.0, 0.0, 0
    for at in range(mixed.size):
        is_alive = np.float32(alive[at])
        word_score, meaning = lexical[at] * is_alive, semantic[at] * is_alive
        square += np.float64(word_score * word_score)
        matches += int(word_score > 0)
        total += np.float64(meaning)
        total_square += np.float64(meaning * meaning)
        count += int(alive[at])
    if count == 0:
        return
    lexical_scale = np.float32(1.0 / np.sqrt(square / matches)) if matches else np.float32(0.0)
    mean = np.float32(total / count)
    variance = total_square / count - (total / count) * (total / count)
    semantic_scale = np.float32(1.0 / np.sqrt(variance)) if variance > 1e-6 else np.float32(0.0)
    for at in range(mixed.size):
        lexical[at] *= lexical_scale
        semantic[at] = (semantic[at] - mean) * semantic_scale
        mixed[at] = (w_lexical * lexical[at] + w_semantic * semantic[at]) * np.float32(alive[at])


@_compiled("void(f4[:, ::1], f4[::1], i4[::1])")
def best_of_sessions(best: Any, mixed: Any, sessions: Any) -> None:
    """The three highest topical scores of every session, highest first; `best` comes filled with zeros.

    Neighbours are mostly of one session, whose three stay in registers; and which of them a score displaces
    is found without branches, which would be mispredicted.
    """
    if mixed.size == 0:
        return
    session = sessions[0]
    first = second = third = np.float32(0.0)
    for at in range(mixed.size):
        if sessions[at] != session:
            best[session, 0], best[session, 1], best[session, 2] = first, second, third
            session = sessions[at]
            first, second, third = best[session, 0], best[session, 1], best[session, 2]
        value = mixed[at]
        third = max(third, min(second, value))
        second = max(second, min(first, value))
        first = max(first, value)
    best[session, 0], best[session, 1], best[session, 2] = first, second, third


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


@_compiled("void(f4[::1], f8[::1], f8, f8, f8)")
def nearness_in_time(nearness: Any, said_at: Any, from_s: float, to_s: float, half_s: float) -> None:
    """1 for what was said within a time, halved every `half_s` before and after it."""
    for at in range(nearness.size):
        distance = max(said_at[at] - to_s, from_s - said_at[at], 0.0)
        nearness[at] = (
            np.float32(2.0 ** (-distance / half_s)) if distance < 16.0 * half_s else np.float32(0.0)
        )


@_compiled(
    "i8(i4[::1], f4[::1], i4[::1], i4[::1], i4[::1], i4[::1], f4[::1], i4[::1], i4[::1], i4[::1], f4[::1],"
    " f4, f4)"
)
def spread_activation(
    reached: Any,
    activation: Any,
    seeds: Any,
    starts_out: Any,
    lengths_out: Any,
    targets: Any,
    weights_out: Any,
    starts_in: Any,
    lengths_in: Any,
    sources: Any,
    weights_in: Any,
    fade: float,
    floor: float,
) -> int:
    """Two hops from `seeds`, whose activation is set; combined by maximum, both ways along the edges.

    Fills `reached` with the nodes that got more activation than they had, until it is full; how many.
    """
    count = 0
    frontier, last = seeds, seeds.size
    for _ in range(2):
        for at in range(last):
            node = frontier[at]
            for side in range(2):
                starts, lengths = (starts_out, lengths_out) if side == 0 else (starts_in, lengths_in)
                others, weights = (targets, weights_out) if side == 0 else (sources, weights_in)
                if node >= starts.size:
                    continue
                for edge in range(starts[node], starts[node] + lengths[node]):
                    flow = activation[node] * weights[edge] * fade
                    if flow >= floor and flow > activation[others[edge]] and count < reached.size:
                        activation[others[edge]] = flow
                        reached[count] = others[edge]
                        count += 1
        frontier, last = reached, count
    return count


@_compiled("b1(f4[::1], i8, i8)")
def _is_worse(scores: Any, one: int, other: int) -> bool:
    """Whether engram `one` ranks behind `other`: by score, of equals the older one."""
    return scores[one] < scores[other] or (scores[one] == scores[other] and one < other)


@_compiled("i8(i4[::1], f4[::1])")
def select_best(best: Any, scores: Any) -> int:
    """Fill `best` with the numbers of the highest scores, in no order (of equals the newest); how many.

    Scores of minus infinity are passed over. `best` is a heap whose root is the worst of what it holds.
    """
    held = 0
    for start in range(scores.size, 0, -_BLOCK):
        first = max(0, start - _BLOCK)
        if held == best.size:
            # Most blocks hold nothing good enough, and a maximum takes many values at a time.
            highest = np.float32(-np.inf)
            for at in range(first, start):
                highest = max(highest, scores[at])
            if highest <= scores[best[0]]:
                continue
        for at in range(start - 1, first - 1, -1):
            value = scores[at]
            if held < best.size:
                if value == -np.inf:
                    continue
                child = held
                held += 1
                while child > 0 and scores[best[(child - 1) // 2]] >= value:
                    best[child] = best[(child - 1) // 2]
                    child = (child - 1) // 2
                best[child] = at
            elif value > scores[best[0]]:
                hole = 0
                while 2 * hole + 1 < held:
                    child = 2 * hole + 1
                    if child + 1 < held and _is_worse(scores, best[child + 1], best[child]):
                        child += 1
                    if scores[best[child]] >= value:
                        break
                    best[hole] = best[child]
                    hole = child
                best[hole] = at
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


@_compiled("void(i8[::1], i4[::1], i4[::1], i4[::1], i4[::1])")
def held_terms(held: Any, documents: Any, firsts: Any, terms: Any, asked: Any) -> None:
    """Which of the `asked` terms (63 at most) each of `documents` holds, as bits in the order of `asked`.

    The terms of one document lie side by side from its place in `firsts` on.
    """
    for place in range(documents.size):
        document = documents[place]
        end = firsts[document + 1] if document + 1 < firsts.size else terms.size
        held[place] = 0
        for at in range(firsts[document], end):
            for bit in range(asked.size):
                if terms[at] == asked[bit]:
                    held[place] |= np.int64(1) << bit


@_compiled("void(f8[::1], f8[::1], i8[::1], f8)")
def order_moments(moments: Any, said_at: Any, rows: Any, now: float) -> None:
    """When everything was said, as far as clocks that were set back or forward can be believed.

    What was said by a clock ahead of `now` was said no later than what came after it; nothing was said
    before what came before it. Engrams of an earlier row than the one before them tell nothing of the order.
    """
    newest = np.int64(-1)
    for at in range(moments.size):
        newest = max(newest, rows[at])
        moments[at] = rows[at] - newest  # under 0: out of order
    came_after = now
    for at in range(moments.size - 1, -1, -1):
        is_in_order = moments[at] == 0.0
        moments[at] = said_at[at] if said_at[at] <= now else came_after
        if is_in_order:
            came_after = moments[at]
    newest, latest = np.int64(-1), -np.inf
    for at in range(moments.size):
        if rows[at] >= newest:
            newest = rows[at]
            latest = max(latest, moments[at])
            moments[at] = latest


@_compiled("void(f4[::1], f8[::1], b1[::1], f4[::1], f8, f8)")
def decay(recency: Any, moments: Any, protected: Any, salience: Any, now: float, half_life: float) -> None:
    """recency = 0.5 ** (age / (half_life * (1 + salience) ** 2)); 1 while an engram is protected."""
    for at in range(recency.size):
        age = now - moments[at]
        if age <= 0.0 or protected[at]:
            recency[at] = np.float32(1.0)
        else:
            stretch = 1.0 + salience[at]
            recency[at] = np.float32(2.0 ** (-age / (half_life * stretch * stretch)))


@_compiled(
    "void(f4[::1], f4[::1], f4[::1], f4[::1], i4[::1], i8, i2[::1], i8, f4[::1], f4[::1], b1[::1], f4[::1])"
)
def combine(
    total: Any,
    lexical: Any,
    semantic: Any,
    structural: Any,
    channels: Any,
    own_channel: int,
    domains: Any,
    own_domain: int,
    salience: Any,
    recency: Any,
    alive: Any,
    weights: Any,
) -> None:
    """The sum of all parts; minus infinity for what is not `alive`.

    `weights` are those of lexical, semantic, salience and recency, then the biases of another channel and of
    another domain.
    """
    for at in range(total.size):
        value = (
            weights[0] * lexical[at]
            + weights[1] * semantic[at]
            + structural[at]
            + weights[2] * salience[at]
            + weights[3] * (recency[at] - np.float32(1.0))
            + weights[4] * np.float32(channels[at] != own_channel)
            + weights[5] * np.float32(domains[at] != own_domain)
        )
        total[at] = value if alive[at] else np.float32(-np.inf)
