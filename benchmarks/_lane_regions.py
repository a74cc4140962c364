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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks._instance import RunningInstance, running_instance
from benchmarks._lane_batching import lane_together
from benchmarks._lane_setup import Bench, Figures, progress
from substrate.inference.lane import LlamaLane
from substrate.inference.loading import thread_counts
from substrate.region.contract import RegionId
from substrate.region.lane_flag import LANE_SPEC, LaneFlagWriter
from substrate.region.work_watch import WorkWatch
from substrate.shm import ReadyBuffer, RunDirectory
from substrate.supervisor.home import find_instance
from substrate.supervisor.instance_view import InstanceView

PERSONAS = 8
MESSAGES_PER_S = 4.0
ROOMS = 4
_WARM_UP_MESSAGES = 12
_PATIENCE_S = 60.0


def regions_part(bench: Bench) -> Figures:
    """Tokens per second of 8 personas, in four ways.

    `without` regions; `beside` regions as in life; `untold`: beside regions that do not know that the lane
    decodes; `one_less`: beside regions, always with the threads that leave them a core.
    """
    sharing = replace(bench.settings, threads=None, flash_attention=True)
    leaving = replace(sharing, threads=thread_counts(None).beside)
    figures: Figures = {}
    with bench.lane(sharing) as lane:
        figures |= _measure("without", lane, bench.rounds, Effort)
    with _busy_rooms() as mind:
        ways = {
            "beside": bench.lane(sharing, on_busy=mind.flag.set, others_work=mind.watch.is_anyone_thinking),
            "untold": bench.lane(sharing, others_work=mind.watch.is_anyone_thinking),
            "one_less": bench.lane(leaving, on_busy=mind.flag.set),
        }
        for name, opening in ways.items():
            with opening as lane:
                figures |= _measure(name, lane, bench.rounds, mind.effort)
    figures["regions.beside_over_without"] = (
        figures["regions.beside_tokens_per_s"] / figures["regions.without_tokens_per_s"]
    )
    return figures


@dataclass(frozen=True, slots=True)
class Effort:
    """What regions have done so far, or did in a time."""

    ticks: int = 0
    cpu_s: float = 0.0


def _measure(name: str, lane: LlamaLane, rounds: int, effort: Callable[[], Effort]) -> Figures:
    """Speed of the replies, and what the regions did meanwhile and while replies were settled."""
    tokens_per_s, ticks_per_s, cores = [], [], []
    for number in range(rounds):
        progress(f"{PERSONAS} personas, regions: {name}, round {number + 1} of {rounds}")
        before = effort()
        one = lane_together(lane, PERSONAS)
        after = effort()
        tokens_per_s.append(one.tokens_per_s)
        ticks_per_s.append((after.ticks - before.ticks) / one.all_s)
        cores.append((after.cpu_s - before.cpu_s) / one.all_s)
    return {
        f"regions.{name}_tokens_per_s": statistics.median(tokens_per_s),
        f"regions.{name}_ticks_per_s": statistics.median(ticks_per_s),
        f"regions.{name}_cores_used": statistics.median(cores),
    }


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
