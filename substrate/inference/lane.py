"""The lane: one GGUF model on which many personas' sequences decode together.

`LlamaLane` is the door that the persona service uses. Behind it one thread owns the context and runs the
engine's steps; requests go in through a queue, events come back in batches (see `handover`). docs/lane.md
follows a prompt through all of it.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import logging
import queue
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from enum import Enum
from pathlib import Path

from substrate.inference.counters import EngineCounters
from substrate.inference.delivery import stream
from substrate.inference.engine import Engine
from substrate.inference.handover import Handover, Waker, handover_to_this_loop
from substrate.inference.job import Reply
from substrate.inference.loading import LaneSettings, LoadedModel, load_model
from substrate.inference.protocol import (
    Blend,
    Delta,
    GenerateRequest,
    Generation,
    InferenceError,
    ModelFacts,
    ModelLoadError,
    Prompt,
    Rates,
    Sink,
)

_log = logging.getLogger(__name__)

_STUCK_PATIENCE_S = 0.005
"""Between two looks at work that cannot go on yet."""


class _Taken(Enum):
    """What the lane's thread found in its inbox."""

    NOTHING = 0
    SOMETHING = 1
    CLOSE = 2


class LlamaLane:
    """An `InferenceAdapter` on llama.cpp."""

    def __init__(
        self,
        model_path: Path | str,
        settings: LaneSettings | None = None,
        *,
        on_busy: Callable[[bool], None] = lambda busy: None,
        others_work: Callable[[], bool] = lambda: False,
    ) -> None:
        """Both are called on the lane's thread: `on_busy` when it starts or stops computing, `others_work`
        before each step, to say whether a core should be left to others."""
        self._path = Path(model_path)
        self.settings = settings or LaneSettings()
        self._on_busy = on_busy
        self._others_work = others_work
        self._inbox: queue.SimpleQueue[Callable[[Engine], None] | None] = queue.SimpleQueue()
        self._handover: Handover | None = None
        self._thread: threading.Thread | None = None
        self._loaded: LoadedModel | None = None
        self._closed = False
        # What ended the lane's thread before it was told to close.
        self._failure: InferenceError | None = None
        # Held while something is put into the inbox: what is put there is put before the order to close.
        self._sending = threading.Lock()
        # Held while the model is loaded, and while it is taken down.
        self._lifecycle = threading.Lock()
        # Held while another thread than the lane's uses the model, and while that is freed.
        self._tokenizing = threading.Lock()
        # Futures that wait for the work to end; touched on the lane's thread alone.
        self._awaiting_idle: list[concurrent.futures.Future[None]] = []

    def warmup(self) -> ModelFacts:
        """Load the model, run it once, start the lane's thread. Raises ModelLoadError."""
        with self._lifecycle:
            if self._thread is not None or self._closed:
                raise InferenceError("the lane was already started", "make a new LlamaLane for another model")
            with contextlib.ExitStack() as undo:
                # A thread that is inside llama.cpp while the process is taken down crashes it. So the process
                # ends behind the lane, whatever the lane is at and whether or not anybody closes it.
                atexit.register(self.close)
                undo.callback(atexit.unregister, self.close)
                loaded = load_model(self._path, self.settings, lambda: self._closed)
                undo.callback(loaded.free)
                try:
                    waker = Waker()
                    undo.callback(waker.close)
                    thread = threading.Thread(
                        target=self._run, args=(loaded, waker), name="lane", daemon=True
                    )
                    thread.start()
                except RuntimeError as error:  # at the end of the interpreter, too, there are none any more
                    raise ModelLoadError(
                        f"the system gives the lane no thread: {error}", "close other programs"
                    ) from error
                self._loaded, self._thread = loaded, thread
                undo.pop_all()
            return loaded.facts

    def generate(self, request: GenerateRequest) -> AsyncGenerator[Delta | Generation, None]:
        """Stream a reply; closing the generator cancels it within one step."""
        return stream(self, request)

    def submit(self, request: GenerateRequest, sink: Sink) -> Callable[[], None]:
        started_ns = time.monotonic_ns()
        request.sampling.check()
        self._handover = handover = handover_to_this_loop(self._handover)
        reply = Reply(request, handover, sink, started_ns)
        handover.begin(reply)

        def take_up(engine: Engine) -> None:
            try:
                engine.jobs.submit(reply)
            except Exception as error:
                handover.post(sink, InferenceError(f"the lane could not take the request up: {error!r}"))
                handover.end(reply)
                raise

        try:
            self._send(take_up)
        except InferenceError:
            handover.end(reply)
            raise
        return lambda: self._inbox.put(lambda engine: engine.jobs.cancel(reply))

    def prefill_ahead(self, persona_id: str, conversation: str, prompt: Prompt, blend: Blend = ()) -> None:
        """Read identity, history and the message so far in idle time, at their final position.

        A later call for the conversation replaces an earlier one; what the texts have in common stays read.
        The late block is not asked for. A lane that does not run reads nothing.
        """
        with contextlib.suppress(InferenceError):
            self._send(lambda engine: engine.jobs.read_ahead(persona_id, conversation, prompt, blend))

    def forget(
        self, persona_id: str, conversation: str | None = None, keep: Prompt | None = None
    ) -> Awaitable[None]:
        """Drop the KV of a persona, or of one conversation of it, from the cache and from disk.

        Of what is returned: it is done when all is gone, or has the error that kept it, also that of a lane
        that does not run. Nobody's decoding waits for the disk.
        """
        done: concurrent.futures.Future[None] = concurrent.futures.Future()

        def forget(engine: Engine) -> None:
            try:
                engine.jobs.forget(persona_id, conversation, keep)
            except Exception as error:
                _answer(done, error)
                return
            parking = None if self._loaded is None else self._loaded.parking
            if parking is None:
                _answer(done, None)
            else:
                parking.forgotten.add_done_callback(lambda gone: _answer(done, gone.exception()))

        try:
            self._send(forget)
        except InferenceError as error:  # whoever withdraws words has more to do, and learns it in its turn
            done.set_exception(error)
        return asyncio.wrap_future(done)

    async def idle(self) -> None:
        """Returns once nothing is left to do: replies, settling and reading ahead are all done.

        Raises InferenceError when the lane is closed meanwhile.
        """
        done: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._send(lambda engine: self._awaiting_idle.append(done))
        await asyncio.wrap_future(done)

    def count_tokens(self, text: str) -> int:
        with self._tokenizing:
            return self._running().reader.count(text)

    def rates(self) -> Rates:
        return self._running().engine.meter.rates

    @property
    def flash_attention(self) -> bool:
        """Whether the model runs with it: chosen in the settings, or measured."""
        return self._running().context.shape.flash_attention

    @property
    def counters(self) -> EngineCounters:
        """Live totals of the engine."""
        return self._running().engine.counters

    def close(self) -> None:
        """End all requests, bring what was read to disk, free the model; a model that loads is given up."""
        with self._sending:
            self._closed = True
        with self._lifecycle:
            if self._thread is not None:
                self._inbox.put(None)
                self._thread.join()
                self._thread = None
            if self._loaded is not None:
                with self._tokenizing:
                    self._loaded.free()
        atexit.unregister(self.close)

    def _send(self, command: Callable[[Engine], None]) -> None:
        """Have the lane's thread do it. Raises InferenceError when that thread does not run."""
        with self._sending:
            self._running()
            if self._failure is not None:
                raise InferenceError(f"the lane is not running: {self._failure.message}", self._failure.hint)
            self._inbox.put(command)

    def _running(self) -> LoadedModel:
        if self._loaded is None or self._closed:
            raise InferenceError("the lane is not running", "call warmup() first and close() last")
        return self._loaded

    def _run(self, loaded: LoadedModel, waker: Waker) -> None:
        """The lane's thread. Whatever ends it, nobody is left waiting for it."""
        engine = loaded.engine
        ended = InferenceError("the lane was closed")
        try:
            self._serve(loaded, waker)
            engine.jobs.close(ended)
            self._wake(waker)  # nobody's answer waits for the disk
            engine.jobs.park_all()
            if loaded.parking is not None:
                loaded.parking.retry_failed()
                engine.jobs.park_all()
        except BaseException as error:
            _log.exception("the lane's thread failed")
            if not self._closed:
                ended = InferenceError(f"the lane's thread failed: {error!r}", "start the program again")
            self._give_up(engine, ended)
        self._wake(waker)
        waker.close()
        self._end_waiting(ended)

    def _serve(self, loaded: LoadedModel, waker: Waker) -> None:
        """Take what has come in, then one step, until nothing is left; then wait. Ends when told to close."""
        engine = loaded.engine
        is_busy = False
        patience_s: float | None = self.settings.park_after_s
        while (taken := self._take_commands(engine, patience_s)) is not _Taken.CLOSE:
            if engine.has_work:
                if not is_busy:
                    is_busy = True
                    self._tell_busy(True)
                self._share_cores(loaded)
                patience_s = 0.0 if self._step(engine) else _STUCK_PATIENCE_S
            elif taken is _Taken.SOMETHING:
                patience_s = self.settings.park_after_s
            else:
                # Nothing came for a while: what is held goes to disk, then the thread sleeps.
                patience_s = 0.0 if self._park_one(engine) else None
            self._wake(waker)
            if not engine.has_work:
                engine.rest()
                if is_busy:
                    is_busy = False
                    patience_s = self.settings.park_after_s
                    self._tell_busy(False)
                self._end_waiting(None)

    def _give_up(self, engine: Engine, error: InferenceError) -> None:
        """Take nothing more, and end all that has come."""
        with self._sending:
            self._failure = error
        self._take_commands(engine, 0.0)
        for _ in range(len(engine.jobs.all) + 1):  # a try that fails has ended one of them all the same
            try:
                engine.jobs.fail_all(error)
                break
            except Exception:
                _log.exception("not all of a request was given back")
        self._tell_busy(False)

    def _share_cores(self, loaded: LoadedModel) -> None:
        counts = loaded.threads
        if counts.beside == counts.alone:
            return
        try:
            is_shared = self._others_work()
        except Exception:
            _log.exception("whether others work is not known; the lane takes all cores")
            is_shared = False
        loaded.context.use_threads(counts.beside if is_shared else counts.alone)

    def _step(self, engine: Engine) -> bool:
        """One step of the engine; a failure ends what is under way, and the lane goes on."""
        try:
            return engine.step()
        except Exception as error:
            _log.exception("the lane's step failed")
            engine.jobs.fail_all(InferenceError(f"the lane's step failed: {error!r}"))
            return False

    def _park_one(self, engine: Engine) -> bool:
        """Whether a conversation was brought to disk; a failure costs the time to read it again."""
        try:
            return engine.jobs.park_one()
        except Exception:
            _log.exception("what is held was not parked")
            return False

    def _end_waiting(self, error: InferenceError | None) -> None:
        waiting, self._awaiting_idle = self._awaiting_idle, []
        for done in waiting:
            _answer(done, error)

    def _wake(self, waker: Waker) -> None:
        if self._handover is not None:
            waker.wake(self._handover)

    def _tell_busy(self, is_busy: bool) -> None:
        try:
            self._on_busy(is_busy)
        except Exception:
            _log.exception("on_busy failed; the lane goes on")

    def _take_commands(self, engine: Engine, patience_s: float | None) -> _Taken:
        """Run what has come in, waiting for the first at most `patience_s`."""
        taken = _Taken.NOTHING
        # Nobody else takes from the inbox. To find out by an exception would cost every step.
        if patience_s == 0.0 and self._inbox.empty():
            return taken
        try:
            command = self._inbox.get(timeout=patience_s) if patience_s != 0.0 else self._inbox.get_nowait()
            while command is not None:
                taken = _Taken.SOMETHING
                try:
                    command(engine)
                except Exception:
                    _log.exception("a request to the lane failed")
                command = self._inbox.get_nowait()
        except queue.Empty:
            return taken
        return _Taken.CLOSE


def _answer(done: concurrent.futures.Future[None], error: BaseException | None) -> None:
    """Answer who waits, unless it was cancelled meanwhile."""
    if not done.set_running_or_notify_cancel():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
