"""What can be said of a model file without llama.cpp: said before a process is started for it."""

from __future__ import annotations

from pathlib import Path

from substrate.inference.protocol import ModelLoadError

_GGUF_MAGIC = b"GGUF"


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
