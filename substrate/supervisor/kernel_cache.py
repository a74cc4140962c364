"""Where the compiled kernels are kept between runs.

numba keeps them beside the sources, or in the user's cache where the program is installed for all. A user
without either, as containers have it, would have nowhere to keep them, and numba compiles nothing then.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import substrate

_VARIABLE = "NUMBA_CACHE_DIR"
FOLDER = "kernels"
"""Of the home, where there is no other place."""


def provide_kernel_cache(home: Path) -> None:
    """For all processes that are started from here on; what the environment says already stays."""
    if _VARIABLE not in os.environ and not any(map(_can_hold_files, (_sources(), _user_cache()))):
        os.environ[_VARIABLE] = str(home / FOLDER)


def _sources() -> Path:
    return Path(substrate.__file__).parent


def _user_cache() -> Path | None:
    """As numba chooses it; None for a user without a home directory."""
    caches = os.environ.get("XDG_CACHE_HOME") if sys.platform != "darwin" else None
    try:
        folder = Path(caches or ("~/Library/Caches" if sys.platform == "darwin" else "~/.cache")).expanduser()
    except RuntimeError:
        return None
    return folder / "numba"


def _can_hold_files(folder: Path | None) -> bool:
    """Whether it can be written, or made."""
    if folder is None or not folder.is_absolute():
        return False
    existing = next(one for one in (folder, *folder.parents) if _is_there(one))
    return os.access(existing, os.W_OK | os.X_OK)


def _is_there(path: Path) -> bool:
    """As far as this user may look."""
    try:
        return path.exists()
    except OSError:
        return False
