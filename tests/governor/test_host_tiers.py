"""What regions may take of a host follows from its size."""

from __future__ import annotations

from pathlib import Path

import pytest

from governor.host_tiers import TIERS, tier_of

GIB = 1024**3


@pytest.mark.parametrize(
    ("cores", "memory_gib", "name"),
    [(2, 64, "small"), (64, 8, "small"), (8, 16, "medium"), (64, 32, "medium"), (16, 64, "large")],
)
def test_a_host_belongs_to_the_first_tier_that_holds_its_cores_or_its_memory(
    cores: int, memory_gib: int, name: str
) -> None:
    assert tier_of(cores, memory_gib * GIB).name == name


def test_the_page_shows_the_tiers_as_they_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "governor.md").read_text("utf-8")
    for tier in TIERS:
        most = f"{tier.most_cores}, {tier.most_memory_bytes // GIB} GiB" if tier is not TIERS[-1] else "more"
        times = f"{tier.fastest_cadence_s:g} s | {tier.budget_s * 1e3:g} ms | {tier.most_budget_s * 1e3:g} ms"
        assert f"| {tier.name} | {most} | {times} | {'yes' if tier.quiet_while_decoding else 'no'} |" in page
