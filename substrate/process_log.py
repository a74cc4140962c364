"""Logging alike in every process of an instance: one line format that says which process speaks."""

from __future__ import annotations

import logging
import sys
from pathlib import Path


def configure_logging(log_file: Path | None, process: str, level: int = logging.INFO) -> None:
    """Log to `log_file`, appended to by all processes, or to standard error; replaces earlier handlers."""
    handler: logging.Handler
    if log_file is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = logging.FileHandler(log_file, encoding="utf-8")
    handler.setFormatter(logging.Formatter(f"%(asctime)s {process} %(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
