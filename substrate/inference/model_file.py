"""What can be said of a model file without llama.cpp: said before a process is started for it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from substrate.inference.protocol import ModelLoadError

_GGUF_MAGIC = b"GGUF"
_GGUF_VERSIONS = (2, 3)
_STRING = 8
_VALUE_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Of a GGUF's types of values that have a fixed size: integers, floats and truth values."""
_MOST_STRING_BYTES = 1 << 16
_ADAPTER = "adapter"


def check_model_file(path: Path, option: str = "--model") -> None:
    """Raises ModelLoadError: missing, no file, not readable, empty, or not a GGUF.

    What is wrong further inside is for llama.cpp to find and to say.
    """
    if not path.exists():
        raise ModelLoadError(f"there is no model file {path}", f"check the path given by {option}")
    if not path.is_file():
        raise ModelLoadError(f"{path} is not a file", f"{option} takes the path of one .gguf file")
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise ModelLoadError(
            f"the model file {path} cannot be read: {error.strerror}", "check its permissions"
        ) from error
    if not magic:
        raise ModelLoadError(f"the model file {path} is empty", "download it again")
    if magic != _GGUF_MAGIC:
        raise ModelLoadError(
            f"{path} is not a GGUF file (it starts with {magic!r})",
            "use a model in llama.cpp's GGUF format; others can be converted with its tools",
        )


def check_adapter_file(path: Path, option: str) -> None:
    """What `check_model_file` raises, and ModelLoadError for a GGUF that says that it is no adapter."""
    check_model_file(path, option)
    declared = _declared_type(path)
    if declared not in (None, _ADAPTER):
        raise ModelLoadError(
            f"{path} holds no adapter: its general.type is {declared!r}",
            f"{option} takes a LoRA in llama.cpp's GGUF format; a whole model is given by --model",
        )


def _declared_type(path: Path) -> str | None:
    """`general.type`, which stands near the head. None where that does not say it or cannot be read."""
    with path.open("rb") as file:
        try:
            _, version, _, entries = struct.unpack("<4sIQQ", file.read(24))
            if version not in _GGUF_VERSIONS:
                return None
            for _ in range(entries):
                key = _string(file)
                (kind,) = struct.unpack("<I", file.read(4))
                if kind == _STRING:
                    value = _string(file)
                    if key == "general.type":
                        return value
                elif kind in _VALUE_BYTES:
                    file.read(_VALUE_BYTES[kind])
                else:
                    return None  # a list, as vocabularies are: too long to look for what may stand behind it
        except (struct.error, ValueError):
            return None
    return None


def _string(file: BinaryIO) -> str:
    """Raises struct.error or ValueError where the file is damaged."""
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _MOST_STRING_BYTES:
        raise ValueError(f"a text of {length} bytes")
    return file.read(length).decode()
