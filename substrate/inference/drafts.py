"""Drafts: candidate replies that are checked many tokens at a time instead of written one by one.

A draft never changes what is said. Its tokens are decoded in one batch behind the token just chosen, and each
is kept only if the request's own sampler chooses the very same one. Checking costs more than one step when
few are kept, so a persona whose drafts are rarely taken goes without, but for a try now and then.
"""

from __future__ import annotations

from collections.abc import Sequence

DRAFT_ROWS = 16
"""Draft tokens that are checked in one step."""
DRAFTING_AT_ONCE = 2
"""Conversations beyond which batching alone fills the machine, and drafts only cost."""
_BREAK_EVEN = 6 / DRAFT_ROWS
"""Share of checked tokens that must be kept for a check to pay: measured on Q8_0 of the 0.5B shape."""
_SMOOTHING = 0.2
_RETRY_EVERY = 16


class Draft:
    """One request's candidates, as tokens, and where in them the reply stands."""

    __slots__ = ("_candidates", "_position")

    def __init__(self, candidates: Sequence[Sequence[int]]) -> None:
        self._candidates = [list(candidate) for candidate in candidates]
        self._position = 0

    def follow(self, token: int) -> None:
        """The reply went on with `token`: only candidates that say so too are kept."""
        at = self._position
        self._candidates = [one for one in self._candidates if at < len(one) and one[at] == token]
        self._position = at + 1

    def next_tokens(self) -> list[int]:
        """What the first surviving candidate says next, at most DRAFT_ROWS tokens."""
        if not self._candidates:
            return []
        return self._candidates[0][self._position : self._position + DRAFT_ROWS]


class DraftPayoff:
    """Which personas' drafts are worth checking."""

    def __init__(self) -> None:
        self._kept_share: dict[str, float] = {}
        self._skipped: dict[str, int] = {}

    def is_worth_it(self, persona_id: str) -> bool:
        """Asked once per request that carries drafts."""
        if self._kept_share.get(persona_id, 1.0) >= _BREAK_EVEN:
            return True
        self._skipped[persona_id] = self._skipped.get(persona_id, 0) + 1
        return self._skipped[persona_id] % _RETRY_EVERY == 0

    def observe(self, persona_id: str, *, checked: int, kept: int) -> None:
        before = self._kept_share.get(persona_id, 1.0)
        self._kept_share[persona_id] = before + _SMOOTHING * (kept / checked - before)
