"""Random sequences of everything that can happen to a buffer, against a plain dict."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from substrate.shm import BufferFull, KeyHandle, ReadyBuffer, ValueTooLarge
from tests.substrate.shm.processes import forked
from tests.substrate.shm.stress_kernels import countdown, mortal_kernels

KEYS_MAX, VALUE_BYTES = 3, 64

keys = st.tuples(st.sampled_from("abcde"), st.sampled_from(["", "x"]))
values = st.binary(max_size=VALUE_BYTES + 8)


class BufferAgainstDict(RuleBasedStateMachine):
    """One writer, which may crash at any store, and readers that come and go."""

    readers = Bundle("readers")
    handles = Bundle("handles")

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[tuple[str, str], bytes] = {}
        self.versions: dict[tuple[str, str], int] = {}
        self.name = f"psub-{os.urandom(4).hex()}-states"
        self.writer = ReadyBuffer.create(self.name, keys=KEYS_MAX, value_bytes=VALUE_BYTES, versions=2)
        self.observer = ReadyBuffer.attach(self.name, observer=True)
        self.attached: list[ReadyBuffer] = []

    def teardown(self) -> None:
        for buffer in (self.writer, self.observer, *self.attached):
            buffer.close()
        self.observer.unlink()

    @rule(target=readers, observer=st.booleans())
    def attach(self, observer: bool) -> ReadyBuffer:
        self.attached.append(ReadyBuffer.attach(self.name, observer))
        return self.attached[-1]

    @rule(target=handles, reader=readers, key=keys)
    def resolve(self, reader: ReadyBuffer, key: tuple[str, str]) -> tuple[KeyHandle, tuple[str, str]]:
        return reader.handle(key), key

    @rule(key=keys, value=values)
    def publish(self, key: tuple[str, str], value: bytes) -> None:
        try:
            version = self.writer.publish_bytes(key, value)
        except ValueTooLarge:
            assert len(value) > VALUE_BYTES
        except BufferFull:
            assert key not in self.expected and len(self.expected) == KEYS_MAX
        else:
            assert version > self.versions.get(key, 0) or key not in self.expected
            self.expected[key] = value
            self.versions[key] = version

    @rule(key=keys)
    def evict(self, key: tuple[str, str]) -> None:
        assert self.writer.evict(key) == (self.expected.pop(key, None) is not None)

    @rule(reader=readers, key=keys)
    def peek(self, reader: ReadyBuffer, key: tuple[str, str]) -> None:
        assert reader.peek_bytes(key) == self.expected.get(key)

    @rule(found=handles)
    def peek_by_handle(self, found: tuple[KeyHandle, tuple[str, str]]) -> None:
        handle, key = found
        assert handle.peek_bytes() == self.expected.get(key)
        assert handle.version() == (self.versions[key] if key in self.expected else 0)

    @rule()
    def evict_all(self) -> None:
        assert self.writer.evict_stale(-1.0) == len(self.expected)
        self.expected.clear()

    @rule()
    def adopt(self) -> None:
        self.writer.close()
        self.writer = ReadyBuffer.adopt(self.name)

    @rule(key=keys, value=st.binary(max_size=VALUE_BYTES), stores=st.integers(1, 20), evicts=st.booleans())
    def crash(self, key: tuple[str, str], value: bytes, stores: int, evicts: bool) -> None:
        """A writer is killed at one of its next stores: what it did last has happened, or has not."""
        self.writer.close()

        def live() -> None:
            writer = ReadyBuffer.adopt(self.name)
            countdown[0] = stores
            if evicts:
                writer.evict(key)
            elif key in self.expected or len(self.expected) < KEYS_MAX:
                writer.publish_bytes(key, value)
            countdown[0] = 0

        with forked(live) as child:
            assert child.wait() in (0, -signal.SIGKILL)
        found = self.observer.peek_bytes(key)
        assert found in (self.expected.get(key), None if evicts else value)
        self.expected.pop(key, None)
        if found is not None:
            self.expected[key] = found
            self.versions[key] = self.observer.handle(key).version()
        self.writer = ReadyBuffer.adopt(self.name)

    @invariant()
    def the_live_keys_are_those_of_the_dict(self) -> None:
        assert set(self.observer.keys()) == set(self.expected)
        assert len(self.observer) == len(self.expected)
        assert self.observer.is_empty() == (not self.expected)

    @invariant()
    def what_is_consumed_was_published(self) -> None:
        counters = self.observer.counters()
        assert counters.consumed <= counters.published
        assert counters.consumed <= counters.hits
        assert counters.contended == 0


def run(examples: int, steps: int) -> None:
    options = settings(
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
    )
    with mortal_kernels():
        run_state_machine_as_test(BufferAgainstDict, settings=options)


def test_a_buffer_behaves_like_a_dict_whatever_happens_to_it() -> None:
    run(examples=30, steps=30)


@pytest.mark.stress
def test_a_buffer_behaves_like_a_dict_for_long() -> None:
    run(examples=300, steps=50)
