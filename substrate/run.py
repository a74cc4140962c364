"""The program: `python -m substrate.run`. The one place that wires substrate, regions and governor.

Every child process imports this module again as its main module, so nothing heavy is imported at its top:
what a frontend or the supervisor needs is imported where it is used, after the fork server has been started
and loads on another core.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from substrate.end_signals import EndSignals
from substrate.errors import SubstrateError
from substrate.supervisor.home import HomeLock

if TYPE_CHECKING:
    from substrate.instance import ModelSettings
    from substrate.interface.local_instance import LocalInstance, Wiring

LOG_NAME = "substrate.log"
"""In the home: where everything logs while the terminal is drawn."""

_SCRIPTED, _WEB = "scripted", ("http", "https")
_THREADS_PER_CORE = 4
"""More threads of the engine than this only get into each other's way."""

_CANNOT_DRAW = ("", "dumb")
"""Values of TERM for what has no cursor to move."""

_LEVELS = ("debug", "info", "warning", "error")


class UsageError(SubstrateError):
    """The command line cannot be read."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting, so that `--stdio` can answer with an object."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"{self.prog} --help explains the options")


def default_home() -> Path:
    """Where an application's data lies on this platform."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "persona-substrate"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "persona-substrate"


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
        help="tokens of context (default: the model's own, or what a quarter of the free memory holds)",
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
        help="threads of the engine (default: by the cores)",
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit status."""
    started_s = time.monotonic()
    ends = EndSignals()
    ends.note()
    given = list(sys.argv[1:] if argv is None else argv)
    if "--stdio" in given:
        return _run_stdio(given, started_s, ends)
    try:
        arguments = argument_parser().parse_args(given)
        _check_models(arguments)
        home = HomeLock(_home(arguments))
    except SubstrateError as error:
        return _fail_in_words(error)
    if arguments.headless:
        return _run_headless(arguments, home, started_s, ends)
    return _run_terminal(arguments, home, started_s, ends)


def _run_stdio(given: Sequence[str], started_s: float, ends: EndSignals) -> int:
    from substrate.interface.stdio import LineWriter, StdioFrontend, error_object
    from substrate.interface.streams import STDIN, claim_output

    if sys.stdin is None or sys.stdout is None:
        return _fail_in_words(
            UsageError("standard input or output is closed", "--stdio reads the one and writes the other")
        )
    output = LineWriter(claim_output())
    try:
        arguments = argument_parser().parse_args(given)
        _check_models(arguments)
        with _process(arguments, None, ends):
            home = HomeLock(_home(arguments))
            instance = local_instance(arguments, home, started_s, None, ends)
            frontend = StdioFrontend(instance, input_descriptor=STDIN, output=output)
            return asyncio.run(frontend.run())
    except SubstrateError as error:
        output.write(error_object(error))
        return 1
    finally:
        output.close()


def _run_headless(arguments: argparse.Namespace, home: HomeLock, started_s: float, ends: EndSignals) -> int:
    from substrate.interface.headless import run_headless

    with _process(arguments, None, ends):
        error = asyncio.run(run_headless(local_instance(arguments, home, started_s, None, ends)))
    return 0 if error is None else _fail_in_words(error)


def _run_terminal(arguments: argparse.Namespace, home: HomeLock, started_s: float, ends: EndSignals) -> int:
    from substrate.interface.streams import claim_screen

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        home.release()
        return _fail_in_words(
            UsageError("this is not a terminal", "use --stdio for programs, or --headless for neither")
        )
    if os.environ.get("TERM", "dumb") in _CANNOT_DRAW:
        home.release()
        return _fail_in_words(
            UsageError(
                "this terminal cannot be drawn on: TERM is "
                + (f"`{os.environ['TERM']}`" if "TERM" in os.environ else "not set"),
                "set it to what the terminal is, such as xterm-256color; or use --stdio",
            )
        )
    log_file = home.home / LOG_NAME
    with claim_screen(log_file), _process(arguments, log_file, ends):
        from substrate.interface.terminal import run_terminal

        instance = local_instance(arguments, home, started_s, log_file, ends)
        try:
            error = run_terminal(instance, arguments.user or default_user())
        finally:
            ends.note()
            instance.stop()
    return 0 if error is None else _fail_in_words(error)


@contextlib.contextmanager
def _process(arguments: argparse.Namespace, log_file: Path | None, ends: EndSignals) -> Iterator[None]:
    """The fork server and the log of this process. Whoever enters has claimed the streams before."""
    from substrate.process_log import configure_logging
    from substrate.supervisor.fork_server import start_fork_server, stop_fork_server

    start_fork_server()
    configure_logging(log_file, "main", getattr(logging, arguments.log_level.upper()))
    try:
        yield
    finally:
        ends.note()
        stop_fork_server()


def local_instance(
    arguments: argparse.Namespace,
    home: HomeLock,
    started_s: float,
    log_file: Path | None,
    ends: EndSignals,
) -> LocalInstance:
    """What the command line asks for, not booted yet."""
    from substrate.inference.protocol import Sampling
    from substrate.instance import PhaseTimes
    from substrate.interface.local_instance import InstanceOptions, LocalInstance
    from substrate.models import EMBEDDED_MODEL, EMBEDDED_SAMPLING

    model = _model(arguments)
    options = InstanceOptions(
        model=model,
        embed_model=arguments.embed_model and _model_path(arguments.embed_model),
        personas_file=arguments.personas,
        sampling=EMBEDDED_SAMPLING if model.path == EMBEDDED_MODEL else Sampling(),
        phases=PhaseTimes(idle_after_s=arguments.idle_after, sleep_after_s=arguments.sleep_after),
        log_file=log_file,
        log_level=getattr(logging, arguments.log_level.upper()),
        stream_deltas=arguments.stream or log_file is not None,
        started_s=started_s,
    )
    return LocalInstance(home, options, partial(_wire, ends, has_embed_model=options.embed_model is not None))


def _wire(ends: EndSignals, *, has_embed_model: bool) -> Wiring:
    """The regions and the governor of this program. Asked for by the boot, which an interface has begun: so
    this is where signals that came before it are delivered."""
    ends.deliver()
    from governor import Governor
    from regions.attention import Attention
    from regions.hippocampus import Hippocampus
    from regions.motor_cortex import MotorCortex
    from regions.sensory import Sensory
    from substrate.inference.embedding_region import EmbeddingModel
    from substrate.interface.local_instance import Wiring

    embedder = (EmbeddingModel,) if has_embed_model else ()
    return Wiring((*embedder, Sensory, Hippocampus, Attention, MotorCortex), Governor)


def _check_models(arguments: argparse.Namespace) -> None:
    """Refuse what can be seen to be no model before any process is started. Raises SubstrateError."""
    if arguments.embed_model is not None:
        from substrate.inference.model_file import check_model_file

        check_model_file(_model_path(arguments.embed_model), "--embed-model")
    if arguments.model is not None:
        _check_model(arguments.model)


def _check_model(given: str) -> None:
    scheme = given.partition(":")[0]
    if scheme == _SCRIPTED:
        from substrate.inference.scripted_settings import ScriptedSettings

        ScriptedSettings.parse(given)
    elif scheme in _WEB:
        from substrate.inference.chat_server import RemoteSettings

        RemoteSettings.parse(given)
    else:
        from substrate.inference.model_file import check_model_file

        check_model_file(_model_path(given))


def _model_path(given: str | Path) -> Path:
    return Path(given).expanduser().absolute()


def _model(arguments: argparse.Namespace) -> ModelSettings:
    """`--model` as a file, a server or a script; without it, the model that comes along."""
    from substrate.instance import ModelSettings
    from substrate.models import EMBEDDED_MODEL

    given: str | None = arguments.model
    scheme = "" if given is None else given.partition(":")[0]
    is_file = scheme not in (_SCRIPTED, *_WEB)
    return ModelSettings(
        path=(_model_path(given) if given else EMBEDDED_MODEL) if is_file else None,
        scripted=given if scheme == _SCRIPTED else None,
        url=given if scheme in _WEB else None,
        context_tokens=arguments.ctx,
        gpu_layers=arguments.gpu_layers,
        threads=arguments.threads,
    )


def _home(arguments: argparse.Namespace) -> Path:
    home: Path = arguments.home or default_home()
    return home.expanduser().absolute()


def _fail_in_words(error: Exception) -> int:
    message, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
    print(f"error: {message}", file=sys.stderr)
    if hint:
        print(f"  {hint}", file=sys.stderr)
    return 1


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

if __name__ == "__main__":
    sys.exit(main())
