"""Segments are made whole or not at all, are checked before use, and live until they are unlinked."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from substrate.shm import (
    EventRing,
    InvalidName,
    LayoutMismatch,
    NoSharedMemory,
    ReadyBuffer,
    RunDirectory,
    SegmentDamaged,
    SegmentExists,
    SegmentMissing,
    layout,
)
from substrate.shm.segment import Segment, load_word, store_word

linux_only = pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="segments have no files here")
SHARED_MEMORY = Path("/dev/shm")


def test_an_existing_name_is_refused_and_left_alone(buffer: ReadyBuffer) -> None:
    buffer.publish(("key",), 1)
    with pytest.raises(SegmentExists, match=buffer.name):
        ReadyBuffer.create(buffer.name)
    with pytest.raises(SegmentExists, match=buffer.name):
        EventRing.create(buffer.name)
    assert len(buffer) == 1


def test_a_missing_segment_is_named(new_name: Callable[[], str]) -> None:
    name = new_name()
    for attach in (ReadyBuffer.attach, ReadyBuffer.adopt, EventRing.attach, EventRing.adopt):
        with pytest.raises(SegmentMissing, match=name):
            attach(name)


@pytest.mark.parametrize("name", ["", "a/b", "has space", "x" * 31, "ä"])
def test_names_that_are_not_portable_are_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        ReadyBuffer.create(name)
    with pytest.raises(InvalidName):
        ReadyBuffer.attach(name)


def test_a_segment_of_another_kind_is_refused(buffer: ReadyBuffer) -> None:
    with pytest.raises(SegmentDamaged, match=r"psub-buf.*psub-rng"):
        EventRing.attach(buffer.name)


def test_another_layout_version_is_refused_with_both_versions(buffer: ReadyBuffer) -> None:
    segment = Segment.attach(buffer.name, layout.BUFFER_MAGIC)
    store_word(segment.address + layout.LAYOUT, layout.LAYOUT_VERSION + 1)
    with pytest.raises(LayoutMismatch, match=rf"{layout.LAYOUT_VERSION + 1}.*{layout.LAYOUT_VERSION}"):
        ReadyBuffer.attach(buffer.name)
    segment.close()


@pytest.mark.parametrize("offset", [layout.SEGMENT_BYTES, layout.GEOMETRY, layout.GEOMETRY + 8])
@pytest.mark.parametrize("word", [0, 5, -1, 1 << 40])
def test_a_header_that_contradicts_itself_is_refused(buffer: ReadyBuffer, offset: int, word: int) -> None:
    segment = Segment.attach(buffer.name, layout.BUFFER_MAGIC)
    store_word(segment.address + offset, word)
    with pytest.raises(SegmentDamaged, match=buffer.name):
        ReadyBuffer.attach(buffer.name)
    segment.close()


@linux_only
@pytest.mark.parametrize("size_bytes", [0, 100, layout.HEADER_BYTES, 5000])
def test_a_truncated_segment_is_refused_with_its_size(buffer: ReadyBuffer, size_bytes: int) -> None:
    os.truncate(SHARED_MEMORY / buffer.name, size_bytes)
    with pytest.raises(SegmentDamaged, match=f"truncated.*{size_bytes} bytes"):
        ReadyBuffer.attach(buffer.name)


@linux_only
@pytest.mark.parametrize("data", [bytes(4096), b"\xff" * 4096, b"not ours" * 512])
def test_a_foreign_segment_is_refused(new_name: Callable[[], str], data: bytes) -> None:
    name = new_name()
    (SHARED_MEMORY / name).write_bytes(data)
    with pytest.raises(SegmentDamaged, match=name):
        ReadyBuffer.attach(name)


@linux_only
def test_only_the_user_may_read_a_segment(buffer: ReadyBuffer) -> None:
    assert stat.S_IMODE((SHARED_MEMORY / buffer.name).stat().st_mode) == 0o600


@linux_only
def test_a_segment_is_allocated_when_it_is_made(buffer: ReadyBuffer) -> None:
    found = (SHARED_MEMORY / buffer.name).stat()
    assert found.st_blocks * 512 >= found.st_size == layout.buffer_bytes(8, 256, 4)


def test_a_size_that_no_file_has_is_said_and_nothing_is_left(new_name: Callable[[], str]) -> None:
    name = new_name()
    with pytest.raises(NoSharedMemory, match=str(1 << 70)):
        Segment.create(name, layout.BUFFER_MAGIC, 1 << 70, ())
    with pytest.raises(SegmentMissing):
        Segment.attach(name, layout.BUFFER_MAGIC)


NO_SPACE = """
import os
from substrate.shm import NoSharedMemory, ReadyBuffer
try:
    ReadyBuffer.create("psub-00000000-big", keys=64, value_bytes=65536)
except NoSharedMemory as error:
    print(error)
assert os.listdir("/dev/shm") == [], os.listdir("/dev/shm")
buffer = ReadyBuffer.create("psub-00000000-small", keys=2, value_bytes=64)
buffer.publish(("key",), 1)
buffer.unlink()
"""


@linux_only
def test_a_full_file_system_is_said_and_nothing_is_left_half_made() -> None:
    """On a shared-memory file system of one megabyte, in a mount namespace of its own."""
    unshare = shutil.which("unshare")
    mount = 'mount -t tmpfs -o size=1m tmpfs /dev/shm && exec "$0" "$@"'
    command = [unshare or "unshare", "--mount", "--map-root-user", "sh", "-c", mount]
    if unshare is None or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no permission to mount a small tmpfs")
    done = subprocess.run(
        [*command, sys.executable, "-c", NO_SPACE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    size_bytes = layout.buffer_bytes(64, 65536, 4)
    assert f"no room for shared-memory segment psub-00000000-big of {size_bytes} bytes" in done.stdout


USE_AND_EXIT = """
import sys
from multiprocessing import resource_tracker
from substrate.shm import EventRing, ReadyBuffer
buffer, ring = ReadyBuffer.attach(sys.argv[1]), EventRing.attach(sys.argv[2])
buffer.peek(("key",))
assert resource_tracker._resource_tracker._fd is None, "the resource tracker was started"
if sys.argv[3] == "close":
    buffer.close()
    ring.close()
"""


@pytest.mark.parametrize("ending", ["close", "forget"])
def test_a_child_that_exits_does_not_unlink(new_name: Callable[[], str], ending: str) -> None:
    buffer = ReadyBuffer.create(new_name(), keys=2, value_bytes=64)
    ring = EventRing.create(new_name(), slots=8)
    buffer.publish(("key",), 1)
    subprocess.run([sys.executable, "-c", USE_AND_EXIT, buffer.name, ring.name, ending], check=True)
    assert ReadyBuffer.attach(buffer.name).peek(("key",)) is not None
    assert EventRing.attach(ring.name).poll() == []


def test_an_unlinked_segment_stays_readable_for_who_has_it(run: RunDirectory) -> None:
    buffer = ReadyBuffer.create(run.segment_name("gone"), keys=2, value_bytes=64)
    reader = ReadyBuffer.attach(buffer.name)
    buffer.publish(("key",), 1)
    buffer.unlink()
    buffer.unlink()
    with pytest.raises(SegmentMissing):
        ReadyBuffer.attach(buffer.name)
    buffer.publish(("key",), 2)
    staged = reader.peek(("key",))
    assert staged is not None and staged.value == 2


def test_a_header_says_what_the_creator_gave(buffer: ReadyBuffer) -> None:
    segment = Segment.attach(buffer.name, layout.BUFFER_MAGIC)
    assert segment.geometry() == (8, 256, 4)
    assert load_word(segment.address + layout.SEGMENT_BYTES) == layout.buffer_bytes(8, 256, 4)
    segment.close()
    assert segment.address == 0
