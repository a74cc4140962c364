"""Lists of tokens as the lane holds them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

Tokens = array
"""`array('i')`: four bytes a token, grows by append."""


def token_list(tokens: Iterable[int] = ()) -> Tokens[int]:
    return array("i", tokens)


def common_prefix(first: Tokens[int], second: Tokens[int]) -> int:
    """How many tokens both begin with."""
    length = min(len(first), len(second))
    if length == 0:
        return 0
    differs = np.frombuffer(first, np.int32, length) != np.frombuffer(second, np.int32, length)
    at = int(differs.argmax())
    return at if differs[at] else length
