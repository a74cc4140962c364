"""An engine that says what it was told to, after a set time: for tests, benchmarks and trying out a setup.

It keeps the manners of a real lane. Delays run on a thread of its own, by its own clock; the late block is
asked for when the "prefill" is over; what a conversation has read is remembered, so that the reuse figures of
a request are those that a lane with unlimited cells would report. It is never chosen silently: a user asks
for it by `--model scripted:...`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import heapq
import json
import logging
import queue
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import count

from substrate.inference.delivery import stream
from substrate.inference.handover import Handover, handover_to_this_loop
from substrate.inference.protocol import (
    Blend,
    Delta,
    FinishReason,
    GenerateRequest,
    Generation,
    InferenceError,
    ModelFacts,
    ModelLoadError,
    Prompt,
    Rates,
    Sink,
)
from substrate.inference.scripted_settings import SCHEME, ScriptedSettings

_log = logging.getLogger(__name__)

ReplyFunction = Callable[[GenerateRequest, str], str]
"""Gets the request and the text of its late block; returns the reply. Runs on the adapter's thread."""


@dataclass(frozen=True, slots=True)
class ScriptedCounters:
    """What happened so far. `late_ns` is time spent inside late blocks, which is the handler's own work."""

    requests: int = 0
    late_calls: int = 0
    late_ns: int = 0
    finished: int = 0
    failed: int = 0
    cancelled: int = 0
    settled: int = 0
    read_ahead: int = 0
    prompt_tokens_read: int = 0
    completion_tokens: int = 0


class _Running:
    """One request on its way through the adapter's thread."""

    __slots__ = (
        "cancelled",
        "completion_tokens",
        "ended",
        "first_token_ns",
        "number",
        "pieces",
        "read",
        "request",
        "reused",
        "sent",
        "sink",
        "started_ns",
        "step_ns",
        "text",
    )

    def __init__(self, request: GenerateRequest, sink: Sink) -> None:
        self.request = request
        self.sink = sink
        self.cancelled = False
        self.ended = False
        self.number = 0
        self.started_ns = time.monotonic_ns()
        self.first_token_ns = 0
        self.step_ns = 0
        self.text = ""
        self.completion_tokens = 0
        self.pieces: list[str] = []
        self.sent = 0
        self.reused = 0
        self.read = 0


class _KeptConversation:
    """What one conversation has read: texts in prompt order with running token totals."""

    __slots__ = ("texts", "totals")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.totals: list[int] = [0]

    def read(self, prompt: Prompt) -> tuple[int, int]:
        """Keep the prompt without its late block; returns tokens (reused, read)."""
        wanted = _opening(prompt)
        shared = self.keep(wanted)
        for text in wanted[shared:]:
            self.append(text)
        return self.totals[shared], self.totals[-1] - self.totals[shared]

    def keep(self, wanted: Sequence[str]) -> int:
        """Drop what goes beyond the beginning that is also that of `wanted`; returns how many texts stay."""
        shared = 0
        for kept, new in zip(self.texts, wanted, strict=False):
            if kept != new:
                break
            shared += 1
        del self.texts[shared:], self.totals[shared + 1 :]
        return shared

    def append(self, text: str) -> None:
        self.texts.append(text)
        self.totals.append(self.totals[-1] + estimated_tokens(text))


def _opening(prompt: Prompt) -> list[str]:
    """What stands before the late block."""
    return [prompt.identity, *[turn.text for turn in prompt.history], prompt.message]


def estimated_tokens(text: str) -> int:
    """A quarter of the characters, rounded up: what English takes in common vocabularies."""
    return (len(text) + 3) // 4


class ScriptedAdapter:
    """An `InferenceAdapter` without a model. `reply` overrides the settings' text."""

    def __init__(
        self, settings: ScriptedSettings | None = None, *, reply: ReplyFunction | None = None
    ) -> None:
        self.settings = settings or ScriptedSettings()
        self._reply = reply
        self._inbox: queue.SimpleQueue[_Running | Callable[[], None] | None] = queue.SimpleQueue()
        self._handover: Handover | None = None
        self._thread: threading.Thread | None = None
        self._kept: dict[tuple[str, str], _KeptConversation] = {}
        self._ending: list[_Running] = []
        self._tally = dict.fromkeys((field.name for field in fields(ScriptedCounters)), 0)
        self._closed = False

    @property
    def counters(self) -> ScriptedCounters:
        return ScriptedCounters(**self._tally)

    def warmup(self) -> ModelFacts:
        """Start the adapter's thread. Raises ModelLoadError when the settings say so."""
        if self.settings.fail_load:
            raise ModelLoadError(self.settings.fail_load, "the scripted model was told to fail")
        if self._thread is None:
            time.sleep(self.settings.load_ms / 1000)
            self._thread = threading.Thread(target=self._run, name="scripted-lane", daemon=True)
            self._thread.start()
        return ModelFacts(
            name=SCHEME, context_tokens=self.settings.context_tokens, vocabulary=0, parameters=0
        )

    def generate(self, request: GenerateRequest) -> AsyncGenerator[Delta | Generation, None]:
        return stream(self, request)

    def submit(self, request: GenerateRequest, sink: Sink) -> Callable[[], None]:
        if self._thread is None or self._closed:
            raise InferenceError("the scripted model is not running", "call warmup() first and close() last")
        request.sampling.check()
        self._handover = handover_to_this_loop(self._handover)
        running = _Running(request, sink)
        self._handover.begin(running)
        self._inbox.put(running)
        return partial(self._cancel, running)

    def _cancel(self, running: _Running) -> None:
        if not (running.cancelled or running.ended):
            running.cancelled = True
            if self._handover is not None:
                self._handover.end(running)
            self._tally["cancelled"] += 1

    def prefill_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend = ()) -> None:
        """Counts as read at once: the next turn reuses what it has in common with `prompt`."""
        self._tally["read_ahead"] += 1
        self._inbox.put(lambda: self._read_ahead(persona_id, conversation, prompt))

    def forget(
        self, persona_id: str, conversation: str | None = None, keep: Prompt | None = None
    ) -> Awaitable[None]:
        """Done before any later request is taken up."""
        done: concurrent.futures.Future[None] = concurrent.futures.Future()

        def forget() -> None:
            self._drop_kept(persona_id, conversation, keep)
            if done.set_running_or_notify_cancel():
                done.set_result(None)

        if self._thread is None:
            forget()  # nothing runs that could be in between
        else:
            self._inbox.put(forget)
        return asyncio.wrap_future(done)

    def count_tokens(self, text: str) -> int:
        return estimated_tokens(text)

    def rates(self) -> Rates:
        return Rates(self.settings.prefill_tokens_per_s, self.settings.decode_tokens_per_s)

    def close(self) -> None:
        self._closed = True
        if self._thread is not None:
            self._inbox.put(None)
            self._thread.join()
            self._thread = None

    # What follows runs on the adapter's thread.

    def _run(self) -> None:
        timers: list[tuple[int, int, Callable[[_Running], int | None], _Running]] = []
        order = count()
        clock = time.monotonic_ns
        while True:
            timeout_s: float | None = None
            if timers:
                timeout_s = max(0, timers[0][0] - clock()) / 1e9
            try:
                arrived = self._inbox.get(timeout=timeout_s)
            except queue.Empty:
                pass
            else:
                if arrived is None:
                    for *_, running in timers:
                        self._fail(running, InferenceError("the scripted model was closed"))
                    self._hand_over()
                    return
                if not isinstance(arrived, _Running):
                    arrived()
                    continue
                self._begin(arrived)
                due_ns = arrived.started_ns + int(self.settings.prefill_ms * 1e6)
                heapq.heappush(timers, (due_ns, next(order), self._bind_late, arrived))
            while timers and timers[0][0] <= clock():
                due_ns, _, step, running = heapq.heappop(timers)
                if running.cancelled:
                    continue
                wait_ns = step(running)
                if wait_ns is not None:
                    heapq.heappush(timers, (due_ns + wait_ns, next(order), self._emit, running))
            self._hand_over()

    def _begin(self, running: _Running) -> None:
        self._tally["requests"] += 1
        running.number = self._tally["requests"]
        request = running.request
        kept = self._kept_of(request.persona_id, request.conversation)
        running.reused, running.read = kept.read(request.prompt)

    def _read_ahead(self, persona_id: str, conversation: str, prompt: Prompt) -> None:
        self._kept_of(persona_id, conversation).read(prompt)

    def _drop_kept(self, persona_id: str, conversation: str | None, keep: Prompt | None) -> None:
        for key in [key for key in self._kept if key[0] == persona_id and conversation in (None, key[1])]:
            if keep is None:
                del self._kept[key]
            else:
                self._kept[key].keep(_opening(keep))

    def _kept_of(self, persona_id: str, conversation: str) -> _KeptConversation:
        return self._kept.setdefault((persona_id, conversation), _KeptConversation())

    def _bind_late(self, running: _Running) -> int | None:
        """The prefill is over: ask for the late block, choose the reply. Returns the next wait in ns."""
        settings, request = self.settings, running.request
        nth = settings.fail_every and running.number % settings.fail_every == 0
        if nth or (settings.fail_persona and request.persona_id == settings.fail_persona):
            self._fail(
                running,
                InferenceError(
                    f"scripted failure of request {running.number} ({request.request_id})",
                    "the scripted model was told to fail",
                ),
            )
            return None
        asked_ns = time.monotonic_ns()
        try:
            late = request.prompt.late_text()
            text = self._text(request, late)
        except Exception as error:
            self._fail(running, error)
            return None
        self._tally["late_calls"] += 1
        self._tally["late_ns"] += time.monotonic_ns() - asked_ns
        running.read += estimated_tokens(late)
        running.text = text
        running.completion_tokens = estimated_tokens(text)
        running.pieces = _spread(text, settings.deltas)
        running.step_ns = int(settings.delay_ms * 1e6) // len(running.pieces)
        return running.step_ns

    def _text(self, request: GenerateRequest, late: str) -> str:
        if self._reply is not None:
            return self._reply(request, late)
        settings = self.settings
        if request.grammar is not None and settings.decision:
            return settings.decision
        text = settings.text
        if "{" in text:
            text = text.replace("{persona}", request.persona_id).replace("{message}", request.prompt.message)
            text = text.replace("{late}", late)
        if request.grammar is not None:
            return json.dumps({"will_respond": True, "response": text}, ensure_ascii=False)
        return text

    def _emit(self, running: _Running) -> int | None:
        """Send the next piece. Returns the wait before the one after it in ns, None after the last."""
        if running.sent == 0:
            running.first_token_ns = time.monotonic_ns()
        assert self._handover is not None
        piece = running.pieces[running.sent]
        running.sent += 1
        if piece:
            self._handover.post(running.sink, Delta(piece))
        if running.sent < len(running.pieces):
            return running.step_ns
        # Settled at once: the late block was never kept, the reply now stands behind the plain message.
        try:
            history_text = running.request.history_text(running.text)
        except Exception:
            conversation = running.request.conversation
            _log.exception("the history text of %s is not known; its reply is not settled", conversation)
            history_text = ""
        if history_text:
            self._kept_of(running.request.persona_id, running.request.conversation).append(history_text)
        self._ending.append(running)
        return None

    def _hand_over(self) -> None:
        """End all requests that are done under one time stamp, and wake the loop once."""
        handover = self._handover
        if handover is None:
            return
        if self._ending:
            tally = self._tally
            finished_ns = time.monotonic_ns()
            for running in self._ending:
                running.ended = True
                tally["finished"] += 1
                tally["settled"] += 1
                tally["prompt_tokens_read"] += running.read
                tally["completion_tokens"] += running.completion_tokens
                handover.post(
                    running.sink,
                    Generation(
                        text=running.text,
                        finish_reason=FinishReason.STOP,
                        prompt_tokens_reused=running.reused,
                        prompt_tokens_read=running.read,
                        completion_tokens=running.completion_tokens,
                        started_ns=running.started_ns,
                        first_token_ns=running.first_token_ns,
                        finished_ns=finished_ns,
                    ),
                )
                handover.end(running)
            self._ending.clear()
        handover.flush()

    def _fail(self, running: _Running, error: Exception) -> None:
        running.ended = True
        self._tally["failed"] += 1
        assert self._handover is not None
        self._handover.post(running.sink, error)
        self._handover.end(running)


def _spread(text: str, pieces: int) -> list[str]:
    """`text` in at most `pieces` parts of about the same length; at least one, which may be empty."""
    size = max(1, -(-len(text) // max(1, pieces)))
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]
