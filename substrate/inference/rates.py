"""How fast this model reads and writes on this machine, measured on the work it does anyway."""

from __future__ import annotations

from substrate.inference.protocol import Rates

_SMOOTHING = 0.2
ENOUGH_ROWS = 32
"""Prompt rows below which a step says more about its fixed cost than about the prefill rate."""


class RateMeter:
    """Exponential moving averages over the lane's steps."""

    def __init__(self) -> None:
        self._prefill = 0.0
        self._decode = 0.0

    @property
    def rates(self) -> Rates:
        return Rates(self._prefill, self._decode)

    def observe(self, *, prompt_rows: int, decode_rows: int, duration_s: float, turns: int = 1) -> None:
        """One step of those that `turns` adapter blends take in turn. The decode rate is that of each
        sequence, however many decode together."""
        if duration_s <= 0.0:
            return
        if decode_rows == 0 and prompt_rows >= ENOUGH_ROWS:
            self._prefill = _smoothed(self._prefill, prompt_rows / duration_s)
        elif decode_rows > 0 and prompt_rows == 0:
            self._decode = _smoothed(self._decode, 1.0 / (turns * duration_s))


def _smoothed(average: float, measured: float) -> float:
    return measured if average == 0.0 else average + _SMOOTHING * (measured - average)
