"""Makes the environment that the Makefile's targets run in, and says what is missing on this machine.

Only the standard library is used, since this runs before anything is installed. uv is used when it is there,
plain venv and pip when it is not. llama-cpp-python is installed on its own: it compiles llama.cpp for several
minutes, so its progress is shown, and CMAKE_ARGS is remembered, since a build for the processor must not be
kept when a build for the graphics card is asked for.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ENGINE = "llama-cpp-python"
DEFAULT_CMAKE_ARGS = "-DLLAVA_BUILD=OFF"
"""No image input: it is not used here and takes a tenth of the compile time."""

_ALLOWED = {">=": (0, 1), "<=": (-1, 0), "==": (0,), "!=": (-1, 1), "<": (-1,), ">": (1,)}

_STEP = re.compile(r"\[(\d+)/(\d+)\]")


class Missing(Exception):
    """Something that the user has to install first."""

    def __init__(self, what: str, debian: str, macos: str) -> None:
        super().__init__(
            f"{what}\n  Debian, Ubuntu: sudo apt-get install {debian}\n  macOS:          {macos}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="Create .venv and install what a Makefile target needs.")
    parser.add_argument("target", choices=["run", "test", "bench", "train"])
    parser.add_argument("--venv", type=Path, default=Path(".venv"))
    arguments = parser.parse_args()
    try:
        require_tools()
        install(arguments.target, arguments.venv)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(
            f"\ninstalling failed (exit status {error.returncode}); the last lines above say why.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\ninstalling was interrupted; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def require_tools() -> None:
    """Raise Missing for the first thing without which installing cannot succeed."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Missing(
            f"Python 3.11 or later is needed, {sys.executable} is {found}."
            " Another one can be named: make PYTHON=python3.12 ...",
            "python3.11 python3.11-venv",
            "brew install python",
        )
    if shutil.which("uv") is None and any(
        importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")
    ):
        raise Missing("python3 has no venv module.", "python3-venv", "brew install python")
    for compiler, variable, debian in (("cc", "CC", "gcc"), ("c++", "CXX", "g++")):
        named = os.environ.get(variable, compiler).split()[0]
        if shutil.which(named) is None:
            language = "C" if variable == "CC" else "C++"
            raise Missing(
                f"A {language} compiler is missing ({named}); llama.cpp is compiled for this machine.",
                f"{debian} libc6-dev",
                "xcode-select --install",
            )


def install(target: str, venv: Path) -> None:
    """Bring `venv` to what `target` needs and leave the stamp that make looks at."""
    python = venv / "bin" / "python"
    uv = shutil.which("uv")
    if not is_usable(python, uv):
        print(f"creating {venv}")
        shutil.rmtree(venv, ignore_errors=True)
        run(
            [uv, "venv", "--quiet", "--python", sys.executable, str(venv)]
            if uv
            else [sys.executable, "-m", "venv", str(venv)]
        )
    pip = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    install_engine(pip, python, venv / "llama-cmake-args")

    extras = {"run": "", "test": "[test]", "bench": "[test,bench]", "train": "[test,train]"}[target]
    print(f"installing persona-substrate{extras}", flush=True)
    run([*pip, "--quiet", "--editable", f".{extras}"])
    for stamp in {"run", target} | ({"test"} if extras else set()):
        (venv / f"installed-{stamp}").touch()


def is_usable(python: Path, uv: str | None) -> bool:
    """Whether an environment can be installed into. Without uv it needs pip, which is put into it if it lacks
    that: making it may have been interrupted, or uv made it."""
    if not python.exists():
        return False
    return bool(uv) or any(
        run_quietly([str(python), "-m", *words]) for words in (("pip", "--version"), ("ensurepip",))
    )


def install_engine(pip: list[str], python: Path, recorded: Path) -> None:
    """Compile llama-cpp-python unless the same build is there already; a newer one as it was built before."""
    built = recorded.read_text().strip() if recorded.exists() else ""
    asked = os.environ.get("CMAKE_ARGS", "").strip() or ("" if built == DEFAULT_CMAKE_ARGS else built)
    is_as_asked = not asked or asked == built
    if is_as_asked and is_installed(python, engine_requirement()):
        return
    print(
        f"compiling llama.cpp ({ENGINE}) for this machine: 5 to 10 minutes on two cores, once.\n"
        f"  CMAKE_ARGS={asked or DEFAULT_CMAKE_ARGS}",
        flush=True,
    )
    # A cached wheel knows nothing of CMAKE_ARGS, so one that was asked for is never taken from the cache.
    fresh = (
        (
            ["--reinstall-package", ENGINE, "--no-cache"]
            if "uv" in Path(pip[0]).name
            else ["--force-reinstall", "--no-cache-dir", "--no-deps"]
        )
        if asked
        else []
    )
    environment = os.environ | {"CMAKE_ARGS": asked or DEFAULT_CMAKE_ARGS}
    run_with_progress([*pip, "--verbose", *fresh, engine_requirement()], environment)
    recorded.write_text((asked or DEFAULT_CMAKE_ARGS) + "\n")


def engine_requirement() -> str:
    """The requirement on the engine as pyproject.toml states it."""
    import tomllib  # not at the top: an older Python must come as far as the message that it is too old

    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    requirements: list[str] = project["dependencies"]
    return next(line for line in requirements if line.startswith(ENGINE))


def is_installed(python: Path, requirement: str) -> bool:
    """Whether the environment can import the engine, in a version that the requirement allows."""
    shown = subprocess.run(
        [str(python), "-c", f"import llama_cpp, importlib.metadata as m; print(m.version({ENGINE!r}))"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return shown.returncode == 0 and allows(requirement, shown.stdout.strip())


def allows(requirement: str, version: str) -> bool:
    """Whether a requirement of plain comparisons, such as `name>=0.3.1,<0.4`, allows a version of numbers."""
    for operator, bound in re.findall(r"(>=|<=|==|!=|<|>)\s*([\d.]+)", requirement):
        one, other = numbers(version), numbers(bound)
        ordered = (one > other) - (one < other)
        if ordered not in _ALLOWED[operator]:
            return False
    return True


def numbers(version: str) -> tuple[int, ...]:
    """1.10 is later than 1.9, and the same as 1.10.0."""
    found = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def run(command: Iterable[str | None]) -> None:
    subprocess.run([part for part in command if part is not None], check=True)


def run_quietly(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def run_with_progress(command: list[str], environment: dict[str, str]) -> None:
    """Run a long build: a moving line on a terminal, a line every 30 s elsewhere, its end on failure."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    progress = _Progress()
    ticker = threading.Thread(target=progress.show_until_done, daemon=True)
    ticker.start()
    tail: list[str] = []
    try:
        for line in process.stdout:
            tail = [*tail[-80:], line]
            step = _STEP.search(line)
            if step:
                progress.step = f"{step[1]} of {step[2]} files"
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        progress.done.set()
        ticker.join()
    if status:
        sys.stderr.writelines(tail)
        raise subprocess.CalledProcessError(status, command)


class _Progress:
    """What the build last said, shown with the time that has passed."""

    def __init__(self) -> None:
        self.step = "preparing"
        self.done = threading.Event()

    def show_until_done(self) -> None:
        started = time.monotonic()
        on_terminal = sys.stdout.isatty()
        while not self.done.wait(1 if on_terminal else 30):
            elapsed = int(time.monotonic() - started)
            line = f"  {elapsed // 60}:{elapsed % 60:02d} elapsed, {self.step}"
            print(f"\r{line:<60}" if on_terminal else line, end="" if on_terminal else "\n", flush=True)
        if on_terminal:
            print("\r" + " " * 60, end="\r", flush=True)


if __name__ == "__main__":
    sys.exit(main())
