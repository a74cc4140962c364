"""The kernels, executed step by step on a model of weakly ordered memory, in every way that it allows.

What is explored is the source of the kernels themselves: each intrinsic becomes a step of a generator, so
no second description of the protocols can drift from the first. The memory is the view machine of the C11
model without load buffering (Kang et al., "A Promising Semantics for Relaxed-Memory Concurrency", POPL 2017,
without the promises):

- every location keeps all values ever stored, in order; every store carries the view that it releases;
- a load may return any value that is not older than what its thread is known to have seen: each is tried;
- acquire and release, as orderings or fences, pass views on; full fences also through one global view.

Payloads are words here, loaded and stored like relaxed atomics, which allows every tearing.

A reader that does not influence its writer needs no interleaving: whatever it could have read while the
writer ran it can still read, as an old value, after the writer is done. So a writer runs first, up to the
store at which it is killed. Where both sides influence each other (the doorbell), all interleavings are
explored.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import textwrap
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

Step = Generator[tuple[Any, ...], Any, Any]
View = dict[int, int]

SHARED = 1 << 20
"""Where shared memory begins; private memory lies below."""

_SHARED_OPERATIONS = {
    "load_atomic",
    "store_atomic",
    "fence",
    "atomic_rmw",
    "compare_exchange",
    "read_byte",
    "copy",
}
_ACQUIRING = {"acquire", "acq_rel", "seq_cst"}
_RELEASING = {"release", "acq_rel", "seq_cst"}


class Killed(Exception):
    """The thread was killed at the store that it was about to make."""


class Pruned(Exception):
    """The execution leads nowhere new: its state was seen before, or it only repeats old reads."""


@dataclass(slots=True)
class Choices:
    """A path through the tree of choices: what is left of it is filled with first options."""

    path: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    position: int = 0

    def choose(self, options: int) -> int:
        if options == 1:
            return 0
        if self.position == len(self.path):
            self.path.append(0)
            self.widths.append(options)
        self.position += 1
        return self.path[self.position - 1]

    @property
    def is_new(self) -> bool:
        """Whether the next choice has not been made before on this path."""
        return self.position == len(self.path)

    def advance(self) -> bool:
        """Go on to the next path, depth first; False when all were taken."""
        self.position = 0
        while self.path and self.path[-1] + 1 == self.widths[-1]:
            self.path.pop()
            self.widths.pop()
        if not self.path:
            return False
        self.path[-1] += 1
        return True


def explore(run: Callable[[Choices], None], limit: int = 2_000_000) -> int:
    """Call `run` once for every path of choices; returns how many there were."""
    choices, count = Choices(), 0
    while True:
        with contextlib.suppress(Pruned):
            run(choices)
        count += 1
        assert count < limit, f"more than {limit} executions: the scenario is too large"
        if not choices.advance():
            return count


@dataclass(slots=True)
class Thread:
    """What a thread has seen: now, after an acquire fence, and what a release fence passed on."""

    current: View = field(default_factory=dict)
    acquirable: View = field(default_factory=dict)
    released: View = field(default_factory=dict)


class Machine:
    """Memory, and the rules by which threads see it."""

    def __init__(self, choices: Choices, seen: set[int] | None = None) -> None:
        self._choices = choices
        self._seen: set[int] = set() if seen is None else seen
        self._messages: dict[int, list[tuple[int, View]]] = {}
        self._full_fence_view: View = {}
        self.private: dict[int, int] = {}
        self._next_object = 4096
        self._full_fences = 0
        self._place = 0
        self.stores_left: int | None = None
        """How many more stores the running thread makes before it is killed."""

    def set_shared(self, address: int, value: int) -> None:
        """An initial value, which every thread has seen."""
        self._messages[address] = [(value, {})]

    def newest(self, address: int) -> int:
        return self._messages[address][-1][0] if address in self._messages else 0

    def everything(self) -> View:
        """The view of a process that starts now: starting synchronises with all that happened before."""
        return {address: len(messages) - 1 for address, messages in self._messages.items()}

    def new_thread(self, *, after_all: bool) -> Thread:
        """`after_all`: it starts after all that happened; otherwise it may still see none of it."""
        view = self.everything() if after_all else {}
        return Thread(dict(view), dict(view), {})

    def new_object(self, words: Sequence[int]) -> int:
        """A bytes object of another process or of this one; returns its address."""
        address = self._next_object
        self._next_object += 4096
        for index, word in enumerate(words):
            self.private[address + 32 + 8 * index] = word
        return address

    def object_words(self, address: int, count: int) -> tuple[int, ...]:
        return tuple(self.private.get(address + 32 + 8 * index, 0) for index in range(count))

    def run(self, thread: Thread, steps: Step, steps_max: int = 1000) -> Any:
        """Run to the end without interruption; pruned when it takes more steps, as by retrying for ever."""
        result = None
        for _ in range(steps_max):
            try:
                operation = steps.send(result)
            except StopIteration as end:
                return end.value
            result = self.perform(thread, operation)
        raise Pruned

    def run_together(
        self,
        threads: Mapping[str, tuple[Thread, Step]],
        mortal: Collection[str],
        outside: Callable[[], object],
    ) -> None:
        """Run all threads to the end or until none can go on, interleaved in every way.

        Before each step the next thread is chosen and, if it is mortal, whether it dies instead. A thread
        waits by the operation ("wait_until", condition). `outside` is the state that is not in memory.
        """
        alive = dict(threads)
        results: dict[str, Any] = dict.fromkeys(threads)
        waiting: dict[str, Callable[[], bool]] = {}
        # Each thread's operations, as their places in the order of their location, or among full fences:
        # together they determine memory, views, and where each thread stands.
        history: dict[str, tuple[object, ...]] = dict.fromkeys(threads, ())
        while able := [name for name in alive if name not in waiting or waiting[name]()]:
            if self._choices.is_new:
                state = hash((tuple(history.values()), outside()))
                if state in self._seen:
                    raise Pruned
                self._seen.add(state)
            name = able[self._choices.choose(len(able))]
            if name in mortal and self._choices.choose(2):
                del alive[name]
                history[name] += ("killed",)
                continue
            waiting.pop(name, None)
            thread, steps = alive[name]
            self._place = -1
            try:
                operation = steps.send(results[name])
            except StopIteration:
                del alive[name]
            else:
                if operation[0] == "wait_until":
                    waiting[name], results[name] = operation[1], None
                else:
                    results[name] = self.perform(thread, operation)
            history[name] += (self._place,)

    def perform(self, thread: Thread, operation: tuple[Any, ...]) -> Any:
        name, *arguments = operation
        return getattr(self, f"_{name}")(thread, *arguments)

    def _load_atomic(self, thread: Thread, address: int, ordering: str) -> int:
        messages = self._at(address)
        # Of several messages with one value the oldest stands for all: it teaches the thread the least, so
        # whatever can happen after another can happen after it.
        readable: dict[int, int] = {}
        for index in range(thread.current.get(address, 0), len(messages)):
            readable.setdefault(messages[index][0], index)
        index = list(readable.values())[-1 - self._choices.choose(len(readable))]
        value, view = messages[index]
        thread.current[address] = self._place = index
        _join(thread.acquirable, view)
        thread.acquirable[address] = max(index, thread.acquirable.get(address, 0))
        if ordering in _ACQUIRING:
            _join(thread.current, view)
        return value

    def _store_atomic(self, thread: Thread, address: int, value: int, ordering: str) -> None:
        if self.stores_left is not None:
            if self.stores_left == 0:
                raise Killed
            self.stores_left -= 1
        self._append(thread, address, value, ordering, {})

    def _append(self, thread: Thread, address: int, value: int, ordering: str, inherited: View) -> None:
        messages = self._at(address)
        index = len(messages)
        thread.current[address] = thread.acquirable[address] = self._place = index
        view = dict(thread.current if ordering in _RELEASING else thread.released)
        _join(view, inherited)
        view[address] = index
        messages.append((value, view))

    def _fence(self, thread: Thread, ordering: str) -> None:
        if ordering in _ACQUIRING:
            _join(thread.current, thread.acquirable)
        if ordering == "seq_cst":
            _join(thread.current, self._full_fence_view)
            _join(thread.acquirable, thread.current)
            self._full_fence_view = dict(thread.current)
            self._full_fences += 1
            self._place = self._full_fences
        if ordering in _RELEASING:
            thread.released = dict(thread.current)

    def _atomic_rmw(self, thread: Thread, operation: str, address: int, value: int, ordering: str) -> int:
        old = self._read_newest(thread, address, ordering)
        new = {"add": old + value, "max": max(old, value), "xchg": value}[operation]
        self._append(thread, address, new, ordering, self._at(address)[-1][1])
        return old

    def _compare_exchange(
        self, thread: Thread, address: int, expected: int, value: int, ordering: str
    ) -> int:
        # A failing exchange may read an old value, but it fails all the same if the newest differs.
        old = self._read_newest(thread, address, ordering)
        if old == expected:
            self._append(thread, address, value, ordering, self._at(address)[-1][1])
        return old

    def _read_newest(self, thread: Thread, address: int, ordering: str) -> int:
        messages = self._at(address)
        value, view = messages[-1]
        thread.current[address] = self._place = len(messages) - 1
        _join(thread.acquirable, view)
        if ordering in _ACQUIRING:
            _join(thread.current, view)
        return value

    def _read_byte(self, thread: Thread, address: int) -> int:
        word = self._read(thread, address & ~7)
        return (word >> 8 * (address & 7)) & 0xFF

    def _copy(self, thread: Thread, target: int, source: int, size_bytes: int) -> None:
        for offset in range(0, size_bytes, 8):
            word = self._read(thread, source + offset)
            if target + offset >= SHARED:
                self._store_atomic(thread, target + offset, word, "monotonic")
            else:
                self.private[target + offset] = word

    def _read(self, thread: Thread, address: int) -> int:
        if address >= SHARED:
            return self._load_atomic(thread, address, "monotonic")
        return self.private.get(address, 0)

    def _at(self, address: int) -> list[tuple[int, View]]:
        return self._messages.setdefault(address, [(0, {})])


def _join(view: View, other: View) -> None:
    for address, index in other.items():
        if index > view.get(address, 0):
            view[address] = index


@dataclass(frozen=True, slots=True)
class Site:
    """One place in the kernels where an ordering stronger than relaxed stands."""

    function: str
    line: int
    operation: str
    address: str
    """The expression that names the word; empty for a fence."""
    ordering: str

    def __str__(self) -> str:
        place = self.address.rpartition(" ")[2] or "fence"
        return f"{self.function}:{self.line}:{self.operation}:{place.strip(')')}:{self.ordering}"


class Kernels:
    """The functions of a kernel module as generators of steps; `weaken` removes orderings and fences."""

    def __init__(self, module: ModuleType, weaken: Collection[Site] = (), **constants: Any) -> None:
        self.machine: Machine
        functions = dict(_functions(module))
        namespace: dict[str, Any] = {**vars(module), **constants}
        namespace |= {
            "BYTES_PAYLOAD": 32,
            "read_word": lambda address: self.machine.private.get(address, 0),
            "write_word": lambda address, value: self.machine.private.__setitem__(address, value),
            "allocate_bytes": lambda size_bytes: self.machine.new_object(()),
            "no_object": lambda: None,
            "object_address": lambda reference: reference,
            "object_at": lambda address: address,
            "drop_object": lambda address: None,
        }
        for name, tree in functions.items():
            tree = _Stepwise(set(functions), name, weaken).visit(tree)
            tree.decorator_list = []
            tree.body.append(ast.parse("if False: yield").body[0])
            code = ast.fix_missing_locations(ast.Module([tree], []))
            exec(compile(code, module.__name__, "exec"), namespace)
        self._namespace = namespace

    def __getattr__(self, name: str) -> Callable[..., Step]:
        function: Callable[..., Step] = self._namespace[name]
        return function


def ordering_sites(module: ModuleType) -> Iterator[Site]:
    """Every ordering and fence of a kernel module that could be removed."""
    for name, tree in _functions(module):
        for node in ast.walk(tree):
            operation = _operation(node)
            if operation in _SHARED_OPERATIONS and isinstance(node, ast.Call):
                site = _site(name, node)
                if site.ordering not in ("None", "monotonic"):
                    yield site


class _Stepwise(ast.NodeTransformer):
    """Shared operations become yields, calls of other kernels become `yield from`."""

    def __init__(self, kernels: set[str], function: str, weaken: Collection[Site]) -> None:
        self._kernels = kernels
        self._function = function
        self._weaken = weaken

    def visit_Call(self, node: ast.Call) -> ast.AST:
        operation = _operation(node)
        is_weakened = _site(self._function, node) in self._weaken
        arguments = [self.visit(argument) for argument in node.args]
        if operation in _SHARED_OPERATIONS:
            if is_weakened:
                arguments[-1] = ast.Constant("monotonic")
            return ast.Yield(ast.Tuple([ast.Constant(operation), *arguments], ast.Load()))
        call = ast.Call(node.func, arguments, node.keywords)
        return ast.YieldFrom(call) if operation in self._kernels else call


def _functions(module: ModuleType) -> Iterator[tuple[str, ast.FunctionDef]]:
    for name, value in vars(module).items():
        function = getattr(value, "py_func", None)
        if function is not None and function.__module__ == module.__name__:
            tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
            assert isinstance(tree, ast.FunctionDef)
            yield name, tree


def _operation(node: ast.AST) -> str | None:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def _site(function: str, node: ast.Call) -> Site:
    operation = _operation(node) or ""
    last = node.args[-1] if node.args else None
    ordering = str(last.value) if isinstance(last, ast.Constant) else "None"
    address = {"fence": None, "atomic_rmw": 1}.get(operation, 0)
    named = "" if address is None or not node.args else ast.unparse(node.args[address])
    return Site(function, node.lineno, operation, named, ordering)
