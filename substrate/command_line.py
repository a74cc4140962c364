"""The command line: its options, what they may hold, and what is refused before any process is started."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from substrate.errors import SubstrateError

if TYPE_CHECKING:
    from substrate.instance import ModelSettings

_SCRIPTED, _WEB = "scripted", ("http", "https")
_THREADS_PER_CORE = 4
"""More threads of the engine than this only get into each other's way."""

_AN_ADDRESS = re.compile(r"[\w.-]+:\d+(/|$)")
"""A host and its port, as people forget to write http:// before."""

_LEVELS = ("debug", "info", "warning", "error")


class UsageError(SubstrateError):
    """The command line cannot be read."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting, so that `--stdio` can answer with an object."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"{self.prog} --help explains the options")


def default_home() -> Path:
    """Where an application's data lies on this platform. Raises UsageError for a user without a folder."""
    data = os.environ.get("XDG_DATA_HOME") if sys.platform != "darwin" else None
    if data:
        return Path(data) / "persona-substrate"
    try:
        user = Path.home()
    except RuntimeError as error:
        raise UsageError("this user has no home directory", "give --home DIR, or set HOME") from error
    if sys.platform == "darwin":
        return user / "Library" / "Application Support" / "persona-substrate"
    return user / ".local" / "share" / "persona-substrate"


def default_user() -> str:
    """Who writes in the terminal, unless `--user` says otherwise: the name of the account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as containers have it
        return "user"


def argument_parser() -> argparse.ArgumentParser:
    """All options. docs/interfaces.md shows its help text."""
    parser = _Parser(
        prog="python -m substrate.run",
        description="AI personas that live on this machine: a chat in the terminal, brain regions that think "
        "ahead beside it, and a memory that is known in every room.",
        formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=30, width=100),
        allow_abbrev=False,
    )
    what = parser.add_argument_group("who and with what")
    what.add_argument(
        "--home",
        type=_path,
        metavar="DIR",
        help="where conversations and memories are kept (default: the platform's folder for data)",
    )
    what.add_argument(
        "--model",
        type=_not_empty,
        metavar="PATH",
        help="a GGUF model file (default: the small model that comes along), the URL of an OpenAI chat API "
        "such as http://127.0.0.1:8080/v1#name (its key in OPENAI_API_KEY), or `scripted:text=...` for "
        "replies without a model, to try things out",
    )
    what.add_argument(
        "--lora",
        type=_adapter,
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="a LoRA adapter (GGUF) for the model, by a name that the personas file gives personas to speak "
        "with; may be given several times",
    )
    what.add_argument(
        "--embed-model",
        type=_path,
        metavar="PATH",
        help="a BERT-type GGUF that tells memory which texts are related (default: a small table that comes "
        "along); what is remembered gets its vectors anew, in the background",
    )
    what.add_argument(
        "--personas", type=_path, metavar="FILE", help="a TOML file with the personas (default: Paige)"
    )
    what.add_argument(
        "--user", type=_name, metavar="NAME", help="your name in the terminal (default: that of your account)"
    )
    engine = parser.add_argument_group("engine")
    engine.add_argument(
        "--ctx",
        type=_whole(256),
        metavar="N",
        help="tokens of context for all conversations together; one takes at most what the model was trained "
        "for (default: the model's own, or what a quarter of the free memory holds; 8192 of a server)",
    )
    engine.add_argument(
        "--gpu-layers",
        type=_whole(-1),
        metavar="N",
        default=0,
        help="layers to put on the GPU; -1: all (default: %(default)s)",
    )
    engine.add_argument(
        "--threads",
        type=_whole(1, most=_THREADS_PER_CORE * (os.cpu_count() or 1)),
        metavar="N",
        help="threads of the engine (default: by the cores; 1 for the small model that comes along)",
    )
    face = parser.add_argument_group("interface")
    mode = face.add_mutually_exclusive_group()
    mode.add_argument("--stdio", action="store_true", help="JSON lines on standard input and output")
    mode.add_argument("--headless", action="store_true", help="no interface, until SIGINT or SIGTERM")
    face.add_argument("--stream", action="store_true", help="with --stdio: replies piece by piece, too")
    face.add_argument(
        "--log-level", choices=_LEVELS, default="info", help="how much is logged (default: %(default)s)"
    )
    phases = parser.add_argument_group("phases of the mind")
    phases.add_argument(
        "--idle-after",
        type=_seconds,
        metavar="S",
        default=30.0,
        help="seconds without an event until the mind is idle (default: %(default)g)",
    )
    phases.add_argument(
        "--sleep-after",
        type=_seconds,
        metavar="S",
        default=300.0,
        help="seconds without an event until it sleeps (default: %(default)g)",
    )
    return parser


def check_arguments(arguments: argparse.Namespace) -> None:
    """Refuse what can be seen to be wrong before any process is started. Raises SubstrateError."""
    if arguments.sleep_after <= arguments.idle_after:
        raise UsageError(
            f"the mind would sleep after {arguments.sleep_after:g} s, and be idle only after "
            f"{arguments.idle_after:g} s",
            "--sleep-after must be longer than --idle-after",
        )
    _check_encoding("--home", home_of(arguments), "the path of the home directory")
    if arguments.model is not None:
        model: str = arguments.model
        _check_encoding("--model", model_path(model) if _is_file(model) else model)
    others = (("--embed-model", arguments.embed_model), ("--personas", arguments.personas))
    for option, path in (*others, *(("--lora", path) for _, path in arguments.lora)):
        if path is not None:
            _check_encoding(option, model_path(path))
    _check_models(arguments)


def _check_encoding(option: str, given: str | Path, what: str = "") -> None:
    """What processes tell each other, and programs, is UTF-8, and where these files lie is part of it."""
    try:
        str(given).encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(given).decode(errors="backslashreplace")
        raise UsageError(
            f"{what or option} is not UTF-8: {shown}",
            f"rename it or its folders, or give another one with {option}",
        ) from error


def _check_models(arguments: argparse.Namespace) -> None:
    if arguments.embed_model is not None:
        from substrate.inference.model_file import check_model_file

        check_model_file(model_path(arguments.embed_model), "--embed-model")
    if arguments.model is not None:
        _check_model(arguments.model)
    _check_server(arguments)
    _check_adapters(arguments)


def _check_model(given: str) -> None:
    scheme = _scheme(given)
    if scheme == _SCRIPTED:
        from substrate.inference.scripted_settings import ScriptedSettings

        ScriptedSettings.parse(given)
    elif scheme in _WEB:
        from substrate.inference.chat_server import RemoteSettings

        RemoteSettings.parse(given)
    else:
        from substrate.inference.model_file import check_model_file

        if _AN_ADDRESS.match(given) and not model_path(given).exists():
            raise UsageError(f"there is no model file {given}", f"a server is meant? --model http://{given}")
        check_model_file(model_path(given))


def _check_server(arguments: argparse.Namespace) -> None:
    """What a server computes with is its own business."""
    if arguments.model is None or _scheme(arguments.model) not in _WEB:
        return
    for option, given in (("--gpu-layers", arguments.gpu_layers), ("--threads", arguments.threads)):
        if given:
            raise UsageError(
                f"{option} goes with a model file, and --model is {arguments.model!r}",
                f"tell the server instead, and leave {option} out",
            )


def _check_adapters(arguments: argparse.Namespace) -> None:
    given: str | None = arguments.model
    if arguments.lora and given is not None and not _is_file(given):
        raise UsageError(
            f"--lora goes with a model file, and --model is {given!r}",
            "give --model the path of the GGUF that the adapter was made for, or leave --lora out",
        )
    from substrate.inference.model_file import check_adapter_file

    taken = set()
    for name, path in arguments.lora:
        if name in taken:
            raise UsageError(f"--lora names {name!r} twice", "each adapter needs a name of its own")
        taken.add(name)
        check_adapter_file(model_path(path), f"--lora {name}")


def _scheme(model: str) -> str:
    """What stands before the colon; schemes of addresses are the same in either case."""
    before = model.partition(":")[0]
    return before.lower() if before.lower() in _WEB else before


def _is_file(model: str) -> bool:
    return _scheme(model) not in (_SCRIPTED, *_WEB)


def model_path(given: str | Path) -> Path:
    """As the processes are given it, which may run in another folder."""
    return Path(given).expanduser().absolute()


def model_settings(arguments: argparse.Namespace) -> ModelSettings:
    """`--model` as a file, a server or a script; without it, the model that comes along."""
    from substrate.inference.protocol import Sampling
    from substrate.instance import ModelSettings
    from substrate.models import EMBEDDED_MODEL, EMBEDDED_SAMPLING, EMBEDDED_THREADS

    given: str | None = arguments.model
    scheme = "" if given is None else _scheme(given)
    is_file = given is None or _is_file(given)
    file = (model_path(given) if given else EMBEDDED_MODEL) if is_file else None
    return ModelSettings(
        path=file,
        scripted=given if scheme == _SCRIPTED else None,
        url=given if scheme in _WEB else None,
        context_tokens=arguments.ctx,
        gpu_layers=arguments.gpu_layers,
        threads=arguments.threads or (EMBEDDED_THREADS if file == EMBEDDED_MODEL else None),
        adapters={name: model_path(path) for name, path in arguments.lora},
        sampling=EMBEDDED_SAMPLING if file == EMBEDDED_MODEL else Sampling(),
    )


def home_of(arguments: argparse.Namespace) -> Path:
    """The folder that `--home` names, or the platform's."""
    home: Path = arguments.home or default_home()
    return home.expanduser().absolute()


def _name(text: str) -> str:
    """A name as messages carry it."""
    from substrate.interface.inputs import BadInput, checked_name

    try:
        return checked_name("name", text)
    except BadInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _not_empty(text: str) -> str:
    """An argument that an empty shell variable must not turn into something else than was meant."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; leave the option out for the default")
    return text


def _adapter(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if not (name.strip() and path.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PATH, as in pirate=pirate.gguf")
    if name != name.strip() or not name.isprintable():
        raise argparse.ArgumentTypeError(f"{name!r} cannot be a name: printable, no space at its ends")
    return name, Path(path)


def _path(text: str) -> Path:
    return Path(_not_empty(text))


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A whole number from `least` to `most`, as an argument."""

    def convert(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is less than {least}")
        if most is not None and number > most:
            raise argparse.ArgumentTypeError(f"{number} is more than {most}, which is the most here")
        return number

    convert.__name__ = "whole number"
    return convert


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds greater than 0")
    return seconds


_seconds.__name__ = "number of seconds"  # what argparse calls it when it cannot be read
