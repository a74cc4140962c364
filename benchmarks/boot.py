"""How long until I can talk to it, and what does it cost? `python -m benchmarks.boot [--json]`

Boots the real program on a fresh home, with the embedded model unless `--model` names another, once to warm
the caches and then `--runs` times. `ready_s` is the median time from the start of the process to its `ready`:
the model is loaded and warm, every region has ticked. Private memory (USS) is what a region's process has to
itself: what it shares with the fork server is paid once.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import psutil

from benchmarks._instance import running_instance
from benchmarks._measure import at_least_one, benchmark_arguments, print_result, print_table

_MB = 1e6


def main() -> int:
    parser = benchmark_arguments("Time from start to ready, and the memory of each process.")
    parser.add_argument("--runs", type=at_least_one, default=5)
    parser.add_argument("--model", help="a GGUF file, or scripted:... (default: the embedded model)")
    arguments = parser.parse_args()
    options = [] if arguments.model is None else ["--model", arguments.model]
    times_s: list[float] = []
    private_mb: dict[str, list[float]] = {}
    for run in range(arguments.runs + 1):
        with tempfile.TemporaryDirectory() as home, running_instance(Path(home), options) as instance:
            if run == 0:
                continue
            times_s.append(instance.ready_s)
            pids = {region["name"]: region["pid"] for region in instance.ready["regions"]}
            pids["persona service"] = instance.ready["service_pid"]
            pids["main"] = instance.process.pid
            for name, pid in pids.items():
                uss_bytes = psutil.Process(pid).memory_full_info().uss
                private_mb.setdefault(name, []).append(uss_bytes / _MB)
    medians_mb = {name: statistics.median(values) for name, values in private_mb.items()}
    regions_mb = {name: mb for name, mb in medians_mb.items() if name not in ("persona service", "main")}
    print_table("boot to ready, seconds", ["run", "s"], list(enumerate(times_s, 1)))
    print_table("private memory right after boot", ["process", "MB"], sorted(medians_mb.items()))
    print_result(
        {
            "ready_s": statistics.median(times_s),
            "ready_s_worst": max(times_s),
            "private_mb_per_region_max": max(regions_mb.values()),
            **{
                f"private_mb.{name.replace(' ', '_').replace('-', '_')}": mb
                for name, mb in medians_mb.items()
            },
        },
        arguments,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
