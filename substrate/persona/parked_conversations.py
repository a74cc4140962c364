"""What lies parked on disk follows what happens to conversations, whatever engine runs, and if none does.

A parked state holds what was said, in another form. So it goes when something in it is withdrawn, and when
its persona is gone: in the engine that runs, and in the files of every model that ever ran in this home. A
mark beside them says up to which withdrawal they are clean, so the next start makes good what a crash cut
short.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Collection, Iterable
from pathlib import Path

from substrate.inference.parked_files import IsMeant, ParkedFiles
from substrate.persona.transcript_writer import TranscriptWriter

_log = logging.getLogger(__name__)

_MARK = "withdrawals"


def conversation_key(persona_id: str, channel: str) -> str:
    """Names a conversation towards the engine."""
    return f"{persona_id}/{channel}"


class ParkedConversations:
    """The folder of one home. Used on the loop's thread."""

    def __init__(self, folder: Path, transcript: TranscriptWriter) -> None:
        self._files = ParkedFiles(folder)
        self._mark = folder / _MARK
        self._folder = folder
        self._transcript = transcript
        self._removals: set[asyncio.Task[bool]] = set()
        self._clean_up_to = 0
        self._has_failed = False

    def catch_up(self, persona_ids: Collection[str]) -> None:
        """At the start, before an engine opens the folder: remove what holds words that were withdrawn since
        it was last clean, and what belongs to nobody of `persona_ids`."""
        newest = self._transcript.newest_withdrawal()
        mark = self._read_mark()
        channels = self._transcript.channels_withdrawn_after(mark)

        def is_meant(persona_id: str, conversation: str) -> bool:
            is_stale = conversation in {conversation_key(persona_id, channel) for channel in channels}
            return is_stale or persona_id not in persona_ids or mark > newest  # of another transcript

        try:
            removed = self._files.remove(is_meant)
            self._write_mark(newest)
        except OSError as error:
            _log.error("parked states could not be removed: %s", error)
            return
        if removed:
            _log.info("removed %d parked states of what was withdrawn, or of personas that are gone", removed)

    def withdrawn(self, channel: str, in_engine: Iterable[Awaitable[None]]) -> None:
        """Words of a channel were withdrawn. `in_engine` is what the engine does about it."""
        self._remove(in_engine, lambda persona, of: of == conversation_key(persona, channel))

    def left(self, persona_id: str, in_engine: Iterable[Awaitable[None]]) -> None:
        """A persona takes no part any more."""
        self._remove(in_engine, lambda persona, _: persona == persona_id)

    async def finished(self) -> None:
        """Returns when what was begun is done, or has failed."""
        while self._removals:
            await asyncio.wait(self._removals)

    def _remove(self, in_engine: Iterable[Awaitable[None]], is_meant: IsMeant) -> None:
        self._clean_up_to = self._transcript.newest_withdrawal()
        task = asyncio.get_running_loop().create_task(self._removed(tuple(in_engine), is_meant))
        self._removals.add(task)
        task.add_done_callback(self._note_removed)

    async def _removed(self, in_engine: tuple[Awaitable[None], ...], is_meant: IsMeant) -> bool:
        """Whether all is gone: first what the engine may still write, then the files."""
        try:
            await asyncio.gather(*in_engine)
            await asyncio.to_thread(self._files.remove, is_meant)
        except Exception as error:
            _log.warning("what the engine had read is not known to be gone before the next start: %s", error)
            return False
        return True

    def _note_removed(self, task: asyncio.Task[bool]) -> None:
        self._removals.discard(task)
        self._has_failed = self._has_failed or task.cancelled() or not task.result()
        if not self._removals and not self._has_failed:
            with contextlib.suppress(OSError):  # then the next start looks again
                self._write_mark(self._clean_up_to)

    def _read_mark(self) -> int:
        try:
            return int(self._mark.read_text())
        except (OSError, ValueError):
            return 0

    def _write_mark(self, withdrawal_id: int) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self._mark.with_suffix(".new")  # the lane sweeps its own unfinished files
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(str(withdrawal_id))
        unfinished.replace(self._mark)
