"""The mind at work, in a terminal of its own: `python -m governor.dashboard [--home DIR] [--once]`.

Attaches to a running instance as an observer: it reads what the processes publish anyway, counts nothing and
asks nobody, so watching does not change what is watched. `--once` prints one snapshot as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from governor.dashboard_picture import picture
from substrate.command_line import home_of
from substrate.errors import SubstrateError
from substrate.shm import RunDirectory, ShmError
from substrate.supervisor.home import find_instance
from substrate.supervisor.instance_view import InstanceView

REFRESH_S = 0.5

_WHAT = "Shows the mind of a running instance at work. Ctrl-C ends it; the instance does not notice."


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m governor.dashboard", description=_WHAT)
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="the instance's home (default: the platform's folder for data)",
    )
    parser.add_argument("--once", action="store_true", help="print one snapshot as JSON and end")
    options = parser.parse_args(arguments)
    if not options.once and not sys.stdout.isatty():
        print("this is not a terminal (--once prints a snapshot as JSON)", file=sys.stderr)
        return 1
    try:
        view = InstanceView.attach(RunDirectory.open(find_instance(home_of(options)).run_directory))
    except (SubstrateError, ShmError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        if options.once:
            print(json.dumps(snapshot(view)))
        else:
            _watch(view)
    except KeyboardInterrupt:
        pass
    finally:
        view.close()
    return 0


def snapshot(view: InstanceView) -> dict[str, Any]:
    """Everything at one moment, in JSON's types."""
    instance = view.instance
    return {
        "session": instance.session,
        "home": instance.home,
        "supervisor_pid": instance.supervisor_pid,
        "personas": list(instance.personas),
        "events": view.events(),
        "service": view.service_stats(),
        "regions": view.region_stats(),
    }


def _watch(view: InstanceView) -> None:
    """Show the mind until the instance ends or Ctrl-C is pressed."""
    console = Console()
    pause = threading.Event()
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while view.is_live():
            live.update(picture(snapshot(view), console.width), refresh=True)
            pause.wait(REFRESH_S)
    console.print("the instance has ended")


if __name__ == "__main__":
    sys.exit(main())
