"""What a ready buffer promises to its users, in one process."""

from __future__ import annotations

import ctypes
import gc
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from substrate.shm import (
    BufferClosed,
    BufferFull,
    KeyTooLarge,
    NotTheWriter,
    ReadyBuffer,
    ValueTooLarge,
    layout,
    ready_buffer,
)
from substrate.shm.segment import Segment, load_word

KEY = ("persona", "channel")


def test_a_peek_gives_what_was_published_last(buffer: ReadyBuffer) -> None:
    reader = ReadyBuffer.attach(buffer.name)
    assert reader.peek(KEY) is None
    assert [buffer.publish(KEY, {"n": number}) for number in range(10)] == list(range(1, 11))
    staged = reader.peek(KEY)
    assert staged is not None
    assert (staged.value, staged.version) == ({"n": 9}, 10)
    assert staged.age_s >= 0.0
    reader.close()


def test_bytes_come_back_as_they_were(buffer: ReadyBuffer) -> None:
    reader = ReadyBuffer.attach(buffer.name)
    handle = reader.handle(KEY)
    for length in (0, 1, 7, 8, 9, 255, 256):
        data = bytes(range(length % 256)) + bytes(length - length % 256)
        buffer.publish_bytes(KEY, data)
        assert handle.peek_bytes() == data
        assert reader.peek_bytes(KEY) == data
    reader.close()


def test_an_unchanged_value_is_decoded_once(buffer: ReadyBuffer) -> None:
    handle = ReadyBuffer.attach(buffer.name).handle(KEY)
    buffer.publish(KEY, [1, 2])
    first = handle.peek()
    assert handle.peek() is first
    buffer.publish(KEY, [1, 2])
    assert handle.peek() is not first


def test_a_handle_of_an_absent_key_finds_it_once_it_is_published(buffer: ReadyBuffer) -> None:
    handle = ReadyBuffer.attach(buffer.name).handle(KEY)
    assert handle.peek() is None
    assert handle.peek_bytes() is None
    assert handle.version() == 0
    buffer.publish(KEY, 1)
    staged = handle.peek()
    assert staged is not None and staged.value == 1
    assert handle.version() == 1


def test_a_handle_outlives_eviction_and_finds_the_key_again(buffer: ReadyBuffer) -> None:
    handle = ReadyBuffer.attach(buffer.name).handle(KEY)
    buffer.publish(KEY, "before")
    assert handle.peek() is not None
    assert buffer.evict(KEY)
    assert not buffer.evict(KEY)
    assert handle.peek() is None
    assert handle.peek_bytes() is None
    buffer.publish(("another",), "stranger")
    buffer.publish(KEY, "after")
    staged = handle.peek()
    assert staged is not None and staged.value == "after"


def test_a_handle_never_gives_the_value_of_the_key_that_took_its_entry(new_name: Callable[[], str]) -> None:
    buffer = ReadyBuffer.create(new_name(), keys=1, value_bytes=64, versions=2)
    reader = ReadyBuffer.attach(buffer.name)
    handles = {number: reader.handle((str(number),)) for number in range(50)}
    for number, handle in handles.items():
        buffer.publish((str(number),), number)
        staged = handle.peek()
        assert staged is not None and staged.value == number
        assert [other for other in handles if handles[other].peek() is not None] == [number]
        assert [other for other in handles if handles[other].peek_bytes() is not None] == [number]
        buffer.evict((str(number),))
    reader.close()
    buffer.close()


def test_versions_of_an_entry_never_restart(new_name: Callable[[], str]) -> None:
    buffer = ReadyBuffer.create(new_name(), keys=1, value_bytes=8, versions=2)
    versions = []
    for number in range(6):
        versions.append(buffer.publish((str(number % 2),), number))
        buffer.evict((str(number % 2),))
    assert versions == [1, 2, 3, 4, 5, 6]
    buffer.close()


def test_keys_are_compared_in_full(buffer: ReadyBuffer) -> None:
    keys = [("a", "b"), ("ab",), ("a", "b", ""), ("a\0b",), ("", "ab"), ("ä", "b"), ()]
    for number, key in enumerate(keys):
        buffer.publish(key, number)
    reader = ReadyBuffer.attach(buffer.name)
    assert sorted(reader.keys()) == sorted(keys)
    for number, key in enumerate(keys):
        staged = reader.peek(key)
        assert staged is not None and staged.value == number
    reader.close()


def test_only_stale_keys_are_evicted(buffer: ReadyBuffer, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = [1_000_000_000_000]
    monkeypatch.setattr("time.monotonic_ns", lambda: now_ns[0])
    buffer.publish(("old",), 1)
    buffer.publish(("refreshed",), 1)
    now_ns[0] += 5_000_000_000
    buffer.publish(("refreshed",), 2)
    buffer.publish(("new",), 1)
    assert buffer.evict_stale(4.0) == 1
    assert sorted(buffer.keys()) == [("new",), ("refreshed",)]
    assert len(buffer) == 2
    assert buffer.evict_stale(-1.0) == 2
    assert buffer.is_empty()


def test_a_version_is_consumed_once_and_each_peek_is_a_hit_or_a_miss(buffer: ReadyBuffer) -> None:
    first, second = ReadyBuffer.attach(buffer.name), ReadyBuffer.attach(buffer.name)
    first.peek(KEY)
    buffer.publish(KEY, 1)
    buffer.publish(KEY, 2)
    for reader in (first, second, first):
        reader.peek(KEY)
        reader.peek_bytes(KEY)
    buffer.publish(KEY, 3)
    second.peek(KEY)
    counters = buffer.counters()
    assert (counters.published, counters.hits, counters.misses, counters.consumed) == (3, 7, 1, 2)


def test_observers_and_writers_do_not_count(buffer: ReadyBuffer) -> None:
    observer = ReadyBuffer.attach(buffer.name, observer=True)
    counting = ReadyBuffer.attach(buffer.name)
    buffer.publish(KEY, 1)
    for reader in (observer, buffer):
        reader.peek(KEY)
        reader.peek_bytes(KEY)
        reader.peek(("absent",))
    counting.handle(KEY, observer=True).peek()
    counting.handle(KEY).version()
    counters = buffer.counters()
    assert (counters.hits, counters.misses, counters.consumed) == (0, 0, 0)


def test_a_value_over_the_limit_is_refused_with_both_sizes(buffer: ReadyBuffer) -> None:
    buffer.publish_bytes(KEY, b"kept")
    with pytest.raises(ValueTooLarge, match=r"257 bytes .* takes 256"):
        buffer.publish_bytes(KEY, bytes(257))
    assert buffer.peek_bytes(KEY) == b"kept"
    with pytest.raises(ValueTooLarge):
        buffer.publish_bytes(("new",), bytes(257))
    assert len(buffer) == 1


def test_a_key_over_the_limit_is_refused_with_both_sizes(buffer: ReadyBuffer) -> None:
    with pytest.raises(KeyTooLarge, match=r"takes 30\d bytes, an entry holds 224"):
        buffer.publish(("x" * 300,), 1)
    assert buffer.is_empty()


def test_a_full_table_refuses_new_keys_and_still_takes_known_ones(buffer: ReadyBuffer) -> None:
    for number in range(8):
        buffer.publish((str(number),), number)
    with pytest.raises(BufferFull, match="all of its 8 keys are live"):
        buffer.publish(("9",), 9)
    buffer.publish(("3",), "changed")
    buffer.evict(("0",))
    buffer.publish(("9",), 9)
    assert len(buffer) == 8


def test_a_reader_may_not_write(buffer: ReadyBuffer) -> None:
    reader = ReadyBuffer.attach(buffer.name)
    calls: tuple[Callable[[], object], ...] = (
        lambda: reader.publish(KEY, 1),
        lambda: reader.evict(KEY),
        lambda: reader.evict_stale(1.0),
    )
    for call in calls:
        with pytest.raises(NotTheWriter, match=buffer.name):
            call()
    reader.close()


def test_only_bytes_are_published_as_bytes(buffer: ReadyBuffer) -> None:
    with pytest.raises(TypeError, match="bytearray"):
        buffer.publish_bytes(KEY, bytearray(4))  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("sizes", [{"keys": 0}, {"value_bytes": 0}, {"versions": 1}, {"versions": 3}])
def test_sizes_that_make_no_sense_are_refused(new_name: Callable[[], str], sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(sizes.values())))):
        ReadyBuffer.create(new_name(), **sizes)


def test_every_use_after_close_is_refused(buffer: ReadyBuffer) -> None:
    reader = ReadyBuffer.attach(buffer.name)
    buffer.publish(KEY, 1)
    handle = reader.handle(KEY)
    peek_bytes = handle.peek_bytes
    assert handle.peek() is not None
    reader.close()
    reader.close()
    for call in (
        handle.peek,
        handle.version,
        peek_bytes,
        lambda: reader.peek(KEY),
        lambda: reader.peek_bytes(KEY),
        lambda: reader.handle(KEY),
        lambda: len(reader),
        reader.is_empty,
        reader.keys,
        reader.counters,
        lambda: reader.publish(KEY, 1),
    ):
        with pytest.raises(BufferClosed):
            call()


class WatchedLock:
    """Says when somebody has to wait for it."""

    def __init__(self, on_waiting: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._on_waiting = on_waiting

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self._on_waiting()
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@pytest.mark.parametrize(
    ("look", "kernel"), [(ReadyBuffer.keys, "_copy_key"), (ReadyBuffer.counters, "load_word")]
)
def test_closing_waits_for_other_threads_that_look_around(
    buffer: ReadyBuffer, monkeypatch: pytest.MonkeyPatch, look: Callable[[ReadyBuffer], Any], kernel: str
) -> None:
    for number in range(8):
        buffer.publish((str(number),), number)
    reader = ReadyBuffer.attach(buffer.name)
    expected = look(reader)
    waits_or_has_closed = threading.Event()

    def close() -> None:
        reader.close()
        waits_or_has_closed.set()

    closing = threading.Thread(target=close)
    monkeypatch.setattr(reader, "_lock", WatchedLock(waits_or_has_closed.set))
    original = getattr(ready_buffer, kernel)

    def close_meanwhile(*arguments: int) -> Any:
        if closing.ident is None:
            closing.start()
            waits_or_has_closed.wait()
        return original(*arguments)

    monkeypatch.setattr(ready_buffer, kernel, close_meanwhile)
    assert look(reader) == expected
    closing.join()
    with pytest.raises(BufferClosed):
        look(reader)


def test_a_handle_keeps_what_it_needs_alive(buffer: ReadyBuffer) -> None:
    buffer.publish_bytes(KEY, b"value")
    peek_bytes = ReadyBuffer.attach(buffer.name).handle(KEY).peek_bytes
    gc.collect()
    assert peek_bytes() == b"value"


def test_a_new_writer_goes_on_and_readers_notice_nothing(buffer: ReadyBuffer) -> None:
    reader = ReadyBuffer.attach(buffer.name)
    handle = reader.handle(KEY)
    buffer.publish(KEY, "old")
    buffer.publish(("second",), 2)
    assert handle.peek() is not None
    buffer.close()
    adopted = ReadyBuffer.adopt(reader.name)
    staged = handle.peek()
    assert staged is not None and staged.value == "old"
    assert adopted.publish(KEY, "new") == 2
    staged = handle.peek()
    assert staged is not None and (staged.value, staged.version) == ("new", 2)
    assert adopted.counters().epoch == 1
    for number in range(6):
        adopted.publish((str(number),), number)
    with pytest.raises(BufferFull):
        adopted.publish(("one too many",), 0)
    adopted.close()
    reader.close()


def test_threads_of_one_process_may_share_handles_and_the_writer(buffer: ReadyBuffer) -> None:
    reader = ReadyBuffer.attach(buffer.name)
    handle = reader.handle(KEY)
    buffer.publish(KEY, [0] * 20)
    failures: list[object] = []
    stop = threading.Event()

    def peek() -> None:
        newest = 0
        while not stop.is_set():
            staged, data = handle.peek(), handle.peek_bytes()
            if staged is None or data is None or len(set(staged.value)) != 1 or staged.version < newest:
                failures.append(staged)
                return
            newest = staged.version

    def publish(first: int) -> None:
        for number in range(first, 4000, 2):
            buffer.publish(KEY, [number] * 20)
            buffer.publish((str(number % 5),), number)

    readers = [threading.Thread(target=peek) for _ in range(2)]
    writers = [threading.Thread(target=publish, args=(first,)) for first in (0, 1)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert not failures
    assert handle.version() == 4001


def test_a_month_of_churn_does_not_fill_the_table(new_name: Callable[[], str]) -> None:
    """A new channel a minute for a month, 64 live at a time: dead entries are used again and again."""
    buffer = ReadyBuffer.create(new_name(), keys=64, value_bytes=8, versions=2)
    reader = ReadyBuffer.attach(buffer.name, observer=True)
    for minute in range(30 * 24 * 60):
        if minute >= 64:
            buffer.evict((str(minute - 64),))
        buffer.publish((str(minute),), minute)
    assert len(buffer) == 64
    for minute in range(30 * 24 * 60 - 64, 30 * 24 * 60):
        staged = reader.peek((str(minute),))
        assert staged is not None and staged.value == minute
    assert reader.peek(("absent",)) is None
    assert longest_probe(buffer) < 64, "a lookup of an absent key must stay short"
    reader.close()
    buffer.close()


def longest_probe(buffer: ReadyBuffer) -> int:
    segment = Segment.attach(buffer.name, layout.BUFFER_MAGIC)
    longest = load_word(segment.address + layout.LONGEST_PROBE)
    segment.close()
    return longest


def test_nothing_is_left_of_what_was_scrubbed_and_the_buffer_goes_on(buffer: ReadyBuffer) -> None:
    for number in range(8):
        for version in range(6):
            buffer.publish((f"key {number}",), f"secret {'x' * (200 - 30 * version)}")
    buffer.evict(("key 3",))
    handle = ReadyBuffer.attach(buffer.name).handle(("key 1",))
    assert handle.peek() is not None

    assert buffer.scrub() == 7

    assert buffer.is_empty()
    assert handle.peek() is None
    segment = Segment.attach(buffer.name, magic=layout.BUFFER_MAGIC)
    cells = ctypes.string_at(segment.address, layout.buffer_bytes(8, 256, 4))
    assert b"secret" not in cells
    assert b"xxx" not in cells
    buffer.publish(("key 1",), "again")
    staged = handle.peek()
    assert staged is not None
    assert staged.value == "again"
    segment.close()


def test_what_is_scrubbed_is_at_no_moment_counted_as_published(
    buffer: ReadyBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        buffer.publish((f"key {number}",), number)
    observer = ReadyBuffer.attach(buffer.name, observer=True)
    seen: list[int] = []

    def watched_clock() -> int:
        seen.append(observer.counters().published)
        return 1

    monkeypatch.setattr(time, "monotonic_ns", watched_clock)
    buffer.scrub()
    assert set(seen) == {8}
    assert buffer.counters().published == 8
    observer.close()
