"""The model that comes with the package (docs/seedling.md tells how it was made)."""

from pathlib import Path

EMBEDDED_MODEL = Path(__file__).parent / "seedling.gguf"
