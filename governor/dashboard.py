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

from rich.box import SIMPLE
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from substrate.errors import SubstrateError
from substrate.run import default_home
from substrate.shm import RunDirectory, ShmError
from substrate.supervisor.home import find_instance
from substrate.supervisor.instance_view import InstanceView

REFRESH_S = 0.5

_PHASE_STYLES = {"active": "bold green", "idle": "yellow", "sleep": "dim"}
_BAR_CELLS = 9


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m governor.dashboard", description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, default=default_home(), help="the instance's home (%(default)s)")
    parser.add_argument("--once", action="store_true", help="print one snapshot as JSON and end")
    options = parser.parse_args(arguments)
    try:
        view = InstanceView.attach(RunDirectory.open(find_instance(options.home).run_directory))
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


def picture(seen: dict[str, Any]) -> Group:
    """One snapshot as a terminal shows it."""
    regions = seen["regions"]
    phase = next((region["phase"] for region in regions.values()), "active")
    pressure = next((region["pressure"] for region in regions.values()), "nominal")
    title = Text.assemble(
        (" ".join(seen["personas"]) or "nobody", "bold"),
        "  the mind is ",
        (phase, _PHASE_STYLES.get(phase, "")),
        f"  {seen['events']} events  pressure {pressure}  service {seen['service']['state']}",
        f" (process {seen['service']['pid']}, {seen['service']['restarts']} restarts)",
    )
    table = Table(box=SIMPLE, pad_edge=False)
    for column in ("region", "state", "process"):
        table.add_column(column, no_wrap=True)
    for column in ("restarts", "tick ms", "longest", "cadence s", "published", "consumed", "misses"):
        table.add_column(column, justify="right")
    table.add_column("weight", no_wrap=True)
    for name, region in regions.items():
        last_ms = region["last_tick_ms"]
        table.add_row(
            Text(name, style="bold"),
            Text(region["state"], style="green" if region["state"] in ("ready", "ticking") else "red"),
            str(region["pid"] or "-"),
            str(region["restarts"]),
            "-" if last_ms is None else f"{last_ms:.2f}",
            f"{region['longest_tick_ms']:.1f}",
            f"{region['cadence_s']:g}",
            str(region["published"]),
            str(region["consumed"]),
            str(region["misses"]),
            _bar(region["weight"]),
        )
    notes = [
        Text(f"{name}: {region['message']}", style="red")
        for name, region in regions.items()
        if region["message"]
    ]
    return Group(title, table, *notes)


def _bar(weight: float) -> Text:
    """A weight of 1 fills a third: regions share what there is."""
    cells = min(_BAR_CELLS, round(weight * _BAR_CELLS / 3))
    return Text.assemble(("█" * cells, "cyan"), ("░" * (_BAR_CELLS - cells), "dim"), f" {weight:.2f}")


def _watch(view: InstanceView) -> None:
    """Show the mind until the instance ends or Ctrl-C is pressed."""
    console = Console()
    pause = threading.Event()
    with Live(picture(snapshot(view)), console=console, screen=True, auto_refresh=False) as live:
        while view.is_live():
            live.update(picture(snapshot(view)), refresh=True)
            pause.wait(REFRESH_S)
    console.print("the instance has ended")


if __name__ == "__main__":
    sys.exit(main())
