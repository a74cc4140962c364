"""The contract between the persona handler and whatever generates text.

A prompt is handed over as a structure, not as a string: rendering it with the model's chat template and
tokenising it belong to the adapter, which alone knows what it already holds in its KV cache. The order of
the parts is the layout that protects that cache:

    identity | history, append only | new message | late block | header of the reply
    \\___ stable, shared ___/          \\_ read at its final position _/  \\_ volatile, read last _/

What every turn makes anew (turns, prompts, requests, generations) are named tuples: a frozen dataclass of ten
fields takes ten times as long to build, and twelve personas may be asked at once.

The late block is a function. The adapter calls it at the moment it is about to read that part, so that
memory has the whole time of reading the message to become fresh, and nobody waits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, NamedTuple, Protocol, runtime_checkable

from substrate.errors import SubstrateError


class Role(Enum):
    """Who a turn of the conversation belongs to, as chat templates name it."""

    USER = "user"
    ASSISTANT = "assistant"


class Turn(NamedTuple):
    """One turn of the visible conversation. `text` is final: the adapter adds only the template's frame."""

    role: Role
    text: str


class Prompt(NamedTuple):
    """What a persona reads before it answers, in layout order.

    `history` alternates between user and assistant turns and starts with a user turn; `message` is the user
    turn that is being answered (when `history` ends with a user turn, `message` continues it on a new line).
    `late` returns the late block's text, which belongs to the end
    of that same user turn, or an empty string; it is called at most once, possibly from another thread.
    """

    identity: str
    history: tuple[Turn, ...]
    message: str
    late: Callable[[], str]

    def late_text(self) -> str:
        """Ask for the late block. Raises LateBlockError when it fails or gives no text."""
        try:
            text = self.late()
        except Exception as error:
            raise LateBlockError(
                f"the late block of the prompt failed: {error!r}", "the fault is in what gives it"
            ) from error
        if not isinstance(text, str):
            raise LateBlockError(
                f"the late block of the prompt is no text: {text!r:.100}", "give an empty text for none"
            )
        return text


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen. `temperature` 0 is greedy; `seed` None draws one."""

    temperature: float = 0.7
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.05
    seed: int | None = None
    max_tokens: int = 320
    stop: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises SamplingError for a number that chooses no tokens; engines call it before anything else."""
        for name, is_whole, least, most in _SAMPLING_LIMITS:
            value = getattr(self, name)
            if value is None and name == "seed":
                continue
            kinds = (int,) if is_whole else (int, float)
            # Written so that a NaN, which is neither below nor above anything, is refused too.
            if not (isinstance(value, kinds) and least <= value <= most):
                raise SamplingError(
                    f"{name} is {value!r}",
                    f"{name} is a whole number from {least} to {most}"
                    if is_whole
                    else f"{name} is a number from {least:g} to {most:g}",
                )


_SAMPLING_LIMITS = (
    # name, whole numbers only, least, most: what llama.cpp computes with, in 32 bits.
    ("max_tokens", True, 1, 2**31 - 1),
    ("temperature", False, 0.0, 1000.0),
    ("top_k", True, 0, 2**31 - 1),
    ("top_p", False, 1e-6, 1.0),
    ("min_p", False, 0.0, 1.0),
    ("repeat_penalty", False, 0.001, 1000.0),
    ("seed", True, 0, 2**32 - 2),
)
"""`top_k` 0 keeps all tokens, `top_p` 1 and `min_p` 0 as well; `repeat_penalty` 1 penalises nothing. The seed
after the last is the one that stands for a random one."""


class Priority(IntEnum):
    """A live turn goes before background work, which is preempted and resumed."""

    LIVE = 0
    BACKGROUND = 1


def _whole_text(output: str) -> str:
    return output


Blend = tuple[tuple[str, float], ...]
"""LoRA adapters by the names that they were loaded under, with their weights; without any, the bare model.
What was read under one blend is never used under another."""


class GenerateRequest(NamedTuple):
    """One reply to generate.

    `conversation` names whose KV is kept between turns: one per (persona, channel). `grammar` is GBNF;
    `schema` says the same as a JSON schema, for engines that keep to those. `history_text` gives, from the
    whole output, what of it will stand in the next turn's history (under a grammar that is not the output
    itself); empty when nothing will. It may be called on another thread.
    """

    request_id: str
    persona_id: str
    conversation: str
    prompt: Prompt
    sampling: Sampling = Sampling()
    priority: Priority = Priority.LIVE
    grammar: str | None = None
    schema: Mapping[str, Any] | None = None
    drafts: tuple[str, ...] = ()
    blend: Blend = ()
    history_text: Callable[[str], str] = _whole_text


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the reply, always whole UTF-8 characters."""

    text: str


class FinishReason(Enum):
    STOP = "stop"
    LENGTH = "length"


class Generation(NamedTuple):
    """The end of a stream: the whole reply and what it cost.

    `started_ns` and `finished_ns` are monotonic and stamped by the adapter's own clock: the time inside the
    adapter, which the substrate's own overhead does not include.
    """

    text: str
    finish_reason: FinishReason
    prompt_tokens_reused: int
    prompt_tokens_read: int
    completion_tokens: int
    started_ns: int
    first_token_ns: int
    finished_ns: int


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What was loaded, as shown at boot. `savings_off` says which KV savings this model does not allow."""

    name: str
    context_tokens: int
    vocabulary: int
    parameters: int
    savings_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """Smoothed, measured rates in tokens per second; 0.0 until measured.

    What is read is counted for the whole engine, what is written for one sequence, however many decode.
    """

    prefill_tokens_per_s: float
    decode_tokens_per_s: float


class InferenceError(SubstrateError):
    """A request or a model failed; the message holds what the engine itself said."""


class ModelLoadError(InferenceError):
    """The model could not be loaded: missing, empty, damaged or of an unsupported architecture."""


class PromptTooLong(InferenceError):
    """The prompt does not fit into the model's context."""


class SamplingError(InferenceError):
    """A number of the sampling that no token can be chosen by."""


class LateBlockError(InferenceError):
    """What gives a prompt's late block raised an error, or gave something else than text."""


class NoCellsLeft(InferenceError):
    """llama.cpp finds no room in its KV cache for a request, though no other could make room for it."""


class UnsupportedArchitecture(ModelLoadError):
    """The file is whole, and of a kind that this llama.cpp does not know or that writes no text."""


class OutOfMemory(ModelLoadError):
    """The machine does not give the memory that the model or its context takes."""


class InferenceAdapter(Protocol):
    """An engine that the persona service can talk through. Used from one asyncio loop at a time.

    Settling is the engine's own business: after a reply, in idle time, it drops the late block and reads
    the reply behind the plain message. What it may do besides is said by the protocols further down.
    """

    def warmup(self) -> ModelFacts:
        """Load the model and run it once. Blocking; raises ModelLoadError. Called once before all else."""
        ...

    def generate(self, request: GenerateRequest) -> AsyncIterator[Delta | Generation]:
        """Stream a reply: deltas, then exactly one Generation. Closing the iterator cancels the request.

        Raises InferenceError when the request cannot be served, SamplingError and LateBlockError among them;
        other requests carry on.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """The number of tokens of `text` as content (no special tokens)."""
        ...

    def rates(self) -> Rates: ...

    def close(self) -> None:
        """Stop all requests and free the model. Idempotent."""
        ...


class Sink(Protocol):
    """Who takes the events of one request."""

    def arrive(self, event: Delta | Generation | Exception) -> None:
        """Called on the loop: deltas, and at the end one Generation or what ended the request before."""
        ...


@runtime_checkable
class Delivers(Protocol):
    """An adapter that brings events to a sink, without a task of asyncio for each request.

    A dozen requests that end in one step then cost one callback of the loop, not a dozen tasks to wake. Ask
    with `isinstance`; `substrate.inference.delivery` serves all adapters alike.
    """

    def submit(self, request: GenerateRequest, sink: Sink) -> Callable[[], None]:
        """What `generate` does; returns a function that cancels the request, harmless after its end.

        Raises InferenceError. The sink hears nothing before this returns; when it cancelled, it may still
        hear what was on its way.
        """
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """An adapter that can read a prompt before it is asked to answer it. Ask with `isinstance`."""

    def prefill_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend = ()) -> None:
        """Read identity, history and the message so far in idle time, at their final position.

        For a message that is being typed, or a window whose oldest half was just dropped. A later call for
        the conversation replaces an earlier one; what the texts have in common stays read. The late block is
        not asked for. Returns at once.
        """
        ...


@runtime_checkable
class Forgets(Protocol):
    """An adapter that keeps what it read, and can be told to drop it. Ask with `isinstance`."""

    def forget(
        self, persona_id: str, conversation: str | None = None, keep: Prompt | None = None
    ) -> Awaitable[None]:
        """Drop what is kept of a persona, or of one conversation of it, in memory and on disk.

        In memory, the beginning that it has in common with `keep` may stay: identity and history, since the
        late block is not asked for. Takes effect before any later request; what is returned is done when all
        is gone. What a reply under way has read goes when that ends.
        """
        ...
