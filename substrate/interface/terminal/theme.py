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
    variables={"footer-key-foreground": "#f0b67f", "border": "#2a3040"},
)

DIM = "#8c93a6"
"""Times, units and hints."""
FAINT = "#5d6579"
"""Rules and what is asleep."""
PERSON = "#f0b67f"
PERSONA = "#8ab4f8"
GOOD = "#8ccf9f"
BUSY = "#efc777"
BAD = "#ec8a8a"
TEXT = "#d9dce6"
