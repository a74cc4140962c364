"""How soon are the memories of what I said ready? `python -m benchmarks.publication [--json]`

Boots the real program with four personas, a room each; one of them remembers ten thousand messages. What is
said to her is timed from its commit to the transcript, by the stamp of its event, which follows at once,
until the hippocampus has published what she remembers for it, by the stamp of the buffer. Three times: with
the lane idle (a scripted engine, which computes nothing); with the embedded model, whose lane is idle when
the message comes and begins to read it in the same moment, as always; and while that lane decodes replies
of the others.

    idle.p50_ms, idle.p99_ms            commit to published, nothing is computed beside it
    reading.p50_ms, reading.p99_ms      the same while the lane reads the message
    decoding.p50_ms, decoding.p99_ms    the same while the lane decodes
    *.sent_p50_ms                       from before the message is written to the service's socket
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks._instance import running_instance
from benchmarks._measure import Percentiles, at_least_one, benchmark_arguments, print_result, print_table
from benchmarks._region_stage import await_intake
from benchmarks._service_client import ServiceClient, service_client
from benchmarks.recall import Chatter
from substrate.memory.prefetch import PREFETCH, decode_prefetch
from substrate.persona.description import PersonaDescription
from substrate.persona.identity import SEED_FILE, create_seed, persona_home
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import Batch, ClientId, TranscriptWriter
from substrate.region.contract import EventKind
from substrate.region.lane_flag import LANE_SPEC, LaneFlag
from substrate.region.roles import EVENT_RING
from substrate.shm import EventRing, ReadyBuffer, RunDirectory
from substrate.supervisor.home import find_instance

ENGRAMS = 10_000
MESSAGES = 100
LANES = ("idle", "reading", "decoding")
_PERSONA, _ROOM = "Paige", "kitchen"
_OTHERS = {"Ben": "garden", "Cleo": "attic", "Dara": "cellar"}
_APART_S = 240.0
"""Between two messages that are remembered; she exists for as long."""
_COMPUTES_NOTHING = "scripted:prefill_ms=50,text=Noted."
"""It takes its time all the same: the memories that are staged for a reply take the place of those that are
looked for, and an engine that answers at once has them staged before the look."""
_REPLY_TOKENS = 16
"""Of the persona that is asked: what is measured comes before."""
_BATCH = 512
_WARM_UP = 10
_PAUSE_S = 0.1
"""Between a reply and the next message, so that everybody has done what the last one gave them to do."""
_LOOK_S = 0.0005
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Publication:
    """One message; nanoseconds of the monotonic clock."""

    sent_ns: int
    committed_ns: int
    published_ns: int


class Room:
    """Somebody who talks to the persona and can look into the program's buffers."""

    def __init__(self, client: ServiceClient, run: RunDirectory, persona_id: str) -> None:
        self._client, self._key = client, (persona_id, _ROOM)
        self._events = EventRing.attach(run.segment_name(EVENT_RING))
        self._staged = ReadyBuffer.attach(run.segment_name(PREFETCH.name), observer=True)
        self._lane = LaneFlag(ReadyBuffer.attach(run.segment_name(LANE_SPEC.name), observer=True))
        self._chatter = Chatter(seed=11)

    def say(self, *, while_decoding: bool) -> Publication:
        """Say something when the lane decodes, or does not, and hear out what becomes of it."""
        _await(lambda: self._lane.is_decoding() == while_decoding)
        text = f"Do you remember {self._chatter.text(7)}?"
        sent_ns = time.monotonic_ns()
        self._client.say([_ROOM], text)
        row_id, committed_ns = self._committed(text)
        published_ns = self._published(row_id)
        for event in self._client.events():
            if event["type"] == "outcomes_done":
                break
        return Publication(sent_ns, committed_ns, published_ns)

    def close(self) -> None:
        for one in (self._events, self._staged, self._lane):
            one.close()

    def _committed(self, text: str) -> tuple[int, int]:
        found: list[tuple[int, int]] = []

        def is_there() -> bool:
            found.extend(
                (event.row_id, event.stamp_ns)
                for event in self._events.poll()
                if event.kind == EventKind.MESSAGE and event.channel == _ROOM and event.text == text
            )
            return bool(found)

        _await(is_there)
        return found[0]

    def _published(self, row_id: int) -> int:
        found: list[int] = []

        def is_there() -> bool:
            staged = self._staged.peek(self._key)
            if staged is not None and decode_prefetch(staged.value).for_row == row_id:
                found.append(staged.published_ns)
            return bool(found)

        _await(is_there)
        return found[0]


def main() -> int:
    parser = benchmark_arguments("From a message's commit to the publication of its memories.")
    parser.add_argument("--messages", type=at_least_one, default=MESSAGES)
    parser.add_argument("--engrams", type=at_least_one, default=ENGRAMS)
    parser.add_argument(
        "--lane", choices=LANES, nargs="+", default=LANES, help="what the lane does meanwhile"
    )
    arguments = parser.parse_args()
    measured = measure(arguments.engrams, arguments.messages, arguments.lane)
    rows: list[list[object]] = []
    figures: dict[str, object] = {"messages": arguments.messages, "engrams": arguments.engrams}
    for lane, publications in measured.items():
        taken = Percentiles.of_ns([one.published_ns - one.committed_ns for one in publications])
        since_sent = Percentiles.of_ns([one.published_ns - one.sent_ns for one in publications])
        figures |= {
            f"{lane}.p50_ms": taken.p50_us / 1000,
            f"{lane}.p99_ms": taken.p99_us / 1000,
            f"{lane}.sent_p50_ms": since_sent.p50_us / 1000,
        }
        rows.append([f"lane {lane}", taken.p50_us / 1000, taken.p99_us / 1000, since_sent.p50_us / 1000])
    print_table(
        f"ms from commit to published memories, {arguments.engrams:,} engrams",
        ["", "p50", "p99", "p50 since it was sent"],
        rows,
    )
    print_result(figures, arguments)
    return 0


def measure(engrams: int, messages: int, lanes: Collection[str] = LANES) -> dict[str, Sequence[Publication]]:
    """Publications beside an idle lane, one that reads the message, and one that decodes."""
    with tempfile.TemporaryDirectory() as folder:
        home, personas = Path(folder) / "home", Path(folder) / "personas.toml"
        personas.write_text(
            _entry(_PERSONA, _ROOM)
            + f"[persona.sampling]\nmax_tokens = {_REPLY_TOKENS}\n"
            + "".join(_entry(name, room) for name, room in _OTHERS.items())
        )
        persona_id, last_row = remember(home, engrams)
        measured: dict[str, Sequence[Publication]] = {}
        options = ["--personas", str(personas)]
        with (
            running_instance(home, [*options, "--model", _COMPUTES_NOTHING]),
            _room(home, persona_id) as room,
        ):
            await_intake(persona_home(home, persona_id) / "longterm.db", last_row)
            if "idle" in lanes:
                measured["idle"] = _say_all(room, messages, while_decoding=False)
        if {"reading", "decoding"}.isdisjoint(lanes):
            return measured
        with running_instance(home, options), _room(home, persona_id) as room:
            if "reading" in lanes:
                measured["reading"] = _say_all(room, messages, while_decoding=False)
            if "decoding" in lanes:
                with _others_talking(home):
                    measured["decoding"] = _say_all(room, messages, while_decoding=True)
    return measured


def _say_all(room: Room, messages: int, *, while_decoding: bool) -> Sequence[Publication]:
    """After some that only warm up."""
    said = []
    for _ in range(_WARM_UP + messages):
        time.sleep(_PAUSE_S)
        said.append(room.say(while_decoding=while_decoding))
    return said[_WARM_UP:]


def _entry(name: str, room: str) -> str:
    return f'[[persona]]\nname = "{name}"\nrole = "a companion"\nchannels = ["{room}"]\n'


def remember(home: Path, count: int) -> tuple[str, int]:
    """A home with a persona and a transcript of `count` messages, which she has still to take in: her id, and
    the last row."""
    seed = create_seed(
        home, PersonaDescription(_PERSONA, "a companion", "", frozenset({_ROOM})), enrolled=False
    )
    first_s = time.time() - count * _APART_S
    file = persona_home(home, seed.persona_id) / SEED_FILE
    held = json.loads(file.read_text())
    held["created_at"] = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(first_s - 1))
    file.write_text(json.dumps(held))
    transcript, chatter, row_id = TranscriptWriter(home / "transcript.db", "before"), Chatter(), 0
    for first in range(0, count, _BATCH):
        rows: list[tuple[TranscriptRow, ClientId | None]] = []
        for number in range(first, min(first + _BATCH, count)):
            message = chatter.message(number)
            row = transcript.new_row(
                channel=_ROOM,
                sender="joel",
                text=message.text,
                at_s=first_s + number * _APART_S,
                persona_id=None,
                in_reply_to=None,
            )
            rows.append((row, None))
            row_id = row.row_id
        with transcript.transaction():
            transcript.store(Batch(rows))
    transcript.close()
    return seed.persona_id, row_id


@contextmanager
def _room(home: Path, persona_id: str) -> Iterator[Room]:
    run = RunDirectory.open(find_instance(home).run_directory)
    with service_client(home) as client:
        room = Room(client, run, persona_id)
        try:
            yield room
        finally:
            room.close()


@contextmanager
def _others_talking(home: Path) -> Iterator[None]:
    """In the other rooms each reply is followed by the next message, so that the lane always decodes."""
    ends = threading.Event()

    def talk() -> None:
        chatter = Chatter(seed=12)
        with service_client(home, "others") as client:
            rooms = list(_OTHERS.values())
            room_of = dict(zip(client.say(rooms, chatter.text(8)), rooms, strict=True))
            for event in client.events():
                if event["type"] == "outcomes_done":
                    room = room_of.pop(event["in_reply_to"])
                    if not ends.is_set():
                        room_of[client.say([room], chatter.text(8))[0]] = room
                    elif not room_of:
                        return

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def _await(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"waited {_PATIENCE_S:g} s in vain")
        time.sleep(_LOOK_S)


if __name__ == "__main__":
    sys.exit(main())
