"""What a brain region is: the contract between the thinking and everything around it.

A region is one process that serves all personas. It never waits for anybody and nobody waits for it: it is
woken by events or by its cadence, thinks for at most the time that it is given, and leaves its results in
ready buffers. Scheduling, telemetry, pressure, restart and buffers are the region host's work, so that a new
region is one file in which only the thinking is written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any, ClassVar, NewType, Protocol

RegionId = NewType("RegionId", str)
"""The region's name as shown and used in segment names: lower case, at most 14 characters."""


class MemoryClass(Enum):
    """How much memory a region needs."""

    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"
    VRAM_SENSITIVE = "vram-sensitive"


class ComputeClass(Enum):
    """What kind of work a tick is."""

    BOOKKEEPING = "bookkeeping"
    CPU = "cpu"
    CPU_VECTORIZED = "cpu-vectorized"
    INFERENCE_LIGHT = "inference-light"
    INFERENCE_HEAVY = "inference-heavy"


class PressureLevel(IntEnum):
    """How short of resources the host is."""

    NOMINAL = 0
    MODERATE = 1
    HIGH = 2
    CRITICAL = 3


class CadenceHint(Enum):
    """A region's wish; the governor decides."""

    FASTER = "faster"
    HOLD = "hold"
    SLOWER = "slower"
    SLEEP = "sleep"


class Phase(IntEnum):
    """How awake the whole mind is, from the time since the last event."""

    ACTIVE = 0
    IDLE = 1
    SLEEP = 2


class RegionSignal(Enum):
    """Something changed that is not an event of the conversation."""

    PERSONA_CREATED = "persona-created"
    PERSONA_DESTROYED = "persona-destroyed"
    SLEEP_PHASE_CHANGED = "sleep-phase-changed"
    SYSTEM_PRESSURE_CHANGED = "system-pressure-changed"


@dataclass(frozen=True, slots=True)
class PressureProfile:
    """What a region costs and what it responds to."""

    memory: MemoryClass
    compute: ComputeClass
    responds_to: frozenset[RegionSignal] = frozenset()


class Reader(Enum):
    """Whose reads of a buffer say that it is of use; those of others are looks, and count nothing."""

    TURNS = "turns"
    """The persona service, in a turn."""
    REGIONS = "regions"
    """Other regions, which make of it what turns use."""


@dataclass(frozen=True, slots=True)
class BufferSpec:
    """One ready buffer that a region writes. The supervisor creates its segment, with role `name`."""

    name: str
    keys: int = 256
    value_bytes: int = 4096
    versions: int = 4
    reader: Reader = Reader.TURNS


@dataclass(frozen=True, slots=True)
class PersonaProfile:
    """What regions know of a persona: who it is, where it is present (`channels` None: everywhere), and when
    it was not there."""

    persona_id: str
    name: str
    created_at_s: float
    channels: frozenset[str] | None = None
    absences: tuple[tuple[int, int | None], ...] = ()
    """Each from behind a transcript row up to one, None while it is not back."""

    def is_present_in(self, channel: str) -> bool:
        return self.channels is None or channel in self.channels


class EventKind(IntEnum):
    """The kinds of events on the ring of the persona service. `row_id` is the transcript row it is about."""

    BLANK = 0
    """Nothing happened: it overwrites what is to be forgotten. Regions never see it."""
    MESSAGE = 1
    """A person's message was committed."""
    REPLY = 2
    """A persona's reply was committed; `sender` is the persona's name."""
    TYPING = 3
    """Somebody is typing; `text` is what stands there so far, `row_id` is 0."""
    REACTION = 4
    """A reaction to the row; `text` is the emoji."""
    WITHDRAWN = 5
    """The row was hidden (edited, regenerated, forgotten): whatever was made of it has to go."""
    PERSONA = 6
    """A persona was created or destroyed; the list of personas must be read again."""
    RECALLED = 7
    """The prompt for `row_id` showed engrams to the persona `sender`; `text` is their ids, with commas. Those
    that the reply used stand there a second time. Many ids come in several events."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a region sees it; `text` is whole (from the transcript if the ring had no room)."""

    seq: int
    kind: EventKind
    row_id: int
    channel: str
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What the governor allows: written by it alone, read before each tick.

    `budget_s` is the soft limit of a tick. `event_ticks_only`, set on small hosts: while the lane decodes,
    only ticks for events, of at most 2 ms. In a tick's context it says whether that holds now.
    """

    version: int = 0
    phase: Phase = Phase.ACTIVE
    pressure: PressureLevel = PressureLevel.NOMINAL
    cadence_s: float = 0.1
    budget_s: float = 0.1
    weight: float = 1.0
    event_ticks_only: bool = False


@dataclass(frozen=True, slots=True)
class TickOutcome:
    """What a tick did, in the region's own words; telemetry counts what was published and consumed itself."""

    published: int = 0
    pressure: PressureLevel = PressureLevel.NOMINAL
    hint: CadenceHint = CadenceHint.HOLD


@dataclass(frozen=True, slots=True)
class RegionTelemetry:
    """One tick, as the governor reads it. Durations in seconds, `started_at_ns` monotonic."""

    region: RegionId
    persona: str
    tick: int
    started_at_ns: int
    duration_s: float
    published: int
    consumed_since_last: int
    misses_since_last: int
    pressure: PressureLevel
    hint: CadenceHint = CadenceHint.HOLD
    failures: int = 0
    """Ticks that raised since the process started, this one included."""

    @property
    def consumption_fraction(self) -> float | None:
        """The share of what was published that was peeked at; None when nothing was published."""
        return self.consumed_since_last / self.published if self.published else None


Command = Callable[[Mapping[str, Any]], Any]
"""Handles one command's `params` and returns its `data` (anything msgpack encodes); raises SubstrateError."""


@dataclass(frozen=True, slots=True)
class RegionEnvironment:
    """What a region is given once, before its first tick."""

    home: Path
    transcript: Path
    """The transcript's SQLite file, read through substrate.persona.transcript.TranscriptReader."""
    personas: tuple[PersonaProfile, ...]
    embed_model: Path | None = None
    """The embedding model's file, for the process that loads it; None: there is none."""
    embedder: Path | None = None
    """The socket of that process, for everybody else."""

    def persona_home(self, persona_id: str) -> Path:
        """The folder of one persona's files (seed.json, longterm.db)."""
        return self.home / "personas" / persona_id


class RegionContext(Protocol):
    """What a tick may use. Valid during the tick only."""

    tick: int
    personas: tuple[PersonaProfile, ...]
    events: tuple[Event, ...]
    """New events since the last tick, oldest first."""
    lost_events: int
    """Events that the ring overwrote before they were read: catch up from the transcript."""
    policy: Policy

    def remaining_s(self) -> float:
        """Seconds until the soft deadline; negative when past it."""
        ...

    def publish(self, buffer: str, key: tuple[str, ...], value: Any) -> int:
        """Publish into one of this region's own buffers; evicts the stale before reporting BufferFull."""
        ...

    def scrub(self, buffer: str) -> None:
        """Empty one of this region's own buffers and overwrite what stood there: it is to be forgotten."""
        ...

    def peek(self, buffer: str, key: tuple[str, ...]) -> Any | None:
        """The freshest value another region published, or None; never waits.

        Counts as use where the buffer is made for regions.
        """
        ...


class BrainRegion(ABC):
    """One cognitive faculty. Instances are created in the region's own process, with no arguments."""

    id: ClassVar[RegionId]
    pressure: ClassVar[PressureProfile]
    buffers: ClassVar[tuple[BufferSpec, ...]] = ()
    wakes_on: ClassVar[frozenset[EventKind]] = frozenset(EventKind)
    """The events that ring this region's doorbell; others wait for the next tick."""
    follows: ClassVar[frozenset[str]] = frozenset()
    """Buffers of other regions that this one builds on. Events that ring their writer's doorbell ring this
    region's when the writer has ticked, and not before."""
    hard_limit_s: ClassVar[float] = 5.0
    """A tick that takes longer is killed, with its process."""

    def open(self, environment: RegionEnvironment) -> None:  # noqa: B027 - optional hook
        """Load what is needed before the first tick. Called once, in the region's process."""

    @abstractmethod
    def tick(self, ctx: RegionContext) -> TickOutcome:
        """One round of work."""

    def on_signal(self, signal: RegionSignal) -> None:  # noqa: B027 - optional hook
        """React to a change of the surroundings."""

    def commands(self) -> Mapping[str, Command]:
        """Commands that this region answers (`memory/recall`), served between ticks."""
        return {}

    def close(self) -> None:  # noqa: B027 - optional hook
        """Release files and connections. Called on an orderly end only: a kill must not lose anything."""


@dataclass(frozen=True, slots=True)
class RegionSpec:
    """A region class as other processes see it, without importing it."""

    id: RegionId
    class_path: str
    """`module:Class`, imported only in the region's own process (and by the one place that wires)."""
    buffers: tuple[BufferSpec, ...]
    wakes_on: frozenset[EventKind]
    hard_limit_s: float
    follows: frozenset[str] = frozenset()

    @classmethod
    def of(cls, region: type[BrainRegion]) -> RegionSpec:
        return cls(
            region.id,
            f"{region.__module__}:{region.__qualname__}",
            region.buffers,
            region.wakes_on,
            region.hard_limit_s,
            region.follows,
        )

    def is_behind(self, other: RegionSpec) -> bool:
        """Whether this region builds on what the other publishes."""
        return any(buffer.name in self.follows for buffer in other.buffers)
