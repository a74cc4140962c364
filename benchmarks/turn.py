"""What does the substrate itself cost a turn? `python -m benchmarks.turn [--json]`

Boots the real program with 2, 4, 8 and 12 personas, a channel each, and an engine that answers by the clock.
Every round releases one message to each persona at once, over the service's socket. The overhead of a turn is
the time from reading the message to announcing the reply, less the time inside the engine's `generate` by its
own clock; the service measures it and puts it into every reply. All regions and the governor are alive.

    personas_N.mean_overhead_ms    over all turns of all rounds
    personas_N.worst_overhead_ms   each round's slowest turn, median over the rounds
"""

from __future__ import annotations

import statistics
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._instance import running_instance
from benchmarks._measure import at_least_one, benchmark_arguments, print_result, print_table
from benchmarks._service_client import ServiceClient, service_client

PERSONAS = (2, 4, 8, 12)
WARM_UP_ROUNDS = 5
ROUNDS = 20
ENGINE = "scripted:prefill_ms=5,delay_ms=20,text=That is good to hear."
_PAUSE_S = 0.05
"""Between two rounds: the regions finish what the last one gave them to do."""

_SAID = (
    "My sister Oluwaseun starts her new job in Leeds on Monday.",
    "Did you hear what happened at the allotment last night?",
    "I think I will repaint the kitchen, maybe a warm yellow.",
    "What was the name of that cafe by the canal?",
    "Remind me, when does my sister start?",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Overheads in milliseconds: one list a round, one figure a turn."""

    rounds: Sequence[Sequence[float]]
    late_binding: dict[str, int]

    @property
    def mean_ms(self) -> float:
        return statistics.fmean(overhead for round_ in self.rounds for overhead in round_)

    @property
    def worst_ms(self) -> float:
        return statistics.median(max(round_) for round_ in self.rounds)

    @property
    def fresh_share(self) -> float:
        """Of the turns since the start, those whose memories were recalled for their own message in time."""
        return self.late_binding["hit"] / max(1, sum(self.late_binding.values()))


def overheads_of_round(client: ServiceClient, number: int, personas: int) -> list[float]:
    """Release a message to each persona; returns the overheads of their replies, in milliseconds."""
    client.say([f"room{persona}" for persona in range(personas)], _SAID[number % len(_SAID)])
    overheads: list[float] = []
    open_messages = personas
    for event in client.events():
        if event["type"] == "reply":
            overheads.append(event["latency"]["substrate_us"] / 1000)
        elif event["type"] in ("error", "silence"):
            raise RuntimeError(f"a message was not answered: {event}")
        elif event["type"] == "outcomes_done":
            open_messages -= 1
            if open_messages == 0:
                break
    return overheads


def main() -> int:
    parser = benchmark_arguments("The substrate's own cost of a turn, with 2, 4, 8 and 12 personas.")
    parser.add_argument("--rounds", type=at_least_one, default=ROUNDS)
    arguments = parser.parse_args()
    measured = {personas: measure(personas, arguments.rounds) for personas in PERSONAS}
    print_table(
        "substrate's cost of a turn, in ms (engine's time taken out)",
        ["personas", "mean", "worst of a round", "memories fresh"],
        [(str(count), one.mean_ms, one.worst_ms, one.fresh_share) for count, one in measured.items()],
    )
    result: dict[str, object] = {"rounds": arguments.rounds}
    for count, one in measured.items():
        result[f"personas_{count}.mean_overhead_ms"] = one.mean_ms
        result[f"personas_{count}.worst_overhead_ms"] = one.worst_ms
        result[f"personas_{count}.fresh_share"] = one.fresh_share
    print_result(result, arguments)
    return 0


def measure(personas: int, rounds: int) -> Measured:
    """Boot the program and drive it."""
    pause = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        file = Path(folder) / "personas.toml"
        file.write_text(personas_toml(personas))
        options = ["--personas", str(file), "--model", ENGINE]
        with running_instance(home, options) as instance, service_client(home) as client:
            overheads = []
            for number in range(WARM_UP_ROUNDS + rounds):
                overheads.append(overheads_of_round(client, number, personas))
                pause.wait(_PAUSE_S)
            status = instance.ask("persona/status")
    return Measured(overheads[WARM_UP_ROUNDS:], status["turns"]["late_binding"])


def personas_toml(count: int) -> str:
    """A personas file in which everybody has a channel of its own."""
    return "\n".join(
        f'[[persona]]\nname = "Persona{number}"\nrole = "a companion"\nchannels = ["room{number}"]\n'
        for number in range(count)
    )


if __name__ == "__main__":
    raise SystemExit(main())
