"""Figures as they are shown: short, with a unit, and of a width that does not jump while they change."""

from __future__ import annotations

_BLOCKS = "▁▂▃▄▅▆▇█"


def duration_text(seconds: float | None) -> str:
    """`0.8 µs`, `210 µs`, `3.1 ms`, `160 ms`, `2.4 s`, `3 min`; a dash for what was not measured."""
    if seconds is None or seconds < 0:
        return "–"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs" if seconds >= 1e-5 else f"{seconds * 1e6:.1f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms" if seconds >= 1e-2 else f"{seconds * 1e3:.1f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def count_text(count: float) -> str:
    """`950`, `12.4k`, `3.1M`."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            return f"{count / limit:.1f}{unit}"
    return f"{count:.0f}"


def share_text(share: float | None) -> str:
    """A fraction from 0 to 1 as a percentage."""
    return "–" if share is None else f"{share * 100:.0f} %"


def bar_text(share: float, width: int) -> str:
    """A horizontal bar of `width` cells, filled to `share` (0 to 1)."""
    filled = round(max(0.0, min(1.0, share)) * width)
    return "━" * filled + "╌" * (width - filled)


def sparkline_text(values: list[float], width: int) -> str:
    """The newest `width` values as block characters, the highest of them as the full block."""
    shown = values[-width:]
    top = max(shown, default=0.0) or 1.0
    blocks = "".join(
        _BLOCKS[min(len(_BLOCKS) - 1, int(value / top * len(_BLOCKS)))] if value > 0 else " "
        for value in shown
    )
    return blocks.rjust(width)
