"""What does it cost while nobody talks to it? `python -m benchmarks.idle [--json]`

Boots the real program with 12 personas, waits until the mind sleeps, and adds up the CPU time that all of its
processes use in `--seconds`. `cpu_share` is that time over the seconds: 0.02 is 2 % of one core.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks._instance import RunningInstance, running_instance
from benchmarks._measure import benchmark_arguments, print_result, print_table

PERSONAS = 12
_ASLEEP_AFTER_S = 2.0
_PATIENCE_S = 120.0


def main() -> int:
    parser = benchmark_arguments("CPU time of all processes while 12 personas sleep.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--model", help="a GGUF file, or scripted:... (default: the embedded model)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        personas = Path(folder) / "personas.toml"
        personas.write_text(personas_toml(PERSONAS))
        options = ["--personas", str(personas), "--idle-after", "1", "--sleep-after", str(_ASLEEP_AFTER_S)]
        options += [] if arguments.model is None else ["--model", arguments.model]
        with running_instance(Path(folder) / "home", options) as instance:
            pause = threading.Event()
            _wait_asleep(instance, pause)
            names = _names(instance)
            before = cpu_times_s(instance.processes())
            pause.wait(arguments.seconds)
            after = cpu_times_s(instance.processes())
    used_s = {pid: after[pid] - before.get(pid, 0.0) for pid in after}
    rows = [(names.get(pid, "helper"), pid, seconds * 1000) for pid, seconds in used_s.items()]
    print_table(f"CPU time in {arguments.seconds:g} s of sleep", ["process", "pid", "ms"], rows)
    share = sum(used_s.values()) / arguments.seconds
    print(f"\nall together {share:.2%} of one core")
    print_result({"cpu_share": share, "personas": PERSONAS, "seconds": arguments.seconds}, arguments)
    return 0


def personas_toml(count: int) -> str:
    """A personas file with `count` personas in every channel."""
    return "\n".join(
        f'[[persona]]\nname = "Persona{number}"\nrole = "a companion"\n' for number in range(1, count + 1)
    )


def cpu_times_s(processes: Sequence[psutil.Process]) -> dict[int, float]:
    """User and system time of each process so far."""
    return {process.pid: sum(process.cpu_times()[:2]) for process in processes}


def _wait_asleep(instance: RunningInstance, pause: threading.Event) -> None:
    """Until the governor says that the mind sleeps, and a little longer for what was under way."""
    for _ in range(int(_PATIENCE_S)):
        if instance.ask("governor/status")["phase"] == "sleep":
            pause.wait(3.0)
            return
        pause.wait(1.0)
    raise RuntimeError(f"the mind did not fall asleep within {_PATIENCE_S:g} s")


def _names(instance: RunningInstance) -> dict[int, str]:
    names = {region["pid"]: region["name"] for region in instance.ready["regions"]}
    names[instance.ready["service_pid"]] = "persona service"
    names[instance.process.pid] = "main"
    return names


if __name__ == "__main__":
    sys.exit(main())
