"""Text generation for personas: the contract, the lane on llama.cpp, and a scripted engine.

`LlamaLane` is imported on first use: llama.cpp may only ever be loaded in the persona service, never in the
supervisor or a region, and both of those import the contract from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from substrate.inference.protocol import (
    Delta,
    FinishReason,
    Forgets,
    GenerateRequest,
    Generation,
    InferenceAdapter,
    InferenceError,
    ModelFacts,
    ModelLoadError,
    Priority,
    Prompt,
    PromptTooLong,
    Rates,
    ReadsAhead,
    Role,
    Sampling,
    Turn,
)
from substrate.inference.scripted import (
    ScriptedAdapter,
    ScriptedCounters,
    ScriptedSettings,
    ScriptedSettingsError,
)

if TYPE_CHECKING:
    from substrate.inference.lane import LaneSettings, LlamaLane

__all__ = [
    "Delta",
    "FinishReason",
    "Forgets",
    "GenerateRequest",
    "Generation",
    "InferenceAdapter",
    "InferenceError",
    "LaneSettings",
    "LlamaLane",
    "ModelFacts",
    "ModelLoadError",
    "Priority",
    "Prompt",
    "PromptTooLong",
    "Rates",
    "ReadsAhead",
    "Role",
    "Sampling",
    "ScriptedAdapter",
    "ScriptedCounters",
    "ScriptedSettings",
    "ScriptedSettingsError",
    "Turn",
]

_NATIVE = frozenset({"LaneSettings", "LlamaLane"})


def __getattr__(name: str) -> Any:
    if name in _NATIVE:
        from substrate.inference import lane

        return getattr(lane, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
