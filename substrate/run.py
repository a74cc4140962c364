"""The program: `python -m substrate.run`. The one place that wires substrate, regions and governor.

Every child process imports this module again as its main module, so nothing heavy is imported at its top:
what a frontend or the supervisor needs is imported where it is used, after the fork server has been started
and loads on another core.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from substrate.command_line import (
    UsageError,
    argument_parser,
    check_arguments,
    default_user,
    home_of,
    model_path,
    model_settings,
)
from substrate.end_signals import EndSignals
from substrate.errors import SubstrateError
from substrate.supervisor.home import HomeLock

if TYPE_CHECKING:
    from substrate.interface.local_instance import LocalInstance, Wiring

LOG_NAME = "substrate.log"
"""In the home: where everything logs while the terminal is drawn."""

_CANNOT_DRAW = ("", "dumb")
"""Values of TERM for what has no cursor to move."""


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
        check_arguments(arguments)
        if arguments.headless:
            return _run_headless(arguments, HomeLock(home_of(arguments)), started_s, ends)
        _require_screen()
        return _run_terminal(arguments, HomeLock(home_of(arguments)), started_s, ends)
    except SubstrateError as error:
        return _fail_in_words(error)


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
        check_arguments(arguments)
        with _process(arguments, None, ends):
            home = HomeLock(home_of(arguments))
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


def _require_screen() -> None:
    """Raises UsageError where nothing can be drawn."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("this is not a terminal", "use --stdio for programs, or --headless for neither")
    if os.environ.get("TERM", "dumb") in _CANNOT_DRAW:
        raise UsageError(
            "this terminal cannot be drawn on: TERM is "
            + (f"`{os.environ['TERM']}`" if "TERM" in os.environ else "not set"),
            "set it to what the terminal is, such as xterm-256color; or use --stdio",
        )
    columns, lines = os.get_terminal_size(sys.stderr.fileno())
    if columns == 0 or lines == 0:  # Textual would lay out the screen without end
        raise UsageError(
            f"this terminal says that it has {columns} columns and {lines} lines",
            "say how many it has, as in `stty columns 80 rows 24`; or use --stdio",
        )


@contextlib.contextmanager
def _process(arguments: argparse.Namespace, log_file: Path | None, ends: EndSignals) -> Iterator[None]:
    """The fork server and the log of this process. Whoever enters has claimed the streams before."""
    from substrate.process_log import configure_logging
    from substrate.supervisor.fork_server import start_fork_server, stop_fork_server
    from substrate.supervisor.kernel_cache import provide_kernel_cache

    provide_kernel_cache(home_of(arguments))
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
    from substrate.instance import PhaseTimes
    from substrate.interface.local_instance import InstanceOptions, LocalInstance

    options = InstanceOptions(
        model=model_settings(arguments),
        embed_model=arguments.embed_model and model_path(arguments.embed_model),
        personas_file=arguments.personas and model_path(arguments.personas),
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


def _fail_in_words(error: Exception) -> int:
    message, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
    print(f"error: {message}", file=sys.stderr)
    if hint:
        print(f"  {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
