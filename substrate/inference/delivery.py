"""A stream from an adapter that delivers, and deliveries from one that streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from substrate.inference.handover import EventStream
from substrate.inference.protocol import (
    Delivers,
    Delta,
    GenerateRequest,
    Generation,
    InferenceAdapter,
    Sink,
)


async def stream(adapter: Delivers, request: GenerateRequest) -> AsyncGenerator[Delta | Generation, None]:
    """`generate` of an adapter that delivers; closing it cancels the request."""
    events = EventStream(asyncio.get_running_loop())
    cancel = adapter.submit(request, events)
    has_ended = False
    try:
        async for event in events.events():
            has_ended = isinstance(event, Generation)
            yield event
    except Exception:
        has_ended = True
        raise
    finally:
        if not has_ended:
            cancel()


Submit = Callable[[GenerateRequest, Sink], Callable[[], None]]
"""Begins a request; returns what cancels it. See Delivers."""


def submitting(adapter: InferenceAdapter) -> Submit:
    """How to submit to any adapter. Ask once: looking at what an adapter can takes longer than a submit."""
    if isinstance(adapter, Delivers):
        return adapter.submit
    return lambda request, sink: _Pump(adapter, request, sink).cancel


class _Pump:
    """A task that reads an adapter's stream and hands its events on."""

    def __init__(self, adapter: InferenceAdapter, request: GenerateRequest, sink: Sink) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(adapter, request, sink))

    def cancel(self) -> None:
        self._task.cancel()

    async def _run(self, adapter: InferenceAdapter, request: GenerateRequest, sink: Sink) -> None:
        try:
            async for event in adapter.generate(request):
                sink.arrive(event)
        except Exception as error:
            sink.arrive(error)
