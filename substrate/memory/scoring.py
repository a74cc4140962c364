"""Scoring all engrams of a persona for one query.

The score is a log-linear model: each sign that an engram is what is meant adds its weight, in log-odds.
Topical signs are how well the words match (BM25) and how near the vectors are. Structural ones are what
conversation gives for free: an answer inherits the score of its question, people go on about what they
just said, a session has a topic, and "my sister" is about who says it. Biases for channel and domain are
small enough that what was said elsewhere is found when it matters. Activation then spreads from the best
hits along the graph, what a persona answered ends up behind what people said about the same, and a question
behind the statement that it asks about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from substrate.memory.engram import SpeechForm
from substrate.memory.index import EngramIndex, name_words
from substrate.memory.kernels import (
    accumulate_bm25,
    best_of_sessions,
    combine,
    dot_rows,
    mix_topical,
    nearness_in_time,
    score_structure,
    select_best,
    shared_share,
)
from substrate.memory.moments import Span
from substrate.memory.settings import ScoreSettings

CANDIDATES = 128
"""How many of the best engrams are looked at one by one."""
_SEEDS = 10
"""From how many of the best activation spreads."""
_HOLLOW = (SpeechForm.QUESTION, SpeechForm.UNKNOWING)
_MOST_TERMS = 63
"""Of a question, in telling who said what about it: the bits of a word."""
_SPEAKER_ASKED_ABOUT = 5
"""Which of ScoreSettings.structure that is."""
_ABOUT_ASKER = frozenset({"i", "my", "me", "mine", "i'm", "i've", "i'd", "i'll", "myself"})
_ABOUT_ASKED = frozenset({"you", "your", "yours", "you're", "you've", "you'd", "you'll", "yourself"})

Floats = NDArray[np.float32]


class AskedAbout(NamedTuple):
    """Whom a question is about."""

    speaker: int = -1
    """A speaker's number, or -1."""
    name: frozenset[str] = frozenset()
    """The words by which the question names that speaker; none when it says `I` or `you`."""
    is_alone: bool = False
    """Whether it speaks of nobody else."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query as scoring sees it: understood, and with its names resolved to numbers."""

    terms: NDArray[np.int32]
    """The numbers of its terms that occur in the memory."""
    idf: Floats
    """Their weights."""
    vector: NDArray[np.int8]
    channel: int
    domain: int
    asked_about: AskedAbout
    name_terms: NDArray[np.int32]
    """The numbers of the terms by which it names whom it is about."""
    now_s: float
    before_row: int | None = None
    """Engrams of this transcript row and later ones are passed over."""
    span: Span | None = None
    """The time that it asks about."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One value per engram and part, before weighting; `ranked` are the best engrams' numbers in order."""

    total: Floats
    lexical: Floats
    semantic: Floats
    structural: Floats
    spread: Floats
    recency: Floats
    ranked: NDArray[np.int32]


def speaker_asked_about(
    index: EngramIndex, words: Iterable[str], asker: str | None, asked: str | None
) -> AskedAbout:
    """The one speaker that a text is about: by name, else by `I` or `you`; none when it names several.

    Whoever is asked may be called by name in what is about somebody else ("Paige, where do I live?").
    """
    said = frozenset(words)
    of_asker = asker is not None and bool(said & _ABOUT_ASKER)
    of_asked = asked is not None and bool(said & _ABOUT_ASKED)
    called = index.speaker(asked) if asked is not None and (of_asker or of_asked) else -1
    named = {
        number: said & name_words(name)
        for number, name in enumerate(index.speakers.names)
        if number != called and said & name_words(name)
    }
    if named:
        (number, name), *others = named.items()
        return AskedAbout() if others else AskedAbout(number, name, is_alone=not of_asker)
    if asker is not None and of_asker:
        return AskedAbout(index.speaker(asker), is_alone=True)
    if asked is not None and of_asked:
        return AskedAbout(index.speaker(asked), is_alone=True)
    return AskedAbout()


def score_all(index: EngramIndex, question: Question) -> Scores:
    """Every engram's score for a question. About 0.2 ms at 10 thousand engrams."""
    weights = index.settings.score
    heard = heard_before(index, question.before_row)
    lexical, semantic, mixed = topical_parts(index, question, heard)
    structural = structural_part(index, question, mixed, weights.structure, heard)
    recency = index.recency(question.now_s)
    total = np.empty(index.size, np.float32)
    combine(
        total,
        lexical,
        semantic,
        structural,
        index.column("channel"),
        question.channel,
        index.column("domain"),
        question.domain,
        index.column("salience"),
        recency,
        heard,
        np.array(_weights_of_parts(weights, question), np.float32),
    )
    best = np.empty(CANDIDATES, np.int32)
    ranked = _best_first(total, best[: select_best(best, total)])
    spread, reached = _spread(index, total, ranked[:_SEEDS])
    ranked = _best_first(total, np.union1d(ranked, reached[heard[reached]]))[:CANDIDATES]
    # In this order: an answer that goes behind people's words must not end up behind the question.
    _let_people_lead(index, question, total, ranked)
    _let_statements_lead(index, total, ranked)
    ranked = _best_first(total, ranked)
    return Scores(total, lexical, semantic, structural, spread, recency, ranked)


def heard_before(index: EngramIndex, before_row: int | None) -> NDArray[np.bool_]:
    """Which engrams may be recalled: those that are not forgotten, and stand before a row if one is given."""
    alive: NDArray[np.bool_] = index.column("alive")
    if before_row is None or index.newest_row < before_row:
        return alive
    heard: NDArray[np.bool_] = alive & (index.column("row_id") < before_row)
    return heard


def topical_parts(
    index: EngramIndex, question: Question, heard: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Lexical and semantic scores of what was heard, scaled, and their fixed mix."""
    lexical, semantic, mixed = (np.zeros(index.size, np.float32) for _ in range(3))
    postings, constants = index.postings.runs, index.settings.lexical
    accumulate_bm25(
        lexical,
        question.terms,
        question.idf,
        postings.starts,
        postings.lengths,
        postings.field("document"),
        postings.field("count"),
        index.column("length"),
        index.postings.mean_length,
        constants.k1,
        constants.b,
    )
    dot_rows(semantic, index.column("vector"), question.vector.astype(np.int16))
    mix_topical(mixed, lexical, semantic, heard, index.settings.mix.lexical, index.settings.mix.semantic)
    return lexical, semantic, mixed


def structural_part(
    index: EngramIndex,
    question: Question,
    mixed: Floats,
    weights: tuple[float, ...],
    heard: NDArray[np.bool_],
) -> Floats:
    """What conversation adds, with the given weights (see ScoreSettings.structure)."""
    sessions = index.column("session")
    best = np.zeros((max(1, index.session_count), 3), np.float32)
    best_of_sessions(best, mixed, sessions)
    structural = np.empty(index.size, np.float32)
    score_structure(
        structural,
        mixed,
        best,
        index.column("reply_to"),
        index.column("following"),
        index.column("previous_same"),
        index.column("following_same"),
        sessions,
        index.column("speaker"),
        index.column("asks"),
        index.column("length"),
        question.asked_about.speaker,
        np.array(weights[:-1], np.float32),
    )
    if question.asked_about.is_alone:
        about = said_by_or_of(index, question)
        rarity = index.settings.score.rarely_heard_of * _rarity(about, heard)
        if rarity:
            structural += np.float32(weights[_SPEAKER_ASKED_ABOUT] * rarity) * about
    if question.span is not None:
        nearness, half_s = np.empty(index.size, np.float32), index.settings.score.said_later_s
        span = question.span
        nearness_in_time(nearness, index.column("said_at"), span.from_s, span.to_s, half_s)
        structural += np.float32(weights[-1]) * nearness
    return structural


def said_by_or_of(index: EngramIndex, question: Question) -> NDArray[np.bool_]:
    """Which engrams are by the speaker asked about, or name them, where the question does."""
    about: NDArray[np.bool_] = index.column("speaker") == question.asked_about.speaker
    for term in question.name_terms.tolist():
        about[index.postings.runs.of(term, "document")] = True
    return about


def _rarity(about: NDArray[np.bool_], heard: NDArray[np.bool_]) -> float:
    """The log-odds against `about` in what was heard, 0 when it is half of it: of somebody who is hardly ever
    heard of it tells more, as a rare word tells more than a common one."""
    these = int(np.count_nonzero(about & heard))
    others = int(np.count_nonzero(heard)) - these
    return math.log(others / these) if others > these > 0 else 0.0


def _weights_of_parts(weights: ScoreSettings, question: Question) -> tuple[float, ...]:
    """What kernels.combine takes: a channel or domain that the memory does not know is no other one."""
    return (
        weights.lexical,
        weights.semantic,
        weights.salience,
        weights.recency,
        weights.channel * (weights.other_channel - 1.0) if question.channel >= 0 else 0.0,
        weights.domain * (weights.other_domain - 1.0) if question.domain >= 0 else 0.0,
    )


def _spread(index: EngramIndex, total: Floats, seeds: NDArray[np.int32]) -> tuple[Floats, NDArray[np.int32]]:
    """Activation from the best hits along the graph, added to `total` in place, and what it reached."""
    weights = index.settings.score
    activation = np.zeros(index.size, np.float32)
    activation[seeds] = 1.0 / (1.0 + np.exp(weights.even_odds - total[seeds]))
    reached = index.graph.spread(seeds, activation, fade=weights.fade, floor=weights.floor)
    activation[seeds] = 0.0
    lit = np.unique(reached)
    total[lit] += np.float32(weights.spread) * activation[lit]
    return activation, lit


def _best_first(total: Floats, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Engrams by score; of equals the newest first."""
    newest_first = np.sort(numbers)[::-1]
    return newest_first[np.argsort(-total[newest_first], kind="stable")]


def _let_statements_lead(index: EngramIndex, total: Floats, ranked: NDArray[np.int32]) -> None:
    """Put a question, or a reply that does not know, behind every statement that it asks about."""
    forms = index.column("form")[ranked].tolist()
    hollow = [at for at, form in zip(ranked.tolist(), forms, strict=True) if form in _HOLLOW]
    if not hollow or len(hollow) == len(ranked):
        return
    told = [
        (at, index.terms_of(at))
        for at, form in zip(ranked.tolist(), forms, strict=True)
        if form not in _HOLLOW
    ]
    for at in hollow:
        asked = index.terms_of(at)
        idf = index.postings.idf(asked)
        for statement, terms in told:
            is_ahead = total[at] >= total[statement]
            if is_ahead and shared_share(asked, terms, idf) >= index.settings.score.asked_share:
                total[at] = np.nextafter(total[statement], np.float32(-np.inf))


def _let_people_lead(
    index: EngramIndex, question: Question, total: Floats, ranked: NDArray[np.int32]
) -> None:
    """Put what a persona answered right behind the best that people said about the same.

    People are where facts come from; an answer repeats them, well or badly. The same is: all words of the
    question that the answer holds. Who is asked about themselves speaks first-hand.
    """
    forms = index.column("form")[ranked]
    is_answer = (forms == SpeechForm.REPLY) & (
        index.column("speaker")[ranked] != question.asked_about.speaker
    )
    is_told = forms == SpeechForm.STATEMENT
    if not is_answer.any() or not is_told.any() or not len(question.terms):
        return
    rarest = question.terms[np.argsort(-question.idf, kind="stable")[:_MOST_TERMS]]
    held = index.postings.shared_by(ranked, rarest)
    answered, told, answers = held[is_answer], held[is_told], ranked[is_answer]
    is_same = (answered[:, None] & ~told[None, :]) == 0
    # Without anybody's statement on it, the best is -inf: the answer is all there is.
    best = np.where(is_same, total[ranked[is_told]], np.float32(-np.inf)).max(axis=1)
    outranks = (answered != 0) & np.isfinite(best) & (total[answers] >= best)
    total[answers[outranks]] = np.nextafter(best[outranks], np.float32(-np.inf))
