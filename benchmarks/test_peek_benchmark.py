"""Peek and publish under pytest-benchmark: `make bench`. For the comparison with others see peek.py."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.peek import KEY, temporary_buffer
from substrate.shm import ReadyBuffer

Buffers = tuple[ReadyBuffer, ReadyBuffer, bytes]


@pytest.fixture(params=[64, 1024, 65536])
def buffers(request: pytest.FixtureRequest) -> Iterator[Buffers]:
    """A writer, a reader, and a payload that is published under KEY."""
    payload = os.urandom(request.param)
    with temporary_buffer(8, len(payload) + 16) as writer:
        reader = ReadyBuffer.attach(writer.name)
        writer.publish_bytes(KEY, payload)
        writer.publish(("decoded",), payload)
        yield writer, reader, payload
        reader.close()


def test_peek_bytes(benchmark: BenchmarkFixture, buffers: Buffers) -> None:
    _, reader, payload = buffers
    assert benchmark(reader.handle(KEY).peek_bytes) == payload


def test_peek_of_an_unchanged_value(benchmark: BenchmarkFixture, buffers: Buffers) -> None:
    _, reader, payload = buffers
    assert benchmark(reader.handle(("decoded",)).peek).value == payload


def test_publish_bytes(benchmark: BenchmarkFixture, buffers: Buffers) -> None:
    writer, reader, payload = buffers
    benchmark(writer.publish_bytes, KEY, payload)
    assert reader.peek_bytes(KEY) == payload
