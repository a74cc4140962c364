"""llama.cpp as a few small objects: a loaded model, a context, a batch, and the last lines of its log.

The low-level API is used because `llama_cpp.Llama` serves one sequence at a time: it exposes neither several
sequences nor the shared cell pool nor flash attention. Everything that llama.cpp reports by a null pointer or
a number becomes an exception here, with llama.cpp's own words; above this folder only samplers, adapters and
embeddings touch ctypes.
"""

from substrate.inference.native.batch import Batch
from substrate.inference.native.context import ContextShape, DecodeResult, NativeContext
from substrate.inference.native.log import clear_log, last_log_lines
from substrate.inference.native.model import NativeModel

__all__ = [
    "Batch",
    "ContextShape",
    "DecodeResult",
    "NativeContext",
    "NativeModel",
    "clear_log",
    "last_log_lines",
]
