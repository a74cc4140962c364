"""A persona's memory as the rest of the program holds it: the file on disk and the columns in memory.

One process writes it (the hippocampus). Everything goes to disk first and into the columns only after the
commit, so that what can be recalled is what will be there tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from substrate.memory.admission import engrams_of, lost_in_a_cut, note_understood, require_provenance
from substrate.memory.backlog import Backlog
from substrate.memory.database import EngramDatabase, StoredEngram
from substrate.memory.embedding import StaticEmbedder
from substrate.memory.engram import Engram, EngramKind, Message, engram_id, parse_engram_id
from substrate.memory.errors import EngramUnknown
from substrate.memory.graph import EdgeKind
from substrate.memory.index import FOR_GOOD_S, EngramIndex
from substrate.memory.loading import load
from substrate.memory.neighbourhood import Key, mentioned_again, place_all
from substrate.memory.retention import engrams_to_evict
from substrate.memory.salience import counted_salience
from substrate.memory.senses import Senses
from substrate.memory.settings import MemorySettings
from substrate.whole_words import Words

_ROUNDING = 1e-5
"""What a salience may differ by from itself in single precision."""


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
        senses: Senses | None = None,
    ) -> None:
        """Opens or creates `longterm.db` at `path` and loads it; raises StoreUnwritable.

        Without `senses` it understands texts itself, with the embedded embedder; stores share them to
        understand each text once.
        """
        self.persona_id = persona_id
        self.senses = senses or Senses(StaticEmbedder())
        self._database = EngramDatabase(Path(path))
        self.index = EngramIndex(settings or MemorySettings(), self.senses.embedder.dimensions)
        self.marks = Marks(self._database.mark("row"), self._database.mark("withdrawal"))
        self.hears_from_row = self._database.mark("hears_from_row")
        """Whatever stands in the transcript from this row on was said since the persona exists, whatever the
        clock says; 0 while that is not known."""
        self._is_scrubbed = False
        """Whether the log holds nothing that was deleted; a predecessor may have died before that."""
        self._backlog = Backlog(self.index, self._database, self.senses.embedder)
        load(self._database, self.index, self._backlog, self.senses.embedder)

    @property
    def settings(self) -> MemorySettings:
        """The constants of this memory."""
        return self.index.settings

    @property
    def has_vectors(self) -> bool:
        """Whether enough engrams have a vector of the embedder for recalls to go by them."""
        return not self._backlog.is_large

    @property
    def vectors_to_come(self) -> int:
        """How many engrams wait for a vector: they were taken in, or made by another embedder, before."""
        return len(self._backlog)

    def __len__(self) -> int:
        return self.index.alive_count

    def admit(self, messages: Sequence[Message], *, taken_in: Marks | None = None) -> list[str]:
        """Take messages in, in one commit; the ids of the new engrams.

        A message that was taken in before (by its id) is passed over. `taken_in` is kept in the same
        commit. Raises ProvenanceMissing for a message without id or row, StoreUnwritable when the disk
        does not take it; nothing is admitted then.
        """
        seen: set[str] = set()
        for message in messages:
            self.index.meet(message.speaker)
        prepared = [stored for message in messages for stored in self._new_engrams(message, seen)]
        placed = place_all(self.index, self.senses.embedder, prepared)
        topics = {key: near.topic for key, near in placed.items() if near.topic is not None}
        mentioned = mentioned_again(self.index, prepared, placed)
        with self._database.transaction():
            self._database.insert(prepared)
            for key in mentioned:
                self._database.protect(key, FOR_GOOD_S)
            for key, near in topics.items():
                self._database.connect_engrams(EdgeKind.SHARED_TOPIC, near.key, key, near.nearness)
            self._keep_marks(taken_in)
        if prepared:
            self.index.append(prepared)
        for key, near in topics.items():
            self._connect(EdgeKind.SHARED_TOPIC, near.key, key, near.nearness)
        for key in mentioned:
            self.index.column("protected_until")[self._find(*key)] = FOR_GOOD_S
        late = [(stored.row_id, stored.ordinal) for stored in prepared if stored.embedding is None]
        self._backlog.add(late, unplaced=late)
        self.marks = taken_in or self.marks
        return [engram_id(stored.row_id, stored.ordinal) for stored in prepared]

    def hear_from(self, row_id: int) -> None:
        """Keep that everything from a transcript row on is said in the persona's lifetime. Raises
        StoreUnwritable."""
        with self._database.transaction():
            self._database.set_mark("hears_from_row", row_id)
        self.hears_from_row = row_id

    def finish_forgetting(self) -> bool:
        """Take words that are forgotten out of the file's log, too; False while somebody reads the file.

        It is done at once, unless somebody reads just then. Raises StoreUnwritable.
        """
        if not self._is_scrubbed:
            self._scrub()
        return self._is_scrubbed

    def catch_up_vectors(self) -> int:
        """Give the next few engrams that have none a vector; how many are done with. Raises StoreUnwritable.

        0: nothing to do, or the embedder does not answer now.
        """
        return self._backlog.work() if self._backlog else 0

    def withdraw(self, row_ids: Sequence[int], *, taken_in: Marks | None = None) -> int:
        """Delete every engram of these transcript rows, on disk and in memory; how many there were.

        Deleted words are overwritten in the file and cut out of its log. Raises StoreUnwritable.
        """
        numbers = [at for row_id in row_ids for at in self.index.of_row(row_id)]
        self._delete(numbers, taken_in=taken_in)
        self.marks = taken_in or self.marks
        return len(numbers)

    def forget(self, engram_ids: Sequence[str]) -> int:
        """Delete engrams for good: catching up does not bring them back. How many there were.

        Raises EngramUnknown when one is not held; nothing is deleted then.
        """
        numbers = list(dict.fromkeys(self.number(text) for text in engram_ids))
        ordinals = self.index.column("ordinal")
        self._delete(numbers, never_again=[(self.index.message_ids[at], int(ordinals[at])) for at in numbers])
        return len(numbers)

    def correct(self, engram_id_: str, text: str) -> Engram:
        """Replace what an engram says; it becomes semantic: known, no longer a quotation.

        Where it comes from stays. Raises EngramUnknown.
        """
        at = self.number(engram_id_)
        stored = self._database.read(*parse_engram_id(engram_id_))
        if stored is None:
            raise EngramUnknown(f"no memory {engram_id_} on disk", "memory/list shows the ones there are")
        understood = self.senses.read(text, names=self.index.speaker_words)
        stored.text, stored.kind, stored.form = text, EngramKind.SEMANTIC, understood.features.form
        note_understood(stored, understood, self.senses.embedder.id)
        with self._database.transaction():
            self._database.rewrite(stored)
        corrected = self.index.replace(at, stored)
        if not understood.is_embedded:
            self._backlog.add([(stored.row_id, stored.ordinal)])
        self._scrub()
        return self.index.engram(corrected)

    def rehearse(
        self,
        shown: Sequence[str],
        used: Sequence[str],
        now_s: float,
        *,
        asked_in_row: int = 0,
        answered_by: str = "",
    ) -> None:
        """Note which engrams a prompt showed and which of them the reply used; unknown ones are passed over.

        What was used together is connected, each with the message that it was used for, and with the reply
        that came of it.
        """
        keys = [key for key in map(parse_engram_id, shown) if self._find(*key) >= 0]
        used_keys = [key for key in map(parse_engram_id, used) if self._find(*key) >= 0]
        edges = [(EdgeKind.CO_RECALL, source, target) for source, target in pairwise(used_keys)]
        if self._find(asked_in_row, 0) >= 0:
            edges += [(EdgeKind.CITED_IN, key, (asked_in_row, 0)) for key in used_keys]
        for at in self.index.answers(asked_in_row, answered_by)[:1]:
            edges += [(EdgeKind.OUTCOME, key, self.index.key(at)) for key in used_keys]
        with self._database.transaction():
            self._database.touch(keys, now_s)
            self._database.add("outcomes", dict.fromkeys(used_keys, 1.0))
            for kind, source, target in edges:
                self._database.connect_engrams(kind, source, target)
        for kind, source, target in edges:
            self._connect(kind, source, target)
        for key in {*keys, *used_keys}:
            self._take_over_salience(key)

    def evict(self, now_s: float) -> int:
        """Let the least valued engrams go when the memory is over its capacity; how many went."""
        numbers = engrams_to_evict(self.index, now_s)
        if numbers:
            self._delete(numbers)
        return len(numbers)

    def number(self, engram_id_: str) -> int:
        """The number of an engram in the index; raises EngramUnknown when this persona does not hold it."""
        at = self._find(*parse_engram_id(engram_id_))
        if at < 0:
            raise EngramUnknown(
                f"persona {self.persona_id} holds no memory {engram_id_}",
                "memory/list shows the ones it holds",
            )
        return at

    def engram(self, engram_id_: str) -> Engram:
        """One engram; raises EngramUnknown when this persona does not hold it."""
        return self.index.engram(self.number(engram_id_))

    def holds(self, engram_id_: str) -> bool:
        """Whether this persona holds an engram."""
        return self._find(*parse_engram_id(engram_id_)) >= 0

    def containing(self, words: str) -> Iterator[Engram]:
        """Every engram whose text contains `words` as whole words, whatever their case, oldest first; where a
        message was cut between them, all that hold a part of them."""
        wanted = Words(words)
        alive, texts = self.index.column("alive"), self.index.texts
        found = {at for at, text in enumerate(texts) if alive[at] and wanted.search(text)}
        for numbers in self._cut_messages():
            parts = [texts[at] for at in numbers]
            lost = [lost_in_a_cut(part, self.settings.admission.engram_chars) for part in parts[:-1]]
            for between in {tuple(ways[0] for ways in lost), tuple(ways[-1] for ways in lost)}:
                found |= {numbers[part] for part in wanted.across(parts, between)}
        yield from map(self.index.engram, sorted(found))

    def _cut_messages(self) -> Iterator[list[int]]:
        """Of the messages that became several engrams, those engrams that follow each other and still say
        what was said."""
        rows, ordinals = self.index.column("row_id"), self.index.column("ordinal")
        said = self.index.column("alive") & (self.index.column("kind") == EngramKind.EPISODIC)
        numbers = np.flatnonzero(said & np.isin(rows, rows[said & (ordinals > 0)]))
        run: list[int] = []
        following: tuple[int, int] | None = None
        for at in numbers[np.lexsort((ordinals[numbers], rows[numbers]))].tolist():
            row_id, ordinal = self.index.key(at)
            if run and (row_id, ordinal) != following:
                yield run
                run = []
            run.append(at)
            following = (row_id, ordinal + 1)
        if run:
            yield run

    def newest(self, limit: int, channel: str | None = None) -> Iterator[Engram]:
        """The most recent engrams, newest first, of one channel or of all."""
        alive, channels = self.index.column("alive"), self.index.column("channel")
        wanted = None if channel is None else self.index.channels.find(channel)
        given = 0
        for at in self.index.newest_first():
            if given == limit:
                return
            if alive[at] and (wanted is None or channels[at] == wanted):
                given += 1
                yield self.index.engram(at)

    def set_salience(self, rows: Iterable[tuple[int, float]]) -> None:
        """Take over how much transcript rows matter, 0 to 1. It only ever rises: the counters only add.

        Kept on disk: attention names the most salient rows only. Raises StoreUnwritable.
        """
        by_row = dict(rows)
        row_ids, saliences = self.index.column("row_id"), self.index.column("salience")
        numbers = np.flatnonzero(np.isin(row_ids, np.fromiter(by_row, np.int64, len(by_row)))).tolist()
        risen = {at: by_row[int(row_ids[at])] for at in numbers}
        risen = {at: salience for at, salience in risen.items() if salience > saliences[at] + _ROUNDING}
        if not risen:
            return
        with self._database.transaction():
            self._database.attend({self.index.key(at): salience for at, salience in risen.items()})
        for at, salience in risen.items():
            self._raise_salience(at, salience)

    def close(self) -> None:
        self._database.close()

    def _connect(self, kind: EdgeKind, source: Key, target: Key, weight: float = 1.0) -> None:
        at, end = self._find(*source), self._find(*target)
        if at >= 0 and end >= 0 and at != end:
            self.index.graph.add_edge(kind, at, end, weight)

    def _find(self, row_id: int, ordinal: int) -> int:
        return self.index.find(row_id, ordinal)

    def _delete(
        self,
        numbers: Sequence[int],
        *,
        never_again: Sequence[tuple[str, int]] = (),
        taken_in: Marks | None = None,
    ) -> None:
        rows, ordinals = self.index.column("row_id"), self.index.column("ordinal")
        with self._database.transaction():
            self._database.delete([(int(rows[at]), int(ordinals[at])) for at in numbers])
            self._database.forget(never_again)
            self._keep_marks(taken_in)
        self.index.forget(numbers)
        if numbers:
            self._scrub()

    def _scrub(self) -> None:
        self._is_scrubbed = False  # Also when the disk does not take it now: it is tried again.
        self._is_scrubbed = self._database.scrub()

    def _keep_marks(self, taken_in: Marks | None) -> None:
        if taken_in is not None:
            self._database.set_mark("row", taken_in.row_id)
            self._database.set_mark("withdrawal", taken_in.withdrawal_id)

    def _take_over_salience(self, key: Key) -> None:
        stored = self._database.read(*key)
        if stored is not None:
            own = counted_salience(stored.access_count, stored.outcomes, self.settings.salience)
            self._raise_salience(self._find(*key), own)

    def _raise_salience(self, at: int, salience: float) -> None:
        self.index.set_salience(at, max(salience, float(self.index.column("salience")[at])))

    def _new_engrams(self, message: Message, seen: set[str]) -> list[StoredEngram]:
        """What becomes of a message that is neither held nor `seen`, without what was forgotten of it."""
        require_provenance(message)
        if message.message_id in seen or self._database.holds(message.message_id):
            return []
        seen.add(message.message_id)
        names, longest = self.index.speaker_words, self.settings.admission.engram_chars
        engrams = engrams_of(message, self.senses, names, longest)
        return [one for one in engrams if not self._database.has_forgotten(one.message_id, one.ordinal)]
