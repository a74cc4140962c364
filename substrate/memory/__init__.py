"""Memory: what was said becomes engrams; what matters for a turn is recalled from them.

store = EngramStore(path, persona_id)
store.admit([Message("m1", 1, "general", "joel", "My sister is called Oluwaseun.", said_at_s)])
recall(store, RecallQuery("What is my sister called?", now_s, asker="joel")).engrams[0].engram.text
"""

from substrate.memory.engram import Engram, EngramKind, Message, SpeechForm
from substrate.memory.errors import (
    EmbedderUnusable,
    EngramUnknown,
    MemoryStoreError,
    ProvenanceMissing,
    StoreUnwritable,
)
from substrate.memory.prefetch import (
    ANYWHERE,
    PREFETCH,
    Prefetch,
    PrefetchedEngram,
    decode_prefetch,
    encode_prefetch,
    prefetched,
)
from substrate.memory.recall import Pool, Recalled, RecallQuery, RecallResult, ScoreParts, recall
from substrate.memory.settings import BudgetSettings, MemorySettings
from substrate.memory.store import EngramStore, Marks

__all__ = [
    "ANYWHERE",
    "PREFETCH",
    "BudgetSettings",
    "EmbedderUnusable",
    "Engram",
    "EngramKind",
    "EngramStore",
    "EngramUnknown",
    "Marks",
    "MemorySettings",
    "MemoryStoreError",
    "Message",
    "Pool",
    "Prefetch",
    "PrefetchedEngram",
    "ProvenanceMissing",
    "RecallQuery",
    "RecallResult",
    "Recalled",
    "ScoreParts",
    "SpeechForm",
    "StoreUnwritable",
    "decode_prefetch",
    "encode_prefetch",
    "prefetched",
    "recall",
]
