"""The colours of the terminal: a quiet dark room with one warm light."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="substrate",
    dark=True,
    background="#0e1016",
    surface="#141720",
    panel="#1b1f2b",
    foreground="#d9dce6",
    primary="#8ab4f8",
    secondary="#b9a5f0",
    accent="#f0b67f",
    success="#8ccf9f",
    warning="#efc777",
    error="#ec8a8a",
    variables={"border": "#343b4d", "dim": "#a0a7b8", "faint": "#7f879b"},
)

DIM = "#a0a7b8"
"""Times, units and hints."""
FAINT = "#7f879b"
"""What one may overlook, still at a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3) on background and surface."""
RULE = "#3d4559"
"""Lines between things: never text."""
PERSON = "#f0b67f"
PERSONA = "#8ab4f8"
GOOD = "#8ccf9f"
BUSY = "#efc777"
BAD = "#ec8a8a"
TEXT = "#d9dce6"
