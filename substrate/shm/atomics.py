"""Atomic memory operations for numba kernels, and how kernels are compiled and called.

Everything that is published through shared memory is loaded and stored by the intrinsics below, which
become LLVM atomics with the stated ordering: right on x86-64 and on ARM. A plain array access would be a
bug twice over, since the compiler may move it and, in a loop, read it once. Payloads alone are copied by
plain memcpy, as in every seqlock: a torn copy is possible, is detected by the check behind it, and is thrown
away unread.

Addresses are integers here and exist only inside kernels: turning an array into a kernel argument costs
more than a whole peek. For the same reason kernels are called by `entry_point`, which leaves out numba's
look-up of argument types (60 of 105 ns of an empty call), and take the address of one block of words rather
than many arguments.

Kernels are compiled when their module is imported, from numba's cache when it is warm. That cache looks at
the modification time of one file only, so the hash of all sources that a kernel is made of is part of its
name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numba.core.cgutils
import numba.extending
from llvmlite import ir
from numba import types

# numba's type hints describe neither intrinsics nor code generation.
_njit: Any = numba.njit
_extending: Any = numba.extending
_cgutils: Any = numba.core.cgutils

Function = TypeVar("Function", bound=Callable[..., Any])

_WORD = ir.IntType(64)
_BYTE = ir.IntType(8)
_SOURCES = (
    "atomics.py",
    "layout.py",
    "buffer_kernels.py",
    "ring_kernels.py",
    "doorbell_kernels.py",
    "word_kernels.py",
)


def _sources_digest() -> str:
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


_DIGEST = _sources_digest()


def kernel(signature: Any) -> Callable[[Function], Function]:
    """Compile a function of integers that Python calls through `entry_point`; the GIL is held throughout."""

    def compile_kernel(function: Function) -> Function:
        function.__qualname__ = f"{function.__name__}_{_DIGEST}"
        compiled: Function = _njit(signature, cache=True, error_model="numpy")(function)
        return compiled

    return compile_kernel


def part_of_kernels(function: Function) -> Function:
    """A function that only kernels call; it is inlined into them by LLVM."""
    compiled: Function = _njit(error_model="numpy")(function)
    return compiled


def entry_point(compiled: Function) -> Function:
    """The compiled function itself, without numba's dispatcher in front. Arguments must be plain integers."""
    (overload,) = compiled.overloads.values()  # type: ignore[attr-defined]
    function: Function = overload.entry_point
    return function


def _pointer(builder: Any, address: Any) -> Any:
    return builder.inttoptr(address, _WORD.as_pointer())


def _load_atomic(typing_context: Any, address: Any, ordering: Any) -> Any:
    order = ordering.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_pointer(builder, arguments[0]), order, align=8)

    return types.int64(types.int64, ordering), generate


def _store_atomic(typing_context: Any, address: Any, value: Any, ordering: Any) -> Any:
    order = ordering.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store_atomic(arguments[1], _pointer(builder, arguments[0]), order, align=8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, ordering), generate


def _fence(typing_context: Any, ordering: Any) -> Any:
    order = ordering.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence(order)
        return context.get_dummy_value()

    return types.void(ordering), generate


def _atomic_rmw(typing_context: Any, operation: Any, address: Any, value: Any, ordering: Any) -> Any:
    name, order = operation.literal_value, ordering.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.atomic_rmw(name, _pointer(builder, arguments[1]), arguments[2], order)

    return types.int64(operation, types.int64, types.int64, ordering), generate


def _compare_exchange(typing_context: Any, address: Any, expected: Any, value: Any, ordering: Any) -> Any:
    order = ordering.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pair = builder.cmpxchg(
            _pointer(builder, arguments[0]), arguments[1], arguments[2], order, failordering="monotonic"
        )
        return builder.extract_value(pair, 0)

    return types.int64(types.int64, types.int64, types.int64, ordering), generate


def _read_word(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, arguments[0]))

    return types.int64(types.int64), generate


def _write_word(typing_context: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], _pointer(builder, arguments[0]))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


def _read_byte(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = builder.load(builder.inttoptr(arguments[0], _BYTE.as_pointer()))
        return builder.zext(byte, _WORD)

    return types.int64(types.int64), generate


def _copy(typing_context: Any, target: Any, source: Any, size_bytes: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target_pointer = builder.inttoptr(arguments[0], _BYTE.as_pointer())
        source_pointer = builder.inttoptr(arguments[1], _BYTE.as_pointer())
        _cgutils.raw_memcpy(builder, target_pointer, source_pointer, arguments[2], 1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


class _ObjectType(types.Opaque):
    """A Python object. As an argument it is borrowed; returned, its reference goes to the caller."""


def tuple_of(*members: Any) -> Any:
    """The type of a kernel's tuple result."""
    base: Any = types.BaseTuple
    return base.from_types(members)


OBJECT = _ObjectType(name="python_object")
_extending.register_model(_ObjectType)(_extending.models.OpaqueModel)


def _box_object(object_type: Any, value: Any, context: Any) -> Any:
    return value


def _unbox_object(object_type: Any, value: Any, context: Any) -> Any:
    return _extending.NativeValue(value)


_extending.box(_ObjectType)(_box_object)
_extending.unbox(_ObjectType)(_unbox_object)


def _new_bytes(typing_context: Any, size_bytes: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        api = context.get_python_api(builder)
        return api.bytes_from_string_and_size(ir.Constant(_BYTE.as_pointer(), None), arguments[0])

    return OBJECT(types.int64), generate


def _no_object(typing_context: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.get_python_api(builder).make_none()

    return OBJECT(), generate


def _object_address(typing_context: Any, reference: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ptrtoint(arguments[0], _WORD)

    return types.int64(OBJECT), generate


def _object_at(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        reference = builder.inttoptr(arguments[0], _BYTE.as_pointer())
        context.get_python_api(builder).incref(reference)
        return reference

    return OBJECT(types.int64), generate


def _drop_object(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        context.get_python_api(builder).decref(builder.inttoptr(arguments[0], _BYTE.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _intrinsic(definition: Callable[..., Any]) -> Any:
    """Orderings and operations reach the code generators as literals: they are part of the instruction."""
    return _extending.intrinsic(prefer_literal=True)(definition)


load_atomic: Callable[[int, str], int] = _intrinsic(_load_atomic)
"""`load_atomic(address, ordering)`: one word of shared memory."""

store_atomic: Callable[[int, int, str], None] = _intrinsic(_store_atomic)
"""`store_atomic(address, value, ordering)`: one word of shared memory."""

fence: Callable[[str], None] = _intrinsic(_fence)
"""`fence(ordering)`: orders what stands before it against what stands behind it."""

atomic_rmw: Callable[[str, int, int, str], int] = _intrinsic(_atomic_rmw)
"""`atomic_rmw(operation, address, value, ordering)`: "add", "max" or "xchg"; returns the old word."""

compare_exchange: Callable[[int, int, int, str], int] = _intrinsic(_compare_exchange)
"""`compare_exchange(address, expected, value, ordering)`: returns the old word; stored if it was expected."""

read_word: Callable[[int], int] = _intrinsic(_read_word)
"""One word of this process's own memory, which no other process or thread changes under the GIL."""

write_word: Callable[[int, int], None] = _intrinsic(_write_word)
"""The counterpart of `read_word`."""

read_byte: Callable[[int], int] = _intrinsic(_read_byte)
"""One byte of a payload; like a copy, worth nothing until the check behind it."""

copy: Callable[[int, int, int], None] = _intrinsic(_copy)
"""`copy(target, source, size_bytes)`: a payload, in or out."""

new_bytes: Callable[[int], Any] = _intrinsic(_new_bytes)
"""A new bytes object with undefined contents; address 0 when there is no memory (MemoryError is set)."""

no_object: Callable[[], Any] = _intrinsic(_no_object)
"""None."""

object_address: Callable[[Any], int] = _intrinsic(_object_address)
"""The address of an object, without taking or giving a reference."""

object_at: Callable[[int], Any] = _intrinsic(_object_at)
"""A new reference to the object at an address."""

drop_object: Callable[[int], None] = _intrinsic(_drop_object)
"""Give up one reference to the object at an address."""


@part_of_kernels
def allocate_bytes(size_bytes: int) -> Any:
    """A new bytes object with undefined contents. Raises MemoryError."""
    data = new_bytes(size_bytes)
    if object_address(data) == 0:
        raise MemoryError("no memory for a copy out of shared memory")
    return data


BYTES_PAYLOAD = bytes.__basicsize__ - 1
"""Where the payload of a bytes object begins: its struct ends with the terminating zero."""
