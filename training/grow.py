"""Make a seedling deeper: `python -m training.grow GGUF --at 4 --out deeper.gguf`.

A block is put in that changes nothing at first: what it adds to the residual stream is zero (Chen, Goodfellow
and Shlens 2016, "Net2Net"). `training.train --start-from` goes on from there, and means of the weights can be
taken with what was written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from training.convert import ConversionError, Trained, read_gguf, write_gguf
from training.model import Seedling


def deeper(model: Seedling, at: int, seed: int = 0) -> Seedling:
    """A network with one block more, as block `at` (0 for the first), and with the same outputs."""
    torch.manual_seed(seed)
    grown = Seedling(replace(model.shape, layers=model.shape.layers + 1))
    new = grown.blocks[at]
    torch.nn.init.zeros_(new.get_parameter("attention_out"))
    torch.nn.init.zeros_(new.get_parameter("down"))
    blocks = list(model.blocks)
    blocks.insert(at, new)
    grown.blocks = torch.nn.ModuleList(blocks)
    grown.embedding, grown.output_norm = model.embedding, model.output_norm
    grown.eval()
    return grown


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.grow", description=__doc__)
    parser.add_argument("seedling", type=Path, metavar="GGUF", help="as training.convert wrote it")
    parser.add_argument("--at", type=int, required=True, help="number of the new block, 0 for the first")
    parser.add_argument("--out", type=Path, required=True, help="GGUF to write")
    options = parser.parse_args(arguments)
    try:
        old = read_gguf(options.seedling)
    except ConversionError as error:
        sys.exit(f"training.grow: {error}")
    if not 0 <= options.at <= old.model.shape.layers:
        parser.error(f"--at must lie between 0 and {old.model.shape.layers}, not {options.at}")
    grown = deeper(old.model, options.at)
    with TemporaryDirectory() as folder:
        tokenizer = Path(folder) / "tokenizer.json"
        old.tokenizer.save(str(tokenizer))
        write_gguf(Trained(grown, tokenizer, old.tokens_seen), options.out, exam=None)
    print(f"{options.out}: {grown.shape.layers} layers, {grown.parameter_count() / 1e6:.2f}M parameters")


if __name__ == "__main__":
    main()
