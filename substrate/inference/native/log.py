"""What llama.cpp complained of last: the only place where it says why it refused something."""

from __future__ import annotations

import atexit
import ctypes
import functools
from collections import deque

import llama_cpp.llama_cpp as llama

_WARN, _ERROR, _CONTINUED = 3, 4, 5
_LOG_LINES: deque[str] = deque(maxlen=64)


def _keep_log_line(level: int, text: bytes, _: object) -> None:
    if level in (_WARN, _ERROR, _CONTINUED):
        _LOG_LINES.append(text.decode("utf-8", "replace"))


# llama.cpp has one log per process and calls this object from native code: it must live as long as that.
_LOG_CALLBACK = llama.llama_log_callback(_keep_log_line)
# What nobody freed is freed while the interpreter is taken down, and llama.cpp says so, when
# Python cannot listen any more. Registered on import: whatever ends a lane in order comes before it.
atexit.register(llama.llama_log_set, llama.llama_log_callback(), ctypes.c_void_p(0))


def last_log_lines(count: int = 3) -> str:
    """llama.cpp's own last complaints in one line, oldest first; empty when it said nothing."""
    lines = [line.strip() for line in "".join(_LOG_LINES).splitlines()]
    return "; ".join([line for line in lines if line][-count:])


def is_about_memory(said: str) -> bool:
    """Whether llama.cpp complains that it was not given memory."""
    folded = said.casefold()
    return any(word in folded for word in ("alloc", "out of memory", "cannot reserve", "failed to reserve"))


def clear_log() -> None:
    """Forget earlier complaints, so that `last_log_lines` speaks of what is tried next."""
    _LOG_LINES.clear()


@functools.cache
def start_backend() -> None:
    """Once per process, before anything else: start llama.cpp and listen to it."""
    llama.llama_log_set(_LOG_CALLBACK, ctypes.c_void_p(0))
    llama.llama_backend_init()
