"""Text generation for personas: the contract, and the engines that keep it.

`LlamaLane` runs a GGUF model here, `RemoteAdapter` talks to a server, `ScriptedAdapter` says what it was
told; `LlamaEmbedder` makes vectors. All but the scripted one are imported on first use: llama.cpp may only
ever be loaded in the persona service, never in the supervisor or a region, and both of those import the
contract from here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from substrate.inference.protocol import (
    Blend,
    Delivers,
    Delta,
    FinishReason,
    Forgets,
    GenerateRequest,
    Generation,
    InferenceAdapter,
    InferenceError,
    LateBlockError,
    ModelFacts,
    ModelLoadError,
    Priority,
    Prompt,
    PromptTooLong,
    Rates,
    ReadsAhead,
    Role,
    Sampling,
    SamplingError,
    Sink,
    Turn,
)
from substrate.inference.scripted import (
    ScriptedAdapter,
    ScriptedCounters,
)
from substrate.inference.scripted_settings import ScriptedSettings, ScriptedSettingsError

if TYPE_CHECKING:
    from substrate.inference.chat_server import RemoteSettings
    from substrate.inference.embedder import LlamaEmbedder
    from substrate.inference.json_schema import json_schema_grammar
    from substrate.inference.lane import LlamaLane
    from substrate.inference.loading import LaneSettings
    from substrate.inference.remote import RemoteAdapter

__all__ = [
    "Blend",
    "Delivers",
    "Delta",
    "FinishReason",
    "Forgets",
    "GenerateRequest",
    "Generation",
    "InferenceAdapter",
    "InferenceError",
    "LaneSettings",
    "LateBlockError",
    "LlamaEmbedder",
    "LlamaLane",
    "ModelFacts",
    "ModelLoadError",
    "Priority",
    "Prompt",
    "PromptTooLong",
    "Rates",
    "ReadsAhead",
    "RemoteAdapter",
    "RemoteSettings",
    "Role",
    "Sampling",
    "SamplingError",
    "ScriptedAdapter",
    "ScriptedCounters",
    "ScriptedSettings",
    "ScriptedSettingsError",
    "Sink",
    "Turn",
    "json_schema_grammar",
]

_MODULE_OF = {
    "LaneSettings": "loading",
    "LlamaEmbedder": "embedder",
    "LlamaLane": "lane",
    "json_schema_grammar": "json_schema",
    "RemoteAdapter": "remote",
    "RemoteSettings": "chat_server",
}


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
