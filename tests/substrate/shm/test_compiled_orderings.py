"""What the compiler made of the kernels: every atomic operation and fence is really there.

Each kernel is compiled anew and its optimised LLVM code read; the same code is then assembled for x86-64 and
for aarch64, where acquire and release are instructions of their own.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import llvmlite.binding as llvm
import numba
import pytest

from substrate.shm import buffer_kernels, doorbell_kernels, ring_kernels, word_kernels

MODULES = (buffer_kernels, ring_kernels, doorbell_kernels, word_kernels)
INTRINSICS = {"load_atomic", "store_atomic", "fence", "atomic_rmw", "compare_exchange"}

Operation = tuple[str, str]
"""Intrinsic and ordering."""


def kernels() -> Iterator[Any]:
    """What Python calls: the functions declared with a signature.

    Read from the source, because a part that a kernel calls has signatures too once it was compiled, and has
    none while the kernel comes from numba's cache.
    """
    for module in MODULES:
        for value in vars(module).values():
            if not hasattr(value, "py_func") or value.py_func.__module__ != module.__name__:
                continue
            if inspect.getsource(value.py_func).startswith("@kernel("):
                yield value


KERNELS = {kernel.py_func.__name__: kernel for kernel in kernels()}


def written_operations(function: Any, module: ModuleType) -> set[Operation]:
    """The atomic operations in the source of a kernel and of the parts that it calls."""
    found: set[Operation] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        called: Any = getattr(module, node.func.id, None)
        if node.func.id in INTRINSICS:
            last = node.args[-1]
            assert isinstance(last, ast.Constant)
            found.add((node.func.id, str(last.value)))
        elif hasattr(called, "py_func"):
            found |= written_operations(called.py_func, module)
    return found


@functools.cache
def compiled(name: str) -> str:
    """The optimised LLVM code of a kernel."""
    kernel = KERNELS[name]
    (signature,) = kernel.signatures
    again: Any = numba.njit(signature, error_model="numpy")(kernel.py_func)
    return str(again.inspect_llvm(signature))


PATTERNS = {
    "load_atomic": r"load atomic i64, .* {}",
    "store_atomic": r"store atomic i64 .* {}",
    "fence": r"fence {}",
    "atomic_rmw": r"atomicrmw \w+ .* {}",
    "compare_exchange": r"cmpxchg .* {} monotonic",
}


@pytest.mark.parametrize("name", KERNELS)
def test_every_operation_of_the_source_survives_optimisation(name: str) -> None:
    function = KERNELS[name].py_func
    module = inspect.getmodule(function)
    assert module is not None
    code = compiled(name)
    for intrinsic, ordering in sorted(written_operations(function, module)):
        assert re.search(PATTERNS[intrinsic].format(ordering), code), f"{intrinsic} {ordering} is gone"


@functools.cache
def assembly(name: str, architecture: str) -> str:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    triple = f"{architecture}-unknown-linux-gnu"
    machine: Any = llvm.Target.from_triple(triple).create_target_machine(opt=2)
    code = re.sub(r'"target-(cpu|features)"="[^"]*"', "", compiled(name))
    code = re.sub(r'target triple = "[^"]*"', f'target triple = "{triple}"', code)
    code = re.sub(r'target datalayout = "[^"]*"', f'target datalayout = "{machine.target_data}"', code)
    return str(machine.emit_assembly(llvm.parse_assembly(code)))


AARCH64 = {
    ("load_atomic", "acquire"): r"\bldap?r\b",
    ("store_atomic", "release"): r"\bstlr\b",
    ("fence", "acquire"): r"\bdmb\s+ishld\b",
    ("fence", "release"): r"\bdmb\s+ish\b",
    ("fence", "seq_cst"): r"\bdmb\s+ish\b",
    ("atomic_rmw", "monotonic"): r"\b(ldxr|ldadd|ldsmax|__aarch64_\w+)\b",
    ("compare_exchange", "monotonic"): r"\b(ldxr|cas|__aarch64_\w+)\b",
}
X86_64 = {
    ("fence", "seq_cst"): r"\bmfence\b|\block\b",
    ("atomic_rmw", "monotonic"): r"\block\b",
    ("compare_exchange", "monotonic"): r"\block\b.*\bcmpxchg",
}


@pytest.mark.parametrize(("architecture", "instructions"), [("aarch64", AARCH64), ("x86_64", X86_64)])
@pytest.mark.parametrize("name", KERNELS)
def test_every_ordering_is_an_instruction(
    name: str, architecture: str, instructions: dict[Operation, str]
) -> None:
    function = KERNELS[name].py_func
    module = inspect.getmodule(function)
    assert module is not None
    for operation in written_operations(function, module) & instructions.keys():
        assert re.search(instructions[operation], assembly(name, architecture), re.DOTALL), operation


def stores_in_order(name: str) -> list[str]:
    """Atomic stores and release fences of a writing kernel, in the order of the optimised code."""
    pattern = r"store atomic i64 [^\n]*?(monotonic|release)|fence release"
    return [found.group(1) or "fence" for found in re.finditer(pattern, compiled(name))]


def test_a_publish_marks_fences_fills_and_announces_in_this_order() -> None:
    """PUBLISHED, mark, fence, length, stamp, SLOT_SEQ, CELL_HEAD."""
    expected = ["monotonic", "monotonic", "fence", "monotonic", "monotonic", "release", "release"]
    assert stores_in_order("publish") == expected


def test_the_kernels_of_the_buffer_ring_and_bell_are_all_looked_at() -> None:
    assert {"publish", "insert", "evict", "peek_bytes", "peek_to_decode", "append", "read_event"} <= set(
        KERNELS
    )
    assert {"fall_asleep", "sleeping_since", "mark_woken", "wake_up"} <= set(KERNELS)
