"""How soon is a region done thinking about what I said? `python -m benchmarks.tick [--json]`

Each region runs in its real process, alone; the benchmark commits a message to the transcript, appends its
event and rings. `event_to_published` is the time from the append until the region's answer can be peeked at:
doorbell, host, tick, publish. `tick` is the region's own part of it. The region `nothing` only publishes a
number: its figures are the host's own cost.
"""

from __future__ import annotations

import sys
import threading

from benchmarks._measure import Percentiles, at_least_one, benchmark_arguments, print_result, print_table
from benchmarks._tick_stage import STAGED_IN, tick_stage

_WARM_UP = 30
_PAUSE_S = 0.005
"""Between two messages, so that the region is asleep when the next one comes, as in a conversation."""


def main() -> int:
    parser = benchmark_arguments("From an event to what a region published for it.")
    parser.add_argument("--messages", type=at_least_one, default=300)
    arguments = parser.parse_args()
    pause = threading.Event()
    figures: dict[str, object] = {}
    rows: list[list[object]] = []
    for region in STAGED_IN:
        answered_ns: list[int] = []
        ticks_ns: list[int] = []
        with tick_stage(region) as stage:
            for number in range(_WARM_UP + arguments.messages):
                took_ns = stage.message_to_published_ns()
                pause.wait(_PAUSE_S)
                if number >= _WARM_UP:
                    answered_ns.append(took_ns)
                    ticks_ns.append(stage.last_tick_ns())
        answered, ticks = Percentiles.of_ns(answered_ns), Percentiles.of_ns(ticks_ns)
        name = region.id.replace("-", "_")
        for what, percentiles in (("event_to_published", answered), ("tick", ticks)):
            figures |= {f"{name}.{what}.{key}": value for key, value in percentiles.as_json().items()}
        rows.append([region.id, answered.p50_us, answered.p99_us, ticks.p50_us, ticks.p99_us])
    print_table(
        f"microseconds, {arguments.messages} messages",
        ["region", "event to published p50", "p99", "tick p50", "p99"],
        rows,
    )
    print_result(figures, arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
