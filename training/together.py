"""Several processes that train one network: every step descends the mean of their gradients.

One thread per process is much faster than several threads in one process: the matrices are small, and threads
wait for each other at every product. All processes start from the same weights, so that they stay the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

import torch
from torch import Tensor, distributed, nn

_PATIENCE = timedelta(minutes=15)
"""How long a process waits for the others: at the start, and at a step.

Once an hour the first one checks the model meanwhile, which takes more than two minutes.
"""
_LOOPBACK = "lo0" if sys.platform == "darwin" else "lo"


class Together:
    """One of `size` training processes; `rank` 0 is the one that speaks and writes."""

    def __init__(self, rank: int = 0, size: int = 1, rendezvous: Path | None = None) -> None:
        """Waits for the others. `rendezvous`: a file that does not exist yet, the same for all."""
        self.rank, self.size = rank, size
        if size > 1:
            os.environ["GLOO_SOCKET_IFNAME"] = _LOOPBACK
            distributed.init_process_group(
                "gloo",
                init_method=f"file://{rendezvous}",
                rank=rank,
                world_size=size,
                timeout=_PATIENCE,
            )

    def close(self) -> None:
        """Leave the others; whoever waits for this process gets an error."""
        if self.size > 1:
            distributed.destroy_process_group()

    def average(self, parameters: Sequence[nn.Parameter], numbers: Sequence[float]) -> list[float]:
        """Replace the gradients by their mean over all processes; returns the means of `numbers`.

        Raises RuntimeError when another process has gone.
        """
        if self.size == 1:
            return list(numbers)
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        shared = torch.tensor(numbers)
        self.add_up([*gradients, shared])
        for total in (*gradients, shared):
            total /= self.size
        result: list[float] = shared.tolist()
        return result

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all processes; raises RuntimeError when one has gone."""
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(flat)
        for tensor, total in zip(tensors, flat.split([it.numel() for it in tensors]), strict=True):
            tensor.copy_(total.view_as(tensor))


def run_together(size: int, work: Callable[[Together], None]) -> None:
    """Call `work` in this process (rank 0) and in `size` - 1 others; `work` must be picklable.

    The others end with this process, however it ends.
    """
    with tempfile.TemporaryDirectory(prefix="training-") as folder:
        rendezvous = Path(folder) / "rendezvous"
        others = [
            get_context("spawn").Process(
                target=_work_as, args=(rank, size, rendezvous, work), daemon=True, name=f"training-{rank}"
            )
            for rank in range(1, size)
        ]
        for process in others:
            process.start()
        try:
            _work(0, size, rendezvous, work)
        finally:
            # Those that ended with this one are gone at once; one that waits for it would wait for ever.
            for process in others:
                process.join(timeout=10.0)
                process.kill()
                process.join()


def _work(rank: int, size: int, rendezvous: Path, work: Callable[[Together], None]) -> None:
    peers = Together(rank, size, rendezvous)
    try:
        work(peers)
    finally:
        peers.close()


def _work_as(rank: int, size: int, rendezvous: Path, work: Callable[[Together], None]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work(rank, size, rendezvous, work)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
