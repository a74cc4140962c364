"""Real regions, each in its own process, on a stage of their own: the benchmark plays the persona service."""

from __future__ import annotations

import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from substrate.instance import InstanceSpec, ModelSettings, PersonaSettings
from substrate.persona.region_port import Happening, RegionPort
from substrate.persona.transcript import TranscriptRow
from substrate.persona.transcript_writer import Batch, TranscriptWriter
from substrate.region.contract import BrainRegion, EventKind, RegionSpec
from substrate.shm import ReadyBuffer, RunDirectory
from substrate.supervisor.child import region_child
from substrate.supervisor.fork_server import context, start_fork_server
from substrate.supervisor.segments import create_segments

CHANNEL = "general"
_PATIENCE_S = 60.0
_INTAKE_S = 240.0


class RegionStage:
    """One persona, one channel, a transcript, and regions that wait for `start`."""

    def __init__(
        self, run: RunDirectory, home: Path, regions: Sequence[type[BrainRegion]], persona: str
    ) -> None:
        self.persona = PersonaSettings(str(uuid.uuid4()), persona, "a friend", "", 0.0)
        self.spec = InstanceSpec(
            home,
            run.path,
            "bench",
            (self.persona,),
            ModelSettings(None, "none"),
            tuple(RegionSpec.of(region) for region in regions),
        )
        self._run = run
        self.memory = home / "personas" / self.persona.persona_id / "longterm.db"
        self.memory.parent.mkdir(parents=True)
        create_segments(run, self.spec)
        self._transcript = TranscriptWriter(self.spec.transcript, self.spec.session)
        self._port = RegionPort(self.spec)
        self._buffers: list[ReadyBuffer] = []
        self._processes = [
            context().Process(target=region_child, args=(self.spec, region), daemon=True)
            for region in self.spec.regions
        ]

    def start(self) -> None:
        for process in self._processes:
            process.start()

    def buffer(self, role: str, *, observer: bool = False) -> ReadyBuffer:
        """One of the instance's buffers, open as long as the stage."""
        buffer = ReadyBuffer.attach(self._run.segment_name(role), observer=observer)
        self._buffers.append(buffer)
        return buffer

    def commit(
        self, sender: str, text: str, at_s: float, in_reply_to: TranscriptRow | None = None
    ) -> TranscriptRow:
        """Write a message into the transcript; the persona's if it is the sender."""
        row = self._transcript.new_row(
            channel=CHANNEL,
            sender=sender,
            text=text,
            at_s=at_s,
            persona_id=self.persona.persona_id if sender == self.persona.name else None,
            in_reply_to=None if in_reply_to is None else in_reply_to.row_id,
        )
        with self._transcript.transaction():
            self._transcript.store(Batch([(row, None)]))
        return row

    def tell(self, kind: EventKind, row_id: int, sender: str, text: str) -> None:
        """Append an event and ring whom the service would ring."""
        self._port.tell([Happening(kind, row_id, CHANNEL, sender, text)])

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_PATIENCE_S)
            process.kill()
        self._transcript.close()
        self._port.close()
        for buffer in self._buffers:
            buffer.close()


def await_intake(memory: Path, row_id: int) -> None:
    """Wait until the `longterm.db` at `memory` has taken in a transcript row. Raises TimeoutError."""
    deadline_s = time.monotonic() + _INTAKE_S
    while (taken_in := _taken_in(memory)) < row_id:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"the hippocampus took in the transcript up to row {taken_in} of {row_id}")
        time.sleep(0.05)


def _taken_in(memory: Path) -> int:
    if not memory.exists():
        return 0
    connection = sqlite3.connect(f"{memory.as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT value FROM marks WHERE name = 'row'").fetchone()
        return int(found[0]) if found else 0
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


@contextmanager
def region_stage(regions: Sequence[type[BrainRegion]], persona: str = "Paige") -> Iterator[RegionStage]:
    """A stage with its processes not yet started, taken down on leaving."""
    start_fork_server()
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory.create(Path(folder) / "run")
        try:
            stage = RegionStage(run, Path(folder) / "home", regions, persona)
            try:
                yield stage
            finally:
                stage.close()
        finally:
            run.close()
