"""The terminal: a chat and a live view of the mind. Imported only when a terminal is wanted."""

from substrate.interface.terminal.app import run_terminal

__all__ = ["run_terminal"]
