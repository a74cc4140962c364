"""What the engine keeps of conversations: read ahead while somebody types, dropped when words are taken back.

Not every engine keeps anything (a remote one decides for itself); then nothing happens here.
"""

from __future__ import annotations

import asyncio
import logging

from substrate.inference.protocol import Forgets, InferenceAdapter, Prompt, ReadsAhead

_log = logging.getLogger(__name__)


class EngineCache:
    """The optional powers of one engine. Used on the loop's thread."""

    def __init__(self, adapter: InferenceAdapter) -> None:
        self._ahead = adapter if isinstance(adapter, ReadsAhead) else None
        self._forgets = adapter if isinstance(adapter, Forgets) else None
        self._forgetting: set[asyncio.Task[None]] = set()

    @property
    def reads_ahead(self) -> bool:
        return self._ahead is not None

    def read_ahead(self, persona_id: str, conversation: str, prompt: Prompt) -> None:
        """Let the engine read in idle time what the next turn will begin with."""
        if self._ahead is not None:
            self._ahead.prefill_ahead(persona_id, conversation, prompt)

    def forget(self, persona_id: str, conversation: str) -> None:
        """Begin to drop what is kept of a persona's conversation, in memory and on disk."""
        if self._forgets is not None:
            task = asyncio.get_running_loop().create_task(self._forgets.forget(persona_id, conversation))
            self._forgetting.add(task)
            task.add_done_callback(self._forgotten)

    def _forgotten(self, task: asyncio.Task[None]) -> None:
        self._forgetting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("the engine did not confirm that it forgot: %s", error)
