"""The value of the prefetch buffer: whole engrams, best first, never more than a slot holds."""

from __future__ import annotations

import msgpack
from hypothesis import given
from hypothesis import strategies as st

from substrate.memory import PREFETCH, PrefetchedEngram, decode_prefetch, encode_prefetch

ENGRAMS = st.builds(
    PrefetchedEngram,
    engram_id=st.from_regex(r"[0-9]{1,12}\.[0-9]{1,4}", fullmatch=True),
    row_id=st.integers(1, 2**53),
    speaker=st.text(max_size=40),
    channel=st.text(max_size=40),
    at_s=st.floats(0, 4e9),
    text=st.text(max_size=400),
    score=st.floats(0, 1),
)


@given(st.lists(ENGRAMS, max_size=60), st.integers(200, PREFETCH.value_bytes), st.integers(0, 2**53))
def test_what_fits_comes_back_whole_and_in_order(
    engrams: list[PrefetchedEngram], value_bytes: int, for_row: int
) -> None:
    packed = msgpack.packb(encode_prefetch(for_row, engrams, value_bytes))

    prefetch = decode_prefetch(msgpack.unpackb(packed))

    assert len(packed) <= value_bytes
    assert prefetch.for_row == for_row
    assert list(prefetch.engrams) == engrams[: len(prefetch.engrams)]


def test_everything_is_taken_that_fits() -> None:
    engrams = [PrefetchedEngram(f"{row}.0", row, "joel", "general", 0.0, "x" * 400, 0.5) for row in range(40)]
    assert len(decode_prefetch(encode_prefetch(1, engrams, PREFETCH.value_bytes)).engrams) == 40
