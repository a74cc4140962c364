"""The seedling's network: a plain Llama decoder, small enough to train on two CPU cores.

Nothing here departs from the Llama architecture (RMSNorm before each sublayer, rotary positions on
half-split heads, SwiGLU, no biases), because llama.cpp must run the result unchanged. The embedding is tied
to the output: with a small vocabulary and copying as the main skill, one table that both reads and writes
a token makes "write what I attend to" an easy function to learn.

Weights stay in float32; what they are multiplied in is `compute_dtype`: bfloat16 is faster where the
processor has instructions for it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

IGNORED = -1
"""Label of a position that carries no loss."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Sizes of the network. `head_size` must be even, widths multiples of 32 (a Q8_0 block)."""

    vocabulary: int = 1536
    layers: int = 8
    width: int = 192
    heads: int = 6
    feed_forward: int = 512
    context: int = 2048
    rope_base: float = 500_000.0
    """Large, so that many of a head's dimensions hardly turn within a prompt and can hold what is sought."""
    norm_epsilon: float = 1e-5

    @property
    def head_size(self) -> int:
        return self.width // self.heads

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Trace(NamedTuple):
    """What one block did: its output (batch, length, width), its queries and keys (batch, heads, length, head
    size)."""

    hidden: Tensor
    queries: Tensor
    keys: Tensor


class RMSNorm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


class Block(nn.Module):
    """Attention and feed-forward. Weights are separate matrices (each is orthogonalised on its own by the
    optimiser, and stored on its own in a GGUF) that are joined for one product."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.heads, self.head_size = shape.heads, shape.head_size
        self.attention_norm = RMSNorm(shape.width, shape.norm_epsilon)
        self.query = nn.Parameter(torch.empty(shape.width, shape.width))
        self.key = nn.Parameter(torch.empty(shape.width, shape.width))
        self.value = nn.Parameter(torch.empty(shape.width, shape.width))
        self.attention_out = nn.Parameter(torch.empty(shape.width, shape.width))
        self.feed_norm = RMSNorm(shape.width, shape.norm_epsilon)
        self.gate = nn.Parameter(torch.empty(shape.feed_forward, shape.width))
        self.up = nn.Parameter(torch.empty(shape.feed_forward, shape.width))
        self.down = nn.Parameter(torch.empty(shape.width, shape.feed_forward))

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Trace:
        batch, length, width = x.shape
        qkv = torch.cat((self.query, self.key, self.value)).to(x.dtype)
        projected = functional.linear(self.attention_norm(x), qkv)
        query, key, value = projected.view(batch, length, 3, self.heads, self.head_size).permute(
            2, 0, 3, 1, 4
        )
        query, key = _rotate(query, cosine, sine).float(), _rotate(key, cosine, sine).float()
        # In float32: torch's processor kernel is a fifth slower in bfloat16 (measured).
        mixed = functional.scaled_dot_product_attention(query, key, value.float(), is_causal=True)
        mixed = mixed.transpose(1, 2).reshape(batch, length, width).to(x.dtype)
        x = x + functional.linear(mixed, self.attention_out.to(x.dtype))
        gate_up = torch.cat((self.gate, self.up)).to(x.dtype)
        gate, up = functional.linear(self.feed_norm(x), gate_up).chunk(2, dim=-1)
        return Trace(x + functional.linear(functional.silu(gate) * up, self.down.to(x.dtype)), query, key)


class Seedling(nn.Module):
    """Token ids (batch, length) to final hidden states (batch, length, width)."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.empty(shape.vocabulary, shape.width))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = RMSNorm(shape.width, shape.norm_epsilon)
        self.compute_dtype = torch.float32
        half = shape.head_size // 2
        frequencies = shape.rope_base ** (-torch.arange(half, dtype=torch.float32) / half)
        angles = torch.outer(torch.arange(shape.context, dtype=torch.float32), frequencies)
        self.cosine: Tensor
        self.sine: Tensor
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        nn.init.normal_(self.embedding, std=0.02)
        for block in self.blocks:
            assert isinstance(block, Block)
            for weight in (block.query, block.key, block.value, block.gate, block.up):
                nn.init.normal_(weight, std=1 / math.sqrt(self.shape.width))
            for weight in (block.attention_out, block.down):
                nn.init.normal_(weight, std=0.5 / math.sqrt(weight.shape[1] * 2 * self.shape.layers))

    def forward(self, tokens: Tensor, positions: Tensor) -> Tensor:
        """`positions` (batch, length) grow along each row and stay below `shape.context`."""
        return self.trace(tokens, positions)[0]

    def trace(self, tokens: Tensor, positions: Tensor) -> tuple[Tensor, list[Trace]]:
        """What `forward` gives, and what each block did."""
        x = functional.embedding(tokens, self.embedding).to(self.compute_dtype)
        cosine = self.cosine[positions].unsqueeze(1).to(self.compute_dtype)
        sine = self.sine[positions].unsqueeze(1).to(self.compute_dtype)
        traces: list[Trace] = []
        for block in self.blocks:
            traces.append(block(x, cosine, sine))
            x = traces[-1].hidden
        hidden: Tensor = self.output_norm(x)
        return hidden, traces

    def logits(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.embedding.to(hidden.dtype)).float()

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def _rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)
