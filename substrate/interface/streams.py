"""Standard streams that belong to the frontend alone, whatever libraries and children print.

Both functions work on file descriptors and are called before any other process is started, so that children
inherit where the rest goes.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STDIN, STDOUT, STDERR = 0, 1, 2


def claim_output() -> int:
    """A descriptor of the real standard output; from here on, descriptor 1 is standard error."""
    real_output = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    return real_output


@contextmanager
def claim_screen(log_file: Path) -> Iterator[None]:
    """Within this, only the terminal program draws: descriptors 1 and 2 append to `log_file`.

    `sys.__stdout__` and `sys.__stderr__`, on which Textual draws and asks for the size, keep the terminal.
    """
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    screen, output = os.dup(STDERR), os.dup(STDOUT)
    before = sys.__stdout__, sys.__stderr__
    with io.TextIOWrapper(io.BufferedWriter(_Terminal(screen, "w", closefd=False)), "utf-8") as stream:
        os.dup2(log, STDOUT)
        os.dup2(log, STDERR)
        sys.__stdout__ = sys.__stderr__ = stream  # type: ignore[misc]  # what Textual knows as the terminal
        try:
            yield
        finally:
            stream.flush()
            sys.__stdout__, sys.__stderr__ = before  # type: ignore[misc]  # see above
            os.dup2(screen, STDERR)
            os.dup2(output, STDOUT)
            for descriptor in (log, screen, output):
                os.close(descriptor)


class _Terminal(io.FileIO):
    """Swallows what a closed terminal can no longer show: drawing must not fail while the program ends."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return len(data)
