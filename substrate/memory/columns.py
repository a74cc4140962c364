"""Flat columns that grow: the arrays that the kernels read, appended to from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST_CAPACITY = 256


class Columns:
    """Arrays of one common length that grow together, by a quarter at a time."""

    def __init__(self, dtypes: Mapping[str, np.dtype[Any] | type[np.generic]], fill: int = 0) -> None:
        self.size = 0
        self._fill = fill
        self._arrays: dict[str, NDArray[Any]] = {
            name: np.full(_FIRST_CAPACITY, fill, dtype) for name, dtype in dtypes.items()
        }
        self._capacity = _FIRST_CAPACITY

    def extend(self, count: int = 1) -> int:
        """Make room for `count` more entries, filled with the fill value; the first of them."""
        first = self.size
        self.size += count
        if self.size > self._capacity:
            self._capacity = max(self.size, self._capacity + self._capacity // 4)
            for name, array in self._arrays.items():
                grown = np.full((self._capacity, *array.shape[1:]), self._fill, array.dtype)
                grown[:first] = array[:first]
                self._arrays[name] = grown
        return first

    def add_matrix(self, name: str, width: int, dtype: type[np.generic]) -> None:
        """One more column whose entries are rows of `width` values. Called before the first `extend`."""
        self._arrays[name] = np.full((self._capacity, width), self._fill, dtype)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A view of one column; invalid after the next `extend`."""
        return self._arrays[name][: self.size]


class NameTable:
    """Small numbers for names that come back: terms, channels, speakers."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: str) -> int:
        """The name's number, a new one if it is new."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = len(self.names)
            self.names.append(name)
        return known

    def find(self, name: str) -> int:
        """The name's number, or -1."""
        return self._numbers.get(name, -1)
