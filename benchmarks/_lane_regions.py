"""What do working regions cost the replies, and what do they themselves get meanwhile?

The regions are those of a real instance whose rooms are busy. It runs a scripted engine, so that all that
computes in it is the mind; the lane that is measured tells that instance's regions when it decodes, over the
same flag in shared memory as the persona service does.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks._instance import RunningInstance, running_instance
from benchmarks._lane_batching import Together, lane_together
from benchmarks._lane_setup import Bench, Figures, progress
from substrate.region.lane_flag import LANE_SPEC, LaneFlagWriter
from substrate.shm import ReadyBuffer, RunDirectory
from substrate.supervisor.home import find_instance
from substrate.supervisor.instance_view import InstanceView

PERSONAS = 8
MESSAGES_PER_S = 4.0
ROOMS = 4
_WARM_UP_MESSAGES = 12
_PATIENCE_S = 60.0


def regions_part(bench: Bench) -> Figures:
    """Tokens per second of 8 personas: no regions; regions that are told; regions that are not told."""
    flag = _Flag()
    done: dict[str, list[Together]] = {"without": [], "beside": [], "beside_untold": []}
    shares: dict[str, list[float]] = {"beside": [], "beside_untold": []}
    with bench.lane(on_busy=flag) as lane:
        for number in range(bench.rounds):
            progress(f"{PERSONAS} personas without regions, round {number + 1} of {bench.rounds}")
            done["without"].append(lane_together(lane, PERSONAS))
        with _busy_rooms() as mind:
            for number in range(bench.rounds):
                for name, tell in (("beside", mind.tell), ("beside_untold", _tell_nobody)):
                    progress(f"{name.replace('_', ', ')}, round {number + 1} of {bench.rounds}")
                    flag.tell = tell
                    before_s = mind.cpu_s()
                    one = lane_together(lane, PERSONAS)
                    shares[name].append((mind.cpu_s() - before_s) / one.all_s)
                    done[name].append(one)
            flag.tell = _tell_nobody
    figures = {
        f"regions.{name}_tokens_per_s": statistics.median(one.tokens_per_s for one in rounds)
        for name, rounds in done.items()
    }
    figures["regions.beside_over_without"] = (
        figures["regions.beside_tokens_per_s"] / figures["regions.without_tokens_per_s"]
    )
    for name, seen in shares.items():
        figures[f"regions.cores_used_{name}"] = statistics.median(seen)
    return figures


def _tell_nobody(is_busy: bool) -> None:
    pass


class _Flag:
    """The lane's `on_busy`, passed on to whoever is to be told at the time."""

    def __init__(self) -> None:
        self.tell: Callable[[bool], None] = _tell_nobody

    def __call__(self, is_busy: bool) -> None:
        self.tell(is_busy)


class _Mind:
    """The regions of a running instance."""

    def __init__(self, run: RunDirectory) -> None:
        self._view = InstanceView.attach(run)
        # The instance's own service has a scripted engine, which never says that it decodes.
        self._flag = LaneFlagWriter(ReadyBuffer.adopt(run.segment_name(LANE_SPEC.name)))
        pids = [region["pid"] for region in self._view.region_stats().values()]
        self._processes = [psutil.Process(pid) for pid in pids]

    def tell(self, is_busy: bool) -> None:
        self._flag.set(is_busy)

    def cpu_s(self) -> float:
        """CPU time that all regions have used so far."""
        return sum(sum(process.cpu_times()[:2]) for process in self._processes)

    def close(self) -> None:
        self._flag.close()
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
