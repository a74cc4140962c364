"""LoRA adapters: loaded once, blended by weight, switched between steps.

llama.cpp applies adapters to a whole context, not to a sequence. So only requests of one blend share a step
(see scheduler), and this file makes a blend the current one when it is not already. Switching costs about
0.7 ms; KV that was read under one blend is never used under another.
"""

from __future__ import annotations

import ctypes
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama

from substrate.inference.native import NativeContext, NativeModel, clear_log, last_log_lines
from substrate.inference.protocol import Blend, InferenceError


class AdapterError(InferenceError):
    """An adapter file that cannot be used with the model, or a name that was not loaded."""


class Adapters:
    """The adapters of one model by name, and the blend that its context runs with."""

    def __init__(self, model: NativeModel, context: NativeContext, files: Mapping[str, Path]) -> None:
        """Raises AdapterError with llama.cpp's own words when a file does not fit the model."""
        self._context = context
        self._current: Blend = ()
        self._loaded: dict[str, Any] = {}
        for name, path in files.items():
            clear_log()
            pointer = llama.llama_adapter_lora_init(model.pointer, os.fsencode(path))
            if not pointer:
                raise AdapterError(
                    f"llama.cpp cannot load the adapter {name} from {path}: "
                    f"{last_log_lines() or 'it gave no reason'}",
                    f"use a LoRA in GGUF format made for {model.name}",
                )
            self._loaded[name] = pointer

    def checked(self, blend: Blend) -> Blend:
        """The blend in canonical order, without zero weights.

        Raises AdapterError on names that are unknown or stand there twice, and on infinite weights.
        """
        for name, weight in blend:
            if name not in self._loaded:
                loaded = ", ".join(self._loaded) or "none"
                raise AdapterError(f"there is no adapter {name!r}", f"loaded adapters: {loaded}")
            if not math.isfinite(weight):
                raise AdapterError(f"the weight of the adapter {name!r} is {weight}", "weights are finite")
        if len({name for name, _ in blend}) < len(blend):
            raise AdapterError(f"an adapter stands twice in {blend}", "add its weights up")
        return tuple(sorted((name, weight) for name, weight in blend if weight != 0.0))

    def apply(self, blend: Blend) -> None:
        """Make `blend` the context's current one."""
        if blend == self._current:
            return
        pointers = (llama.llama_adapter_lora_p_ctypes * len(blend))(
            *(self._loaded[name] for name, _ in blend)
        )
        weights = (ctypes.c_float * len(blend))(*(weight for _, weight in blend))
        result = llama.llama_set_adapters_lora(
            self._context.pointer, pointers if blend else None, len(blend), weights if blend else None
        )
        if result != 0:
            raise AdapterError(f"llama.cpp refuses the blend {blend}: {last_log_lines()}")
        self._current = blend
