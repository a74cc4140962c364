"""Many lists in flat arrays, each one contiguous: CSR form that can be appended to.

In plain CSR form every new entry moves all that come after it; as linked lists nothing moves, but a walk
waits for one cache miss after another: BM25 over 100 thousand engrams took five times as long. Here a list
is a run with room to grow. A full run moves to one of twice the room and leaves its place to the next list
that needs one of that size, so that an entry is moved about once in its life and most of the room is in use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from substrate.memory.columns import Columns

_Places = NDArray[np.int64]


class Runs:
    """Lists by number, whose entries have the same named fields and stand in order of insertion."""

    def __init__(self, fields: Mapping[str, type[np.generic]]) -> None:
        self._lists = Columns({"start": np.int32, "length": np.int32, "room": np.int32})
        self._entries = Columns(fields)
        self._names = tuple(fields)
        self._free: defaultdict[int, list[int]] = defaultdict(list)
        """Where the runs of each size begin that nobody uses any more."""

    @property
    def count(self) -> int:
        """How many lists there are, the empty ones included."""
        return self._lists.size

    @property
    def starts(self) -> NDArray[np.int32]:
        """Where each list's run begins; invalid after the next `append`, as all views."""
        starts: NDArray[np.int32] = self._lists["start"]
        return starts

    @property
    def lengths(self) -> NDArray[np.int32]:
        """How many entries each list has."""
        lengths: NDArray[np.int32] = self._lists["length"]
        return lengths

    def field(self, name: str) -> NDArray[Any]:
        """One field of all entries of all lists: the flat array that kernels walk."""
        return self._entries[name]

    def of(self, number: int, name: str) -> NDArray[Any]:
        """One field of one list; empty for a list that there is not yet."""
        if number >= self.count:
            return self._entries[name][:0]
        start = int(self.starts[number])
        return self._entries[name][start : start + int(self.lengths[number])]

    def append(self, numbers: NDArray[np.int32], **fields: NDArray[Any]) -> None:
        """One more entry at the end of each of the lists `numbers`, of one list as often as it stands there.

        `fields` have one value for each entry. Lists that there are not yet are made.
        """
        if not len(numbers):
            return
        highest = int(numbers.max())
        if highest >= self.count:
            self._lists.extend(highest + 1 - self.count)
        order = np.argsort(numbers, kind="stable")
        lists, counts = np.unique(numbers, return_counts=True)
        self._make_room(lists, self.lengths[lists] + counts)
        at = _ranges(self.starts[lists] + self.lengths[lists], counts)
        for name, values in fields.items():
            self._entries[name][at] = values[order]
        self.lengths[lists] += counts.astype(np.int32)

    def remove(self, number: int, place: int) -> None:
        """Take out one entry; those after it close the gap."""
        for name in self._names:
            own = self.of(number, name)
            own[place:-1] = own[place + 1 :].copy()
        self.lengths[number] -= 1

    def _make_room(self, lists: NDArray[np.int32], needed: NDArray[np.int64]) -> None:
        """Move those of the lists that have less room than is needed to runs of the next power of two."""
        is_full = needed > self._lists["room"][lists]
        lists, needed = lists[is_full], needed[is_full]
        if not len(lists):
            return
        rooms = np.left_shift(1, np.ceil(np.log2(needed)).astype(np.int64))
        starts = np.empty(len(lists), np.int64)
        for room in np.unique(rooms).tolist():
            wanted = np.flatnonzero(rooms == room)
            starts[wanted] = self._claim(room, len(wanted))
        before, held = self.starts[lists].astype(np.int64), self.lengths[lists].astype(np.int64)
        source, target = _ranges(before, held), _ranges(starts, held)
        for name in self._names:
            entries = self._entries[name]
            entries[target] = entries[source]
        for start, room in zip(before.tolist(), self._lists["room"][lists].tolist(), strict=True):
            if room:
                self._free[room].append(start)
        self._lists["start"][lists], self._lists["room"][lists] = starts, rooms

    def _claim(self, room: int, count: int) -> _Places:
        """Where `count` runs of this size may begin: unused ones, then new ones."""
        free = self._free[room]
        unused = [free.pop() for _ in range(min(count, len(free)))]
        missing = count - len(unused)
        first = self._entries.extend(missing * room)
        return np.concatenate((np.array(unused, np.int64), first + room * np.arange(missing)))


def _ranges(starts: NDArray[Any], lengths: NDArray[Any]) -> _Places:
    """`lengths[0]` numbers from `starts[0]` on, then `lengths[1]` from `starts[1]` on, and so forth."""
    ends = np.cumsum(lengths)
    places: _Places = np.repeat(starts - (ends - lengths), lengths) + np.arange(ends[-1])
    return places
