"""The model that comes with the package (docs/seedling.md tells how it was made)."""

from pathlib import Path

from substrate.inference.protocol import Sampling

EMBEDDED_MODEL = Path(__file__).parent / "seedling.gguf"

EMBEDDED_SAMPLING = Sampling(temperature=0.0, repeat_penalty=1.0)
"""How it answers best: it copies what it was told; chance spoils that, and so does a penalty on repeating."""
