"""Neither terminal nor lines: the instance runs for its other clients until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from substrate.end_signals import END_SIGNALS
from substrate.interface.instance_port import InstancePort

_log = logging.getLogger(__name__)


async def run_headless(instance: InstancePort) -> Exception | None:
    """Returns the error that ended it, None after a signal."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in END_SIGNALS:
        loop.add_signal_handler(number, stopped.set)
    stop: asyncio.Future[Any] = loop.create_task(stopped.wait())
    try:
        boot: asyncio.Future[Any] = loop.run_in_executor(None, instance.boot, _log.info)
        boot.add_done_callback(lambda ended: ended.exception())  # nobody asks when a signal came first
        await asyncio.wait({stop, boot}, return_when=asyncio.FIRST_COMPLETED)
        if not boot.done():
            return None
        summary = boot.result()
        _log.info("ready after %.1f s: %s", summary.boot_s, summary.as_dict())
        failed: asyncio.Future[Any] = loop.run_in_executor(None, instance.wait_failed)
        await asyncio.wait({stop, failed}, return_when=asyncio.FIRST_COMPLETED)
        error: Exception | None = failed.result() if failed.done() else None
        return error
    except Exception as error:
        _log.debug("the instance failed", exc_info=True)
        return error
    finally:
        await loop.run_in_executor(None, instance.stop)
