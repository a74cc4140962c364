"""What the engine keeps of conversations: read ahead while somebody types, dropped when words are taken back.

Not every engine keeps anything (a remote one decides for itself); on disk something may lie all the same,
left by another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable

from substrate.inference.protocol import Blend, Forgets, InferenceAdapter, Prompt, ReadsAhead
from substrate.persona.parked_conversations import ParkedConversations, conversation_key


class EngineCache:
    """The optional powers of one engine. Used on the loop's thread."""

    def __init__(self, adapter: InferenceAdapter, parked: ParkedConversations) -> None:
        self._ahead = adapter if isinstance(adapter, ReadsAhead) else None
        self._forgets = adapter if isinstance(adapter, Forgets) else None
        self._parked = parked
        self._is_loaded = False

    @property
    def reads_ahead(self) -> bool:
        return self._ahead is not None

    def model_loaded(self) -> None:
        """From now on the engine can be asked; before, it has read nothing."""
        self._is_loaded = True

    def read_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend) -> None:
        """Let the engine read in idle time what the next turn will begin with."""
        if self._ahead is not None:
            self._ahead.prefill_ahead(persona_id, conversation, prompt, blend)

    def withdrawn(self, channel: str, remaining: Iterable[tuple[str, Prompt]]) -> None:
        """Begin to drop what was read of words that were withdrawn from a channel, in memory and on disk.

        `remaining`: the personas that took part there, each with the history that it may still see.
        """
        forgotten: list[Awaitable[None]] = []
        if self._forgets is not None and self._is_loaded:
            for persona_id, prompt in remaining:
                key = conversation_key(persona_id, channel)
                forgotten.append(self._forgets.forget(persona_id, key, prompt))
        self._parked.withdrawn(channel, forgotten)

    def left(self, persona_id: str) -> None:
        """Begin to drop all that was read for a persona that takes no part any more."""
        forgotten: list[Awaitable[None]] = []
        if self._forgets is not None and self._is_loaded:
            forgotten.append(self._forgets.forget(persona_id))
        self._parked.left(persona_id, forgotten)
