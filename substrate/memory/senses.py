"""What is understood of a text, once for all personas: its features and its vector, known by a content hash.

The sensory region understands every message and publishes what it made of it; whoever needs it peeks, and
makes it anew when it is not there yet, for nothing here waits. Both come to the same, so it does not matter
who was first. Names of speakers stay out of the vectors, so the hash covers them too.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from substrate.memory.embedding import Embedder
from substrate.memory.engram import SpeechForm
from substrate.memory.features import Features, understand
from substrate.region.contract import BufferSpec

FEATURES = BufferSpec("features", keys=128, value_bytes=16384, versions=2)
"""The sensory region's buffer; keys are `(content_hash,)`."""

_WORD = re.compile(r"\w+")
_REMEMBERED = 512
"""Texts whose understanding is kept in this process: those of the last minutes."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One text as memory sees it; `vector` has shape (dimensions,)."""

    features: Features
    vector: NDArray[np.int8]


class Senses:
    """Understands texts and keeps the latest. Used from one thread."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._known: OrderedDict[str, Understood] = OrderedDict()

    def read(self, text: str, *, by_persona: bool = False, names: frozenset[str] = frozenset()) -> Understood:
        """What `text` says; `names` are the words of speakers' names, lower case."""
        key = content_hash(text, by_persona=by_persona, names=names, embedder_id=self.embedder.id)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        features = understand(text, by_persona=by_persona)
        understood = Understood(features, self.embedder.embed(features.words, without=names))
        self.learn(key, understood)
        return understood

    def knows(self, key: str) -> bool:
        """Whether a text was understood lately, by its content hash."""
        return key in self._known

    def learn(self, key: str, understood: Understood) -> None:
        """Take over what somebody else understood."""
        self._known[key] = understood
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def forget_all(self) -> None:
        """Keep no text that may have to be forgotten."""
        self._known.clear()


def content_hash(text: str, *, by_persona: bool, names: frozenset[str], embedder_id: str) -> str:
    """Equal for texts that are understood alike."""
    said = names.intersection(_WORD.findall(text.lower()))
    parts = (embedder_id, "persona" if by_persona else "person", *sorted(said), text)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def encode_understood(understood: Understood) -> list[Any]:
    """The value to publish."""
    features = understood.features
    return [
        features.terms,
        features.term_words,
        features.entities,
        int(features.form),
        features.contains_question,
        features.ends_asking,
        features.words,
        understood.vector.tobytes(),
    ]


def decode_understood(value: Any) -> Understood:
    """What was understood, from a published value."""
    terms, term_words, entities, form, contains_question, ends_asking, words, vector = value
    features = Features(
        tuple(terms),
        tuple(term_words),
        tuple(entities),
        SpeechForm(form),
        contains_question,
        ends_asking,
        tuple(words),
    )
    return Understood(features, np.frombuffer(vector, np.int8))
