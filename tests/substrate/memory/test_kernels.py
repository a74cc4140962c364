"""The loops of recall, against the plain way of saying the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from substrate.memory.kernels import best_of_sessions, dot_rows, mix_topical, select_best


@given(
    st.lists(st.sampled_from([-np.inf, -2.0, -0.5, 0.0, 0.25, 1.0, 3.0, 8.0]), max_size=400),
    st.integers(1, 40),
)
def test_the_best_are_selected_of_equals_the_newest_and_never_minus_infinity(
    values: list[float], room: int
) -> None:
    scores, best = np.array(values, np.float32), np.empty(room, np.int32)
    selected = best[: select_best(best, scores)].tolist()
    by_rank = sorted(range(len(values)), key=lambda at: (-scores[at], -at))
    assert sorted(selected) == sorted([at for at in by_rank if scores[at] > -np.inf][:room])


@given(st.integers(0, 5), st.sampled_from([1, 17, 256, 768]), st.integers(0, 2**32 - 1))
def test_dot_products_of_int8_are_exact_at_any_width(rows: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.choice(np.array([-127, -3, 0, 5, 127], np.int8), (rows, width))
    query = random.choice(np.array([-127, 0, 127], np.int8), width)
    scores = np.empty(rows, np.float32)
    dot_rows(scores, vectors, query.astype(np.int16))
    assert scores.tolist() == (vectors.astype(np.int64) @ query).tolist()


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([-1.0, 0.0, 0.5, 2.0, 3.0])), max_size=60))
def test_a_session_is_judged_by_its_three_best_scores(said: list[tuple[int, float]]) -> None:
    best = np.zeros((5, 3), np.float32)
    sessions, scores = np.array([one[0] for one in said], np.int32), np.array([one[1] for one in said])
    best_of_sessions(best, scores.astype(np.float32), sessions)
    for session in range(5):
        own = sorted([score for at, score in said if at == session and score > 0], reverse=True)
        assert best[session].tolist() == [*own, 0.0, 0.0, 0.0][:3]


def test_what_is_forgotten_neither_scores_nor_sets_the_scale() -> None:
    alive = np.array([True, True, True, False])
    mixed = np.empty(4, np.float32)
    lexical, semantic = np.array([1.0, 2, 0, 90], np.float32), np.array([10.0, 20, 30, 900], np.float32)
    mix_topical(mixed, lexical, semantic, alive, 1.0, 0.0)
    np.testing.assert_allclose(mixed, [1 / np.sqrt(2.5), 2 / np.sqrt(2.5), 0, 0], rtol=1e-6)
    np.testing.assert_allclose(semantic[:3].mean(), 0.0, atol=1e-6)
