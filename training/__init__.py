"""The seedling: a small language model trained from scratch on made-up conversations (docs/seedling.md)."""

import os

# Must be set before torch loads OpenMP. On a machine that does anything else, threads that spin at barriers
# eat most of the processor: measured 820 tokens per CPU second spinning, 3,560 sleeping.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
