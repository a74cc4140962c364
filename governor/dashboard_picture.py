"""How the dashboard draws one snapshot: a line a region, with as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_PHASE_STYLES = {"active": "bold green", "idle": "yellow", "sleep": "dim"}
_PHASE_WORDS = {"sleep": "asleep"}
_AWAKE = ("ready", "ticking")
_BAR_CELLS = 6
_NAME_CELLS = 14
_GAP_CELLS = 2

Region = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Column:
    """One figure of a region. `need`: the lower, the sooner it is shown where there is little room."""

    head: str
    cells: int
    need: int
    draw: Callable[[Region], Text]
    justify: Literal["left", "right"] = "right"


def picture(seen: Mapping[str, Any], width: int) -> Group:
    """One snapshot of `governor.dashboard` in `width` cells."""
    regions: Mapping[str, Region] = seen["regions"]
    columns = _columns_that_fit(width - _NAME_CELLS)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, _GAP_CELLS, 0, 0), collapse_padding=True)
    table.add_column("region", no_wrap=True, min_width=_NAME_CELLS - _GAP_CELLS)
    for column in columns:
        table.add_column(column.head, no_wrap=True, justify=column.justify)
    for name, region in regions.items():
        table.add_row(Text(name, style="bold"), *(column.draw(region) for column in columns))
    return Group(*_head(seen), table, *_troubles(regions))


def _head(seen: Mapping[str, Any]) -> list[RenderableType]:
    """Who lives here, how awake the mind is, and the process that answers."""
    region: Region = next(iter(seen["regions"].values()), {})
    phase, service = str(region.get("phase", "active")), seen["service"]
    names = Text(", ".join(seen["personas"]) or "nobody", style="bold")
    state = Text.assemble(
        "mind ",
        (_PHASE_WORDS.get(phase, phase), _PHASE_STYLES.get(phase, "")),
        f" · pressure {region.get('pressure', 'nominal')} · {seen['events']} events · service ",
        (service["state"], "green" if service["state"] in _AWAKE else "red"),
        f", process {service['pid'] or '-'}",
        (f", {_times(service['restarts'])} restarted" if service["restarts"] else "", "yellow"),
    )
    return [names, state, Text("")]


def _troubles(regions: Mapping[str, Region]) -> list[RenderableType]:
    """What went wrong, most of it long since put right."""
    lines: list[RenderableType] = []
    for name, region in regions.items():
        if region["message"]:
            is_back = region["state"] in _AWAKE
            line = Text(f"{name}: {region['message']}", style="yellow" if is_back else "red")
            lines.append(line.append("; it is back" if is_back else ""))
    return lines


def _columns_that_fit(width: int) -> list[_Column]:
    """The most needed columns for which there is room, in the order in which they stand."""
    chosen: list[_Column] = []
    for column in sorted(_COLUMNS, key=lambda one: one.need):
        width -= column.cells + _GAP_CELLS
        if width < 0:
            break
        chosen.append(column)
    return [column for column in _COLUMNS if column in chosen]


def _state(region: Region) -> Text:
    return Text(region["state"], style="green" if region["state"] in _AWAKE else "red")


def _restarts(region: Region) -> Text:
    return Text(str(region["restarts"]), style="yellow" if region["restarts"] else "dim")


def _used(region: Region) -> Text:
    published = region["published"]
    return Text(f"{region['consumed'] / published:.0%}" if published else "-")


def _weight(region: Region) -> Text:
    """A weight of 1 fills a third: regions share what there is."""
    filled = min(_BAR_CELLS, round(region["weight"] * _BAR_CELLS / 3))
    bar = (("█" * filled, "cyan"), ("░" * (_BAR_CELLS - filled), "dim"))
    return Text.assemble(*bar, f" {region['weight']:.2f}")


def _ms(milliseconds: float | None) -> Text:
    return Text("-" if milliseconds is None else f"{milliseconds:.2f}")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


_COLUMNS = (
    _Column("state", 10, 0, _state, "left"),
    _Column("process", 7, 6, lambda region: Text(str(region["pid"] or "-"))),
    _Column("restarts", 8, 2, _restarts),
    _Column("tick ms", 7, 3, lambda region: _ms(region["last_tick_ms"])),
    _Column("longest", 7, 7, lambda region: _ms(region["longest_tick_ms"])),
    _Column("every s", 7, 4, lambda region: Text(f"{region['cadence_s']:.2f}")),
    _Column("published", 9, 8, lambda region: Text(str(region["published"]))),
    _Column("consumed", 8, 9, lambda region: Text(str(region["consumed"]))),
    _Column("used", 5, 1, _used),
    _Column("misses", 6, 10, lambda region: Text(str(region["misses"]))),
    _Column("weight", _BAR_CELLS + 5, 5, _weight, "left"),
)
