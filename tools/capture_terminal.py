"""Takes the picture of the terminal in the README: the real program, the embedded model, a fresh home.

python tools/capture_terminal.py docs/terminal.svg
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from substrate.command_line import argument_parser
from substrate.end_signals import EndSignals
from substrate.interface.terminal.app import SubstrateApp
from substrate.interface.terminal.composer import Composer
from substrate.run import local_instance
from substrate.supervisor.fork_server import start_fork_server, stop_fork_server
from substrate.supervisor.home import HomeLock

SIZE = (132, 40)
KEY_INTERVAL_S = 0.03
PATIENCE_S = 120.0

CONVERSATION = (
    "My sister is called Oluwaseun",
    "/room code",
    "Hello!",
    "What is my sister called?",
)
"""What the person in the picture types, `/room` included."""


async def until(pilot: Pilot[int], is_true: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not is_true():
        if time.monotonic() > deadline_s:
            raise TimeoutError("the program did not come this far")
        await pilot.pause(0.05)


async def capture(app: SubstrateApp) -> str:
    """Hold the conversation; returns the picture as SVG."""
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: not app.query_one(Composer).disabled)
        for line in CONVERSATION:
            for character in line:
                app.query_one(Composer).insert(character)
                await pilot.pause(KEY_INTERVAL_S)
            await pilot.press("enter")
            if not line.startswith("/"):
                await until(pilot, lambda: app.is_answered)
            await pilot.pause(1.0)
        picture = app.export_screenshot(title="persona substrate")
        await pilot.press("ctrl+c")
        return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path)
    picture: Path = parser.parse_args().picture
    start_fork_server()
    try:
        with tempfile.TemporaryDirectory() as home:
            arguments = argument_parser().parse_args(["--home", home, "--stream", "--log-level", "error"])
            lock = HomeLock(Path(home))
            instance = local_instance(arguments, lock, time.monotonic(), None, EndSignals())
            try:
                picture.write_text(asyncio.run(capture(SubstrateApp(instance, "Joel"))), "utf-8")
            finally:
                instance.stop()
    finally:
        stop_fork_server()


if __name__ == "__main__":
    main()
