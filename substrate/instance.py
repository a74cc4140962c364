"""What a running instance consists of: the plain values that the supervisor hands to every process.

Everything here pickles and is cheap to import: children receive it through the fork server.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from substrate.inference.protocol import Blend, Sampling
from substrate.region.contract import RegionSpec

SERVICE = "service"
"""The persona service's name: of its event ring, its socket and its process."""

GOVERNOR = "governor"
"""The governor's name: of its policy buffer and its doorbell."""


EMBEDDER = "embedder"
"""The name of the embedding model's process, where there is one."""


@dataclass(frozen=True, slots=True)
class PersonaSettings:
    """One persona as the personas file describes it, with the identity that its seed gives it.

    `channels` None: present in every channel. `blend`: the LoRA adapters that it speaks with.
    """

    persona_id: str
    name: str
    role: str
    about: str
    created_at_s: float
    channels: frozenset[str] | None = None
    sampling: Sampling = field(default_factory=Sampling)
    blend: Blend = ()


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which engine generates and with what: a file, a server, or a script.

    `scripted` is set only when the user asked for it by name. `url` is the base of an OpenAI chat API, with
    the model's name behind a `#` where the server has several. `adapters`: LoRA files that go with the
    model's, by the names that personas blend. `sampling` is how the model answers best; a persona's own
    settings go before it.
    """

    path: Path | None
    scripted: str | None = None
    url: str | None = None
    context_tokens: int | None = None
    gpu_layers: int = 0
    threads: int | None = None
    adapters: Mapping[str, Path] = field(default_factory=dict)
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class PhaseTimes:
    """Seconds without an event after which the mind is idle, then asleep; cadences per phase in seconds."""

    idle_after_s: float = 30.0
    sleep_after_s: float = 300.0
    active_cadence_s: float = 0.1
    idle_cadence_s: float = 1.0
    sleep_cadence_s: float = 10.0


@dataclass(frozen=True, slots=True)
class InstanceSpec:
    """One instance of the substrate, as every one of its processes sees it."""

    home: Path
    run_directory: Path
    """Holds the manifest, the lock, FIFOs and sockets (substrate.shm.RunDirectory)."""
    session: str
    """This boot's id; messages sent by clients are idempotent by (session, id)."""
    personas: tuple[PersonaSettings, ...]
    model: ModelSettings
    regions: tuple[RegionSpec, ...]
    embed_model: Path | None = None
    """A BERT-type GGUF that embeds texts; None: the embedded table does."""
    phases: PhaseTimes = PhaseTimes()
    log_file: Path | None = None
    """Where processes log; None: standard error."""
    log_level: int = logging.INFO
    stream_deltas: bool = False

    @property
    def transcript(self) -> Path:
        return self.home / "transcript.db"
