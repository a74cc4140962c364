"""What the options of the command line become."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from substrate.command_line import UsageError, argument_parser, check_arguments, model_settings
from substrate.inference import Sampling
from substrate.models import EMBEDDED_MODEL, EMBEDDED_SAMPLING, EMBEDDED_THREADS


@pytest.mark.parametrize(
    ("arguments", "threads"),
    [
        ([], EMBEDDED_THREADS),
        (["--model", str(EMBEDDED_MODEL)], EMBEDDED_THREADS),
        (["--threads", "3"], 3),
        (["--model", "some.gguf"], None),
        (["--model", "some.gguf", "--threads", "3"], 3),
    ],
)
def test_the_embedded_model_runs_on_one_thread_unless_told_otherwise(
    arguments: list[str], threads: int | None
) -> None:
    assert model_settings(argument_parser().parse_args(arguments)).threads == threads


def test_the_embedded_model_is_sampled_in_its_own_way_and_no_other_is() -> None:
    embedded, other = (
        model_settings(argument_parser().parse_args(arguments))
        for arguments in ([], ["--model", "some.gguf"])
    )
    assert (embedded.sampling, other.sampling) == (EMBEDDED_SAMPLING, Sampling())


def test_a_model_is_looked_for_where_the_program_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = model_settings(argument_parser().parse_args(["--model", "some.gguf"]))
    assert settings.path == tmp_path / "some.gguf"


@pytest.mark.parametrize("phases", [["--idle-after", "600"], ["--idle-after", "5", "--sleep-after", "5"]])
def test_a_mind_that_would_sleep_before_it_is_idle_is_refused(phases: list[str]) -> None:
    with pytest.raises(UsageError, match="--sleep-after must be longer"):
        check_arguments(argument_parser().parse_args(phases))


def test_a_home_whose_path_is_not_utf_8_is_refused_in_words_that_can_be_written(tmp_path: Path) -> None:
    home = os.fsdecode(os.fsencode(tmp_path) + b"/h\xffme")
    with pytest.raises(UsageError, match="not UTF-8") as refusal:
        check_arguments(argument_parser().parse_args(["--home", home]))
    assert rf"{tmp_path}/h\xffme".encode() in str(refusal.value).encode()


@pytest.mark.parametrize("option", ["--model", "--embed-model", "--personas", "--lora"])
def test_a_file_whose_path_is_not_utf_8_is_refused_in_words_that_can_be_written(
    tmp_path: Path, option: str
) -> None:
    path = os.fsencode(tmp_path) + b"/f\xffle"
    Path(os.fsdecode(path)).write_bytes(EMBEDDED_MODEL.read_bytes()[:4096])
    given = f"{'pirate=' if option == '--lora' else ''}{os.fsdecode(path)}"
    with pytest.raises(UsageError, match=f"{option} is not UTF-8") as refusal:
        check_arguments(argument_parser().parse_args([option, given, "--home", str(tmp_path)]))
    assert rf"{tmp_path}/f\xffle".encode() in str(refusal.value).encode()
