"""No child outlives its supervisor for long, not even one that hangs.

Every child notices the supervisor's end in its own loop and leaves in order. This thread is for the one whose
loop does not come round any more: in a tick that never ends, with nobody left who would kill it.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import threading
import time

PATIENCE_S = 1.5
"""How long an orderly end may take; together with noticing it stays under 2 s."""


def start_orphan_guard() -> None:
    """Watch the supervisor from now on; costs nothing until it ends. Has it already, so does this process."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    ended = select.poll()
    ended.register(parent.sentinel, select.POLLIN)
    if ended.poll(0):
        os._exit(1)
    threading.Thread(target=_guard, args=(ended,), name="orphan-guard", daemon=True).start()


def _guard(ended: select.poll) -> None:
    ended.poll()
    time.sleep(PATIENCE_S)
    os._exit(1)
