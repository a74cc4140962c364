"""A writer and readers in different processes, both at full speed: no value is ever torn."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
import pytest

from substrate.shm import ReadyBuffer
from tests.substrate.shm.processes import forked
from tests.substrate.shm.stress_kernels import check_many, patterns_of, publish_many, value_of

KEY = ("key",)
DISTINCT_MIN = 100
READERS = max(1, min(3, (os.cpu_count() or 2) - 1))


def peek_beside_a_writer(name: str, words: int, versions: int, peeks: int) -> int:
    """Check at least `peeks` values in each reader; returns how many distinct ones this process saw.

    Goes on until the writer was seen to write, however busy the machine is.
    """
    buffer = ReadyBuffer.create(name, keys=1, value_bytes=8 * words, versions=versions)
    buffer.publish_bytes(KEY, value_of(1, words))
    buffer.close()

    def write() -> None:
        writer = ReadyBuffer.adopt(name)
        patterns = patterns_of(words)
        while True:
            publish_many(writer._view_address, writer._entries[KEY], patterns, words, 1000)

    def read() -> int:
        tally = np.zeros(3, np.int64)
        reader = ReadyBuffer.attach(name)
        handle = reader.handle(KEY)
        while handle.peek_bytes() is None:
            pass
        done = 0
        while done < peeks or tally[2] < DISTINCT_MIN:
            check_many(handle._address, words, 10_000, tally.ctypes.data)
            done += 10_000
        torn, missed, distinct = (int(number) for number in tally)
        assert (torn, missed) == (0, 0)
        reader.close()
        return distinct

    with ExitStack() as stack:
        stack.enter_context(forked(write))
        others = [stack.enter_context(forked(read)) for _ in range(READERS - 1)]
        distinct = read()
        assert all(other.wait() == 0 for other in others), "another reader saw a torn value"
        return distinct


@pytest.mark.parametrize("versions", [2, 8])
@pytest.mark.parametrize("words", [8, 512, 8192])
def test_no_value_is_torn(new_name: Callable[[], str], words: int, versions: int) -> None:
    peek_beside_a_writer(new_name(), words, versions, peeks=20_000)


@pytest.mark.stress
def test_no_value_is_torn_in_a_hundred_million_peeks(new_name: Callable[[], str]) -> None:
    plan = (
        (128, 2, 40_000_000),
        (128, 8, 40_000_000),
        (16, 2, 20_000_000),
        (8192, 2, 500_000),
        (8192, 8, 500_000),
    )
    for words, versions, peeks in plan:
        distinct = peek_beside_a_writer(new_name(), words, versions, peeks)
        print(f"{8 * words} bytes, {versions} slots: {peeks:,} peeks, {distinct:,} distinct values, 0 torn")
    assert sum(peeks for _, _, peeks in plan) >= 100_000_000
