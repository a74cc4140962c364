"""Writers and readers at full speed inside one compiled call, and kernels that die at a chosen store.

Stress needs more than Python can drive: 64 KiB values published back to back, so that a kill lands inside a
publish, and a hundred million peeks whose every byte is checked. These kernels call the real ones.

The mortal kernels are the real ones too, compiled anew with other intrinsics: after each store, and in the
middle of each copy, a countdown is lowered, and at zero the process kills itself with SIGKILL.
"""

from __future__ import annotations

import functools
import signal
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numba
import numba.core.cgutils
import numba.extending
import numpy as np
from llvmlite import ir

from substrate.shm import (
    atomics,
    buffer_kernels,
    doorbell,
    doorbell_kernels,
    event_ring,
    layout,
    ready_buffer,
    ring_kernels,
)
from substrate.shm.atomics import (
    BYTES_PAYLOAD,
    OBJECT,
    Function,
    drop_object,
    load_atomic,
    object_address,
    part_of_kernels,
    read_word,
    write_word,
)

_njit: Any = numba.njit
_int64 = numba.int64
_NONE = id(None)

PATTERNS = 16
"""Values repeat after so many versions, so that they are made once and a writer does nothing but publish."""

STEP = 0x0101010101010101
FACTOR = 0x9E3779B97F4A7C1
"""Word i of pattern p is p times an odd number, plus i steps: every byte depends on the version."""


def _compiled(signature: Any) -> Callable[[Function], Function]:
    """A kernel of the tests: compiled at import, not cached."""

    def compile_kernel(function: Function) -> Function:
        compiled: Function = _njit(signature)(function)
        return compiled

    return compile_kernel


@_compiled(_int64(_int64, _int64, OBJECT, _int64, _int64))
def _publish_many(view: int, entry: int, patterns: Any, words: int, count: int) -> int:
    """Publish `count` values of `words` words, back to back; returns the last version."""
    number = load_atomic(entry + layout.CELL, "monotonic")
    cell = read_word(view + layout.VIEW_CELLS) + number * read_word(view + layout.VIEW_CELL_BYTES)
    version = load_atomic(cell + layout.CELL_HEAD, "monotonic")
    address = object_address(patterns) + BYTES_PAYLOAD
    for _ in range(count):
        source = address + ((version + 1) % PATTERNS) * 8 * words
        buffer_kernels.count_published(view)
        version = buffer_kernels.write_slot(view, cell, source, 8 * words, version)
    return version


@_compiled(_int64(_int64, _int64, _int64, _int64))
def _check_many(handle: int, words: int, count: int, tally: int) -> int:
    """Peek `count` times; adds to three words at `tally`: torn, misses, distinct values. Returns torn."""
    previous = 0
    for _ in range(count):
        data = buffer_kernels.peek_bytes(handle)
        address = object_address(data) + BYTES_PAYLOAD
        if object_address(data) == _NONE:
            write_word(tally + 8, read_word(tally + 8) + 1)
        else:
            first = read_word(address)
            for index in range(1, words):
                if read_word(address + 8 * index) != first + index * STEP:
                    write_word(tally, read_word(tally) + 1)
                    break
            if first != previous:
                write_word(tally + 16, read_word(tally + 16) + 1)
                previous = first
        drop_object(object_address(data))
    return read_word(tally)


publish_many = atomics.entry_point(_publish_many)
check_many = atomics.entry_point(_check_many)


def value_of(version: int, words: int) -> bytes:
    """What `publish_many` publishes as `version`."""
    numbers = np.arange(words, dtype=np.uint64) * np.uint64(STEP)
    return (numbers + np.uint64((version % PATTERNS + 1) * FACTOR % (1 << 64))).tobytes()


def patterns_of(words: int) -> bytes:
    """What `publish_many` takes its values from."""
    return b"".join(value_of(version, words) for version in range(PATTERNS))


# Kernels that die

countdown = np.zeros(1, np.int64)
"""After how many more stores this process kills itself; 0 for never."""


def _count_down(context: Any, builder: Any) -> None:
    word = ir.IntType(64)
    address = builder.inttoptr(ir.Constant(word, countdown.ctypes.data), word.as_pointer())
    left = builder.load(address)
    builder.store(builder.sub(left, ir.Constant(word, 1)), address)
    with builder.if_then(builder.icmp_signed("==", left, ir.Constant(word, 1))):
        number = ir.IntType(32)
        cgutils: Any = numba.core.cgutils
        raise_signal = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(number, [number]), "raise"
        )
        builder.call(raise_signal, [ir.Constant(number, int(signal.SIGKILL))])


def _mortal(definition: Callable[..., Any]) -> Any:
    """The intrinsic, followed by the countdown."""

    def mortal_definition(*arguments: Any) -> Any:
        signature, generate = definition(*arguments)

        def generate_mortal(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            result = generate(context, builder, signature, values)
            _count_down(context, builder)
            return result

        return signature, generate_mortal

    return mortal_definition


def _store(typing_context: Any, address: Any, value: Any, ordering: Any) -> Any:
    return _mortal(atomics._store_atomic)(typing_context, address, value, ordering)


def _exchange(typing_context: Any, address: Any, expected: Any, value: Any, ordering: Any) -> Any:
    return _mortal(atomics._compare_exchange)(typing_context, address, expected, value, ordering)


def _half_copy(typing_context: Any, target: Any, source: Any, size_bytes: Any) -> Any:
    return _mortal(atomics._copy)(typing_context, target, source, size_bytes)


_intrinsic: Any = numba.extending.intrinsic
_mortal_store = _intrinsic(prefer_literal=True)(_store)
_mortal_exchange = _intrinsic(prefer_literal=True)(_exchange)
_half = _intrinsic(prefer_literal=True)(_half_copy)


@part_of_kernels
def _mortal_copy(target: int, source: int, size_bytes: int) -> None:
    """In two halves, with a chance to die between them."""
    half = size_bytes // 2
    _half(target, source, half)
    _half(target + half, source + half, size_bytes - half)


def _mortal_kernel(kernel: Any, module: types.ModuleType) -> Any:
    """A kernel and the parts that it calls, compiled anew with mortal stores."""
    names = dict(vars(module))
    names |= {
        "store_atomic": _mortal_store,
        "compare_exchange": _mortal_exchange,
        "copy": _mortal_copy,
    }
    for name in kernel.py_func.__code__.co_names:
        part: Any = getattr(module, name, None)
        if hasattr(part, "py_func"):
            names[name] = _njit(types.FunctionType(part.py_func.__code__, names))
    (signature,) = kernel.signatures
    return atomics.entry_point(_njit(signature)(types.FunctionType(kernel.py_func.__code__, names)))


@functools.cache
def _mortal_kernels() -> tuple[tuple[types.ModuleType, str, Any], ...]:
    """(module that uses it, its name there, the mortal kernel)."""
    return (
        (ready_buffer, "_publish", _mortal_kernel(buffer_kernels.publish, buffer_kernels)),
        (ready_buffer, "_insert", _mortal_kernel(buffer_kernels.insert, buffer_kernels)),
        (ready_buffer, "_evict", _mortal_kernel(buffer_kernels.evict, buffer_kernels)),
        (event_ring, "_append", _mortal_kernel(ring_kernels.append, ring_kernels)),
        (doorbell, "_fall_asleep", _mortal_kernel(doorbell_kernels.fall_asleep, doorbell_kernels)),
        (doorbell, "_wake_up", _mortal_kernel(doorbell_kernels.wake_up, doorbell_kernels)),
        (doorbell, "_mark_woken", _mortal_kernel(doorbell_kernels.mark_woken, doorbell_kernels)),
    )


@contextmanager
def mortal_kernels() -> Iterator[None]:
    """Within, buffers, rings and bells of this process use kernels that obey the countdown."""
    before = [(user, name, getattr(user, name)) for user, name, _ in _mortal_kernels()]
    for user, name, function in _mortal_kernels():
        setattr(user, name, function)
    try:
        yield
    finally:
        for user, name, function in before:
            setattr(user, name, function)
