"""When regions hear of what was said, and when they are woken for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from substrate.persona.region_news import RegionNews
from substrate.persona.region_port import Happening, RegionPort, tail_that_fits
from substrate.persona.requests import MAX_NAME_CHARACTERS
from substrate.persona.transcript import TranscriptRow
from substrate.region.contract import EventKind
from substrate.shm import EventRing, RunDirectory
from tests.substrate.persona.service_process import WAIT_S


class Port:
    """Keeps what is on the ring, and how much of it a bell was rung for."""

    def __init__(self) -> None:
        self.on_the_ring: list[EventKind] = []
        self.rings: list[int] = []
        self.rung = asyncio.Event()

    def note(self, happenings: Iterable[Happening]) -> None:
        self.on_the_ring += [happening.kind for happening in happenings]

    def tell(self, happenings: Iterable[Happening]) -> None:
        self.note(happenings)
        self.rings.append(len(self.on_the_ring))
        self.rung.set()


class BrokenPort(Port):
    def note(self, happenings: Iterable[Happening]) -> None:
        raise OSError("the segment is gone")


def row(row_id: int) -> TranscriptRow:
    return TranscriptRow(row_id, f"m{row_id}", "general", "joel", None, "hello", 1e9, None)


async def news_of(port: Port) -> RegionNews:
    return RegionNews(asyncio.get_running_loop(), cast(RegionPort, port))


def test_a_message_wakes_the_regions_at_once() -> None:
    async def body() -> None:
        port = Port()
        (await news_of(port)).said([row(1)], [row(2)])
        assert port.on_the_ring == [EventKind.MESSAGE, EventKind.REPLY]
        assert port.rings == [2]

    asyncio.run(body())


def test_replies_are_on_the_ring_at_once_and_wake_the_regions_once_when_their_burst_is_over() -> None:
    async def body() -> None:
        port = Port()
        news = await news_of(port)
        news.said([], [row(1)])
        news.said([], [row(2), row(3)])
        assert port.on_the_ring == [EventKind.REPLY] * 3
        assert port.rings == []
        await asyncio.wait_for(port.rung.wait(), WAIT_S)
        assert port.rings == [3]

    asyncio.run(body())


def test_regions_that_cannot_be_told_do_not_end_the_conversation() -> None:
    async def body() -> None:
        port = BrokenPort()
        news = await news_of(port)
        news.said([row(1)], [])
        news.said([], [row(2)])

    asyncio.run(body())


def test_what_is_typed_fits_beside_the_longest_channel_and_sender(base: Path) -> None:
    run = RunDirectory.create(base)
    ring = EventRing.create(run.segment_name("ring"), slots=2)
    reader = EventRing.attach(ring.name)
    longest = "\N{BRAIN}" * MAX_NAME_CHARACTERS
    typed = "word " * 1000
    ring.append(EventKind.TYPING, 0, longest, longest, tail_that_fits(typed))
    (event,) = reader.poll()
    assert event.text
    assert typed.endswith(event.text)
    reader.close()
    ring.close()
    run.close()
