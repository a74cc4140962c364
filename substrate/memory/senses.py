"""What is understood of a text, once for all personas: its features and its vector, known by a content hash.

The sensory region understands every message and publishes what it made of it; whoever needs it peeks, and
makes it anew when it is not there yet, for nothing here waits. Both come to the same, so it does not matter
who was first. Names of speakers stay out of the vectors, so the hash covers them too.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from substrate.memory.embedding import Embedder, Vector
from substrate.memory.engram import SpeechForm
from substrate.memory.errors import TextsRefused
from substrate.memory.features import Features, understand, words_of
from substrate.region.contract import BufferSpec, Reader

FEATURES = BufferSpec("features", keys=128, value_bytes=16384, versions=2, reader=Reader.REGIONS)
"""The sensory region's buffer; keys are `(content_hash,)`."""

_REMEMBERED = 512
"""Texts whose understanding is kept in this process: those of the last minutes."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One text as memory sees it; `vector` has shape (dimensions,), zeros where there is none yet."""

    features: Features
    vector: Vector
    is_embedded: bool = True
    """Whether the vector is what the embedder makes of the text; False: it could not be had yet."""


class Senses:
    """Understands texts and keeps the latest. Used from one thread."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._known: OrderedDict[str, Understood] = OrderedDict()

    def read(self, text: str, *, by_persona: bool = False, names: frozenset[str] = frozenset()) -> Understood:
        """What `text` says; `names` are the words of speakers' names, lower case.

        Asks the embedder, however long that takes; without an answer the text stays without a vector.
        """
        key = self._key(text, by_persona, names)
        known = self._lately(key)
        if known is not None:
            return known
        try:
            vectors = self.embedder.embed([text], names)
        except TextsRefused:
            vectors = None  # it is understood without; whoever keeps the text says so
        return self._understood(key, text, by_persona, None if vectors is None else vectors[0])

    def glance(
        self, text: str, *, by_persona: bool = False, names: frozenset[str] = frozenset()
    ) -> Understood:
        """As `read`, but without waiting for a vector that takes long."""
        key = self._key(text, by_persona, names)
        known = self._lately(key)
        if known is not None:
            return known
        return self._understood(key, text, by_persona, self.embedder.embed_at_once(text, names))

    def knows(self, key: str) -> bool:
        """Whether a text was understood lately, by its content hash."""
        return key in self._known

    def learn(self, key: str, understood: Understood) -> None:
        """Take over what somebody else understood."""
        if not understood.is_embedded:
            return  # The vector may be had the next time.
        self._known[key] = understood
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def forget_all(self) -> None:
        """Keep no text that may have to be forgotten."""
        self._known.clear()

    def _key(self, text: str, by_persona: bool, names: frozenset[str]) -> str:
        return content_hash(text, by_persona=by_persona, names=names, embedder_id=self.embedder.id)

    def _lately(self, key: str) -> Understood | None:
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known

    def _understood(self, key: str, text: str, by_persona: bool, vector: Vector | None) -> Understood:
        features = understand(text, by_persona=by_persona)
        if vector is None:
            return Understood(features, np.zeros(self.embedder.dimensions, np.int8), is_embedded=False)
        understood = Understood(features, vector)
        self.learn(key, understood)
        return understood


def content_hash(text: str, *, by_persona: bool, names: frozenset[str], embedder_id: str) -> str:
    """Equal for texts that are understood alike."""
    said = names.intersection(words_of(text))
    parts = (embedder_id, "persona" if by_persona else "person", *sorted(said), text)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def encode_understood(understood: Understood) -> list[Any]:
    """The value to publish. The word that a term comes from is named by its place among the words: in a
    script without spaces all pairs of a passage come from one word, which is the passage."""
    features = understood.features
    places = {word: place for place, word in enumerate(features.words)}
    return [
        features.terms,
        [places[word] for word in features.term_words],
        features.entities,
        int(features.form),
        features.contains_question,
        features.ends_asking,
        features.words,
        understood.vector.tobytes(),
        understood.is_embedded,
    ]


def decode_understood(value: Any) -> Understood:
    """What was understood, from a published value."""
    terms, places, entities, form, contains_question, ends_asking, words, vector, is_embedded = value
    features = Features(
        tuple(terms),
        tuple(words[place] for place in places),
        tuple(entities),
        SpeechForm(form),
        contains_question,
        ends_asking,
        tuple(words),
    )
    return Understood(features, np.frombuffer(vector, np.int8), is_embedded)
