"""A persona's memory as the rest of the program holds it: the file on disk and the columns in memory.

One process writes it (the hippocampus). Everything goes to disk first and into the columns only after the
commit, so that what can be recalled is what will be there tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from substrate.memory.admission import split_message
from substrate.memory.database import EngramDatabase, StoredEngram
from substrate.memory.embedding import Embedder, StaticEmbedder
from substrate.memory.engram import Engram, EngramKind, Message, engram_id, parse_engram_id
from substrate.memory.errors import EngramUnknown, ProvenanceMissing
from substrate.memory.features import Features, understand
from substrate.memory.index import EngramIndex
from substrate.memory.settings import MemorySettings


@dataclass(frozen=True, slots=True)
class Marks:
    """How far the transcript was taken in: the last row and the last withdrawal."""

    row_id: int = 0
    withdrawal_id: int = 0


class EngramStore:
    """The engrams of one persona."""

    def __init__(
        self,
        path: Path,
        persona_id: str,
        settings: MemorySettings | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """Opens or creates `longterm.db` at `path` and loads it; raises StoreUnwritable.

        Without an embedder it uses the embedded one (several stores can share one: it has no state).
        """
        self.persona_id = persona_id
        self.embedder: Embedder = embedder or StaticEmbedder()
        self._database = EngramDatabase(Path(path))
        self.index = EngramIndex(settings or MemorySettings())
        self.marks = Marks(self._database.mark("row"), self._database.mark("withdrawal"))
        for stored in self._database.load():
            features = understand(stored.text)
            self.index.append(stored, features, self._vector(stored, features))

    @property
    def settings(self) -> MemorySettings:
        """The constants of this memory."""
        return self.index.settings

    def __len__(self) -> int:
        return self.index.alive_count

    def admit(self, messages: Sequence[Message], *, taken_in: Marks | None = None) -> list[str]:
        """Take messages in, in one commit; the ids of the new engrams.

        A message that was taken in before (by its id) is passed over. `taken_in` is kept in the same
        commit. Raises ProvenanceMissing for a message without id or row, StoreUnwritable when the disk
        does not take it; nothing is admitted then.
        """
        prepared = [pair for message in messages for pair in self._prepared(message)]
        with self._database.transaction():
            self._database.insert([stored for stored, _ in prepared])
            if taken_in is not None:
                self._database.set_mark("row", taken_in.row_id)
                self._database.set_mark("withdrawal", taken_in.withdrawal_id)
        for stored, features in prepared:
            self.index.append(stored, features, self._vector(stored, features))
        self.marks = taken_in or self.marks
        return [engram_id(stored.row_id, stored.ordinal) for stored, _ in prepared]

    def withdraw(self, row_ids: Sequence[int], *, taken_in: Marks | None = None) -> int:
        """Delete every engram of these transcript rows, on disk and in memory; how many there were.

        Deleted words are overwritten in the file and cut out of its log. Raises StoreUnwritable.
        """
        numbers = [at for row_id in row_ids for at in self.index.of_row(row_id)]
        rows, ordinals = self.index.column("row_id"), self.index.column("ordinal")
        with self._database.transaction():
            self._database.delete([(int(rows[at]), int(ordinals[at])) for at in numbers])
            if taken_in is not None:
                self._database.set_mark("row", taken_in.row_id)
                self._database.set_mark("withdrawal", taken_in.withdrawal_id)
        self.index.forget(numbers)
        self.marks = taken_in or self.marks
        if numbers:
            self._database.scrub()
        return len(numbers)

    def touch(self, engram_ids: Sequence[str], now_s: float) -> None:
        """Note that these engrams were shown to the persona; unknown ones are passed over."""
        keys = [parse_engram_id(text) for text in engram_ids]
        with self._database.transaction():
            self._database.touch(keys, now_s)

    def engram(self, engram_id_: str) -> Engram:
        """One engram; raises EngramUnknown when this persona does not hold it."""
        row_id, ordinal = parse_engram_id(engram_id_)
        ordinals = self.index.column("ordinal")
        for at in self.index.of_row(row_id):
            if ordinals[at] == ordinal:
                return self.index.engram(at)
        raise EngramUnknown(
            f"persona {self.persona_id} holds no memory {engram_id_}", "memory/list shows the ones it holds"
        )

    def newest(self, limit: int, channel: str | None = None) -> Iterator[Engram]:
        """The most recent engrams, newest first, of one channel or of all."""
        alive, channels = self.index.column("alive"), self.index.column("channel")
        wanted = None if channel is None else self.index.channels.find(channel)
        given = 0
        for at in range(self.index.size - 1, -1, -1):
            if given == limit:
                return
            if alive[at] and (wanted is None or channels[at] == wanted):
                given += 1
                yield self.index.engram(at)

    def set_salience(self, by_row: Mapping[int, float]) -> None:
        """Take over how much rows matter, 0 to 1."""
        for row_id, salience in by_row.items():
            for at in self.index.of_row(row_id):
                self.index.set_salience(at, salience)

    def close(self) -> None:
        self._database.close()

    def _prepared(self, message: Message) -> Iterator[tuple[StoredEngram, Features]]:
        if not message.message_id or message.row_id <= 0:
            raise ProvenanceMissing(
                f"a message in #{message.channel} by {message.speaker!r} has no "
                f"{'id' if not message.message_id else 'transcript row'}",
                "only what stands in the transcript can be remembered",
            )
        if self._database.holds(message.message_id):
            return
        parts = split_message(message.text, self.settings.admission.engram_chars)
        for ordinal, text in enumerate(parts):
            features = understand(text, by_persona=message.by_persona)
            stored = StoredEngram(
                row_id=message.row_id,
                ordinal=ordinal,
                message_id=message.message_id,
                channel=message.channel,
                domain=message.domain,
                kind=EngramKind.EPISODIC,
                form=features.form,
                speaker=message.speaker,
                text=text,
                entities="\n".join(features.entities),
                in_reply_to=message.in_reply_to,
                said_at_s=message.said_at_s,
                touched_at_s=message.said_at_s,
                embedder=self.embedder.id,
                embedding=self._embed(features).tobytes(),
            )
            yield stored, features

    def _vector(self, stored: StoredEngram, features: Features) -> NDArray[np.int8]:
        """The stored vector; made anew when another embedder made it."""
        if stored.embedder == self.embedder.id and stored.embedding is not None:
            return np.frombuffer(stored.embedding, np.int8)
        return self._embed(features)

    def _embed(self, features: Features) -> NDArray[np.int8]:
        return self.embedder.embed(features.words, without=self.index.speaker_words)
