"""What do working regions cost the replies, and what do they themselves get meanwhile?

The regions are those of a real instance whose rooms are busy. It runs a scripted engine, so that all that
computes in it is the mind; the lane that is measured tells that instance's regions when it decodes, and sees
whether they think, over the same words in shared memory as the persona service does.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks._instance import RunningInstance, running_instance
from benchmarks._lane_batching import lane_together
from benchmarks._lane_setup import Bench, Figures, progress
from substrate.inference.lane import LlamaLane
from substrate.region.contract import RegionId
from substrate.region.lane_flag import LANE_SPEC, LaneFlagWriter
from substrate.region.work_watch import WorkWatch
from substrate.shm import ReadyBuffer, RunDirectory
from substrate.supervisor.home import find_instance
from substrate.supervisor.instance_view import InstanceView

PERSONAS = 8
MESSAGES_PER_S = 4.0
ROOMS = 4
NEW = 24
"""Tokens of a reply: half of what the comparison of batches takes, so that a round is over in seconds."""
LONGEST_S = 90.0
"""After this many seconds beside regions no further round is begun."""
_WARM_UP_MESSAGES = 12
_PATIENCE_S = 60.0


def regions_part(bench: Bench) -> Figures:
    """Tokens per second of 8 personas on one lane, in three ways.

    `without` regions, before they are started and after they have ended; `beside` them, as in life; `untold`:
    beside regions that do not know that the lane decodes. The last two in turns, for at most LONGEST_S.
    """
    settings = replace(bench.settings, threads=None, flash_attention=True)
    neighbours = _Neighbours()
    measured: dict[str, list[_Round]] = {"without": [], "beside": [], "untold": []}

    def measure(name: str, effort: Callable[[], Effort]) -> None:
        progress(f"{PERSONAS} personas, regions: {name}, round {len(measured[name]) + 1}")
        measured[name].append(_round(lane, effort))

    with bench.lane(settings, on_busy=neighbours.tell, others_work=neighbours.are_working) as lane:
        measure("without", Effort)
        with _busy_rooms() as mind:
            neighbours.watch = mind.watch
            began_s = time.monotonic()
            for _ in range(bench.rounds):
                for name, flag in (("beside", mind.flag), ("untold", None)):
                    neighbours.flag = flag
                    measure(name, mind.effort)
                if time.monotonic() - began_s > LONGEST_S:
                    break
            neighbours.flag = neighbours.watch = None
        measure("without", Effort)
    figures: Figures = {"regions.rounds": len(measured["beside"])}
    for name, rounds in measured.items():
        figures |= {
            f"regions.{name}_tokens_per_s": statistics.median(one.tokens_per_s for one in rounds),
            f"regions.{name}_ticks_per_s": statistics.median(one.ticks_per_s for one in rounds),
            f"regions.{name}_cores_used": statistics.median(one.cores_used for one in rounds),
        }
    without = figures["regions.without_tokens_per_s"]
    figures["regions.beside_over_without"] = figures["regions.beside_tokens_per_s"] / without
    figures["regions.untold_over_without"] = figures["regions.untold_tokens_per_s"] / without
    return figures


class _Neighbours:
    """Whom the lane tells that it computes, and whom it looks at before a step; nobody at first."""

    def __init__(self) -> None:
        self.flag: LaneFlagWriter | None = None
        self.watch: WorkWatch | None = None

    def tell(self, is_busy: bool) -> None:
        if self.flag is not None:
            self.flag.set(is_busy)

    def are_working(self) -> bool:
        return self.watch is not None and self.watch.is_anyone_thinking()


@dataclass(frozen=True, slots=True)
class Effort:
    """What regions have done so far, or did in a time."""

    ticks: int = 0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Round:
    """Speed of the replies, and what the regions did meanwhile and while replies were settled."""

    tokens_per_s: float
    ticks_per_s: float
    cores_used: float


def _round(lane: LlamaLane, effort: Callable[[], Effort]) -> _Round:
    before = effort()
    one = lane_together(lane, PERSONAS, new_tokens=NEW)
    after = effort()
    return _Round(
        one.tokens_per_s, (after.ticks - before.ticks) / one.all_s, (after.cpu_s - before.cpu_s) / one.all_s
    )


class _Mind:
    """The regions of a running instance."""

    def __init__(self, run: RunDirectory) -> None:
        self._view = InstanceView.attach(run)
        # The instance's own service has a scripted engine, which never says that it decodes.
        self.flag = LaneFlagWriter(ReadyBuffer.adopt(run.segment_name(LANE_SPEC.name)))
        pids = [region["pid"] for region in self._view.region_stats().values()]
        self._processes = [psutil.Process(pid) for pid in pids]
        self.watch = WorkWatch(run, [RegionId(region) for region in self._view.instance.buffers])

    def effort(self) -> Effort:
        """Of all regions since they were started."""
        ticks = sum(region["ticks"] for region in self._view.region_stats().values())
        return Effort(ticks, sum(sum(process.cpu_times()[:2]) for process in self._processes))

    def close(self) -> None:
        self.flag.close()
        self.watch.close()
        self._view.close()


@contextmanager
def _busy_rooms() -> Iterator[_Mind]:
    """An instance in whose rooms somebody always writes; its regions have thought for a while already."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with running_instance(home, ("--model", "scripted:text=That is good to hear.")) as instance:
            found = find_instance(home)
            mind = _Mind(RunDirectory.open(found.run_directory))
            over, warm = threading.Event(), threading.Event()
            threads = (
                threading.Thread(target=_listen, args=(instance, warm)),
                threading.Thread(target=_chat, args=(instance, over)),
            )
            for thread in threads:
                thread.start()
            try:
                if not warm.wait(_PATIENCE_S):
                    raise RuntimeError(f"the instance did not answer {_WARM_UP_MESSAGES} messages")
                yield mind
            finally:
                mind.close()
                over.set()
                threads[1].join()
                assert instance.process.stdin is not None
                instance.process.stdin.close()
                threads[0].join()


def _listen(instance: RunningInstance, warm: threading.Event) -> None:
    """Its answers are counted and dropped: a full pipe would stop it."""
    replies = 0
    for line in instance.lines():
        replies += line["type"] == "reply"
        if replies >= _WARM_UP_MESSAGES:
            warm.set()


def _chat(instance: RunningInstance, over: threading.Event) -> None:
    stdin = instance.process.stdin
    assert stdin is not None
    number = 0
    while not over.wait(1 / MESSAGES_PER_S):
        number += 1
        message = {
            "type": "message",
            "channel": f"room{number % ROOMS}",
            "sender": "joel",
            "text": f"note {number}: the keeper of lamp {number % 17} saw ship {number % 31} pass",
            "id": f"m{number}",
        }
        stdin.write(json.dumps(message) + "\n")
        stdin.flush()
