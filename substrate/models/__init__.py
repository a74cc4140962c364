"""The model that comes with the package (docs/seedling.md tells how it was made)."""

from pathlib import Path

from substrate.inference.protocol import Sampling

EMBEDDED_MODEL = Path(__file__).parent / "seedling.gguf"

EMBEDDED_SAMPLING = Sampling(temperature=0.0, repeat_penalty=1.0)
"""How it answers best: it copies what it was told; chance spoils that, and so does a penalty on repeating."""

EMBEDDED_THREADS = 1
"""It is so small that a lone reply gains nothing from a second thread, and threads wait for each other at
every operation. A token on two cores, with one thread and with two: 2.0 and 2.1 ms when nobody else works,
2.7 ms and 1.2 s beside a program that computes all the time."""
