"""The documentation is what the code says."""

from __future__ import annotations

from pathlib import Path

from substrate.interface.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "interfaces.md"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == reference(), (
        "run: python -m substrate.interface.reference > docs/interfaces.md"
    )
