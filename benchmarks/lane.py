"""What does the lane save against `llama_cpp.Llama`, used as its users use it?

    python -m benchmarks.lane [--json] [--parts batching depth flash parking regions]

- `batching`: tokens per second of 8 and 12 personas together, against one after another in `Llama`.
- `depth`: the next turn at growing histories, with other memories at every turn, against the floor
  (`llama_decode` of the same new tokens at the same depth and settings) and against `Llama` with the memories
  at the top of the prompt.
- `flash`: such a turn with flash attention and without.
- `parking`: coming back from disk after a restart, against reading anew.
- `regions`: tokens per second beside working regions that are told, and that are not told, and without.

The model has random weights in the shape of Qwen2.5-0.5B: speed does not depend on what a model has learnt.
Every byte of its text is one token. The whole takes about ten minutes on two cores.
"""

from __future__ import annotations

import os

from benchmarks._lane_batching import batching_part
from benchmarks._lane_depth import depth_part, flash_part
from benchmarks._lane_parking import parking_part
from benchmarks._lane_regions import regions_part
from benchmarks._lane_setup import Bench, progress
from benchmarks._measure import at_least_one, benchmark_arguments, print_result, print_table
from benchmarks.random_model import QWEN_05B, TINY, cached_model

SHAPES = {shape.name: shape for shape in (QWEN_05B, TINY)}
PARTS = {
    "batching": batching_part,
    "depth": depth_part,
    "flash": flash_part,
    "parking": parking_part,
    "regions": regions_part,
}


def main() -> None:
    parser = benchmark_arguments("The lane against llama_cpp.Llama, used as its users use it.")
    parser.add_argument("--shape", choices=sorted(SHAPES), default=QWEN_05B.name)
    parser.add_argument("--threads", type=at_least_one, default=os.cpu_count() or 1, help="of both engines")
    parser.add_argument("--rounds", type=at_least_one, default=3, help="of each comparison of batches")
    parser.add_argument("--turns", type=at_least_one, default=5, help="at each depth of history")
    parser.add_argument("--depths", type=int, nargs="+", default=[0, 1000, 2000, 4000])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    progress(f"the model file of {arguments.shape}")
    bench = Bench(
        path=cached_model(SHAPES[arguments.shape]),
        threads=arguments.threads,
        rounds=arguments.rounds,
        turns=arguments.turns,
        depths=tuple(arguments.depths),
    )
    result: dict[str, object] = {"model": arguments.shape, "threads": arguments.threads}
    for part in arguments.parts:
        figures = PARTS[part](bench)
        print_table(part, ("figure", "value"), sorted(figures.items()))
        result |= figures
    print_result(result, arguments)


if __name__ == "__main__":
    main()
