"""Flash attention is chosen by what was measured, and measured once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from substrate.inference import attention_probe, loading
from substrate.inference.attention_probe import StepTimes, prefers_flash_attention, processor_name
from substrate.inference.native import NativeModel

from .conftest import make_request, run

if TYPE_CHECKING:
    from substrate.inference import LlamaLane

FAST, SLOW = StepTimes(0.01, 0.001, 0.002), StepTimes(0.01, 0.004, 0.002)


@pytest.fixture
def model(tiny_model: Path) -> Iterator[NativeModel]:
    loaded = NativeModel.load(tiny_model, gpu_layers=0)
    yield loaded
    loaded.free()


class Clockwork:
    """Steps that take what the test says."""

    def __init__(self, flash: StepTimes | None, plain: StepTimes | None) -> None:
        self._times = {True: flash, False: plain}
        self.calls = 0

    def measure(
        self, model: NativeModel, threads: int, is_given_up: Callable[[], bool], *, flash: bool
    ) -> StepTimes | None:
        self.calls += 1
        return self._times[flash]


@pytest.mark.parametrize(
    ("flash", "plain", "chosen"),
    [(FAST, SLOW, True), (SLOW, FAST, False), (None, SLOW, False), (SLOW, None, True), (None, None, True)],
)
def test_what_makes_a_turn_faster_is_chosen_and_what_cannot_run_is_not(
    monkeypatch: pytest.MonkeyPatch,
    model: NativeModel,
    flash: StepTimes | None,
    plain: StepTimes | None,
    chosen: bool,
) -> None:
    monkeypatch.setattr(attention_probe, "_measure", Clockwork(flash, plain).measure)
    assert prefers_flash_attention(model, threads=1, notes=None, key="k") is chosen


def test_a_choice_is_remembered_by_all_that_it_depends_on(
    monkeypatch: pytest.MonkeyPatch, model: NativeModel, tmp_path: Path
) -> None:
    clockwork = Clockwork(SLOW, FAST)
    monkeypatch.setattr(attention_probe, "_measure", clockwork.measure)
    notes = tmp_path / "kv" / "attention.json"
    for key in ("one", "one", "other", "one"):
        assert not prefers_flash_attention(model, threads=1, notes=notes, key=key)
    assert clockwork.calls == 4
    assert notes.stat().st_mode & 0o777 == 0o600
    notes.write_text("{")
    assert not prefers_flash_attention(model, threads=1, notes=notes, key="one")
    assert json.loads(notes.read_text()).keys() == {"one"}


@pytest.mark.parametrize(
    "noted",
    ['{"k": {}}', '{"k": {"flash": "yes"}}', '{"k": null}', '{"k": true}', '["k"]', "[" * 100_000],
    ids=["no choice", "no truth value", "null", "bare", "list", "deep"],
)
def test_a_choice_of_another_shape_is_measured_anew(
    monkeypatch: pytest.MonkeyPatch, model: NativeModel, tmp_path: Path, noted: str
) -> None:
    clockwork = Clockwork(SLOW, FAST)
    monkeypatch.setattr(attention_probe, "_measure", clockwork.measure)
    notes = tmp_path / "attention.json"
    notes.write_text(noted)
    for _ in range(2):
        assert not prefers_flash_attention(model, threads=1, notes=notes, key="k")
    assert clockwork.calls == 2


def test_processors_are_told_apart_and_neither_cores_nor_speeds_of_the_moment(tmp_path: Path) -> None:
    facts = tmp_path / "cpuinfo"

    def named(*cores: str) -> str:
        facts.write_text("\n\n".join(cores) + "\n")
        return processor_name(facts)

    zen = "processor\t: 0\nmodel name\t: AMD EPYC\nmodel\t\t: 17\ncpu MHz\t\t: 2596.1"
    one = named(zen)
    assert named(zen, zen.replace(": 0", ": 1").replace("2596.1", "1400.0")) == one
    assert named(zen.replace(": 17", ": 1")) != one
    assert named(zen.replace("AMD EPYC", "Xeon")) != one
    assert named("CPU part\t: 0xd0c") != named("CPU part\t: 0xd40")
    facts.unlink()
    assert processor_name(facts)


def test_a_choice_made_on_another_processor_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, start_lane: Callable[..., LlamaLane], tmp_path: Path
) -> None:
    clockwork = Clockwork(SLOW, FAST)
    monkeypatch.setattr(attention_probe, "_measure", clockwork.measure)
    for name, measured in (("one", 2), ("one", 2), ("other", 4)):
        monkeypatch.setattr(loading, "processor_name", lambda name=name: name)
        start_lane(flash_attention=None, parking_folder=tmp_path).close()
        assert clockwork.calls == measured


def test_the_probe_measures_this_model_both_ways(model: NativeModel) -> None:
    for flash in (True, False):
        times = attention_probe._measure(model, 1, lambda: False, flash=flash)
        assert times is not None
        assert min(times.block_s, times.token_s, times.crowd_s) > 0.0
        assert attention_probe._measure(model, 1, lambda: True, flash=flash) is None


def test_a_lane_without_a_choice_in_its_settings_runs_with_the_faster_attention(
    monkeypatch: pytest.MonkeyPatch, start_lane: Callable[..., LlamaLane]
) -> None:
    monkeypatch.setattr(attention_probe, "_measure", Clockwork(SLOW, FAST).measure)
    lane = start_lane(flash_attention=None)
    assert not lane.flash_attention
    (generation,) = run(lane, make_request())
    assert generation.completion_tokens > 0
