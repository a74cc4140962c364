"""One memory's file that is full, locked or read-only keeps no other memory from being written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from substrate.memory.errors import StoreUnwritable


class Refusals:
    """Notes what disks did not take while the work goes on with the next memory."""

    def __init__(self) -> None:
        self._first: StoreUnwritable | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """For the work on one memory."""
        try:
            yield
        except StoreUnwritable as error:
            self._first = self._first or error

    def tell(self) -> None:
        """Raises the first StoreUnwritable that was noted."""
        if self._first is not None:
            raise self._first
