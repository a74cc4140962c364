"""What is read off a text, and how texts become vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from substrate.memory import EmbedderUnusable, SpeechForm
from substrate.memory.admission import is_blank, split_message
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.features import understand


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("My sister is called Ada.", SpeechForm.STATEMENT),
        ("What is my sister called?", SpeechForm.QUESTION),
        ("hey, what was the name of that cafe", SpeechForm.QUESTION),
        ("I was in Rome. Have you been there?", SpeechForm.STATEMENT),
        ("I don't know what she is called.", SpeechForm.UNKNOWING),
        ("Sorry, I really don’t remember what my sister is called.", SpeechForm.UNKNOWING),
        ("No idea, Joel!", SpeechForm.UNKNOWING),
        ("Not sure what his brother's band plays.", SpeechForm.UNKNOWING),
        ("I can't tell you when the train leaves.", SpeechForm.UNKNOWING),
        ("You haven't told me what your sister is called.", SpeechForm.UNKNOWING),
        ("You don't know my brother Kofi, he lives in Lima.", SpeechForm.STATEMENT),
        ("I don't know the street, but Kofi lives in Lima.", SpeechForm.STATEMENT),
        ("Don't say that to Ada, she is allergic to nuts.", SpeechForm.STATEMENT),
        ("I can't tell you how much I love hiking in Peru.", SpeechForm.STATEMENT),
        ("You told me that Ada smokes.", SpeechForm.STATEMENT),
        ("She has never told her mother that she smokes.", SpeechForm.STATEMENT),
    ],
)
def test_asking_telling_and_not_knowing_are_told_apart(text: str, form: SpeechForm) -> None:
    assert understand(text).form is form


def test_a_personas_words_are_a_reply_unless_it_asks_or_does_not_know() -> None:
    assert understand("She is called Ada.", by_persona=True).form is SpeechForm.REPLY
    assert understand("Sorry! I do not know that.", by_persona=True).form is SpeechForm.UNKNOWING


def test_inflections_share_a_term_and_function_words_are_none() -> None:
    assert understand("She was running with the dogs").terms == understand("he runs, a dog").terms


def test_names_numbers_and_quotations_are_entities() -> None:
    found = understand('We met Oluwaseun at "The Blue Door" on 14.02.2021, said Ada.').entities
    assert {"Oluwaseun", "The Blue Door", "14.02.2021", "Ada"} <= set(found)
    assert "We" not in found


@example('He said "go home." Then he left (as always.) Now what? ' * 10)
@given(st.one_of(st.text(max_size=3000), st.text('ab.!?”")\u3002 \n', max_size=3000)))
def test_cutting_loses_nothing_but_space_and_keeps_the_limit(text: str) -> None:
    parts = split_message(text, 100)
    assert all(len(part) <= 100 for part in parts)
    assert "".join("".join(parts).split()) == ("" if is_blank(text) else "".join(text.split()))


def test_related_words_are_nearer_than_unrelated_ones() -> None:
    embedder = StaticEmbedder()

    def similarity(one: str, other: str) -> float:
        first, second = (vector.astype(float) for vector in embedder.embed([one, other]))
        return float(first @ second) / 400.0**2

    assert similarity("puppy", "dog") > similarity("puppy", "invoice") + 0.2
    assert similarity("puppy", "puppy") == pytest.approx(1.0, abs=0.02)


def test_names_stay_out_of_vectors() -> None:
    embedder = StaticEmbedder()
    names = frozenset({"joel"})
    assert np.array_equal(embedder.embed(["Joel's dog"], without=names), embedder.embed(["dog"]))
    assert not embedder.embed(["joel"], without=names)[0].any()


def test_a_damaged_table_says_what_to_do(tmp_path: Path) -> None:
    damaged = tmp_path / "token_vectors.npy"
    damaged.write_bytes(b"not an array")
    with pytest.raises(EmbedderUnusable, match="install the package again"):
        StaticEmbedder(table=damaged)
