"""Parts of a computation on the cores of a CPU, one core each.

torch divides every single operation among the cores, and they wait for each other after each: by spinning, so that a
neighbour on one of them makes all of them many times slower. Parts wait once, and small operations stay whole.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from threading import Barrier
from typing import Any

import torch
from torch import Tensor


class _Cores(threading.local):
    """The cores of whole operations, while there are such in this thread; else 0."""

    number = 0


_cores = _Cores()
# Multiplications, about two milliseconds of a core, that a part should have: threads of Python hinder each other.
WORTH_A_PART = 50_000_000


@contextmanager
def whole_operations() -> Iterator[None]:
    """Let this thread divide no operation meanwhile. Parts are still divided among as many threads as torch had."""
    _cores.number = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(_cores.number)
        _cores.number = 0


def useful_threads(multiplications: int) -> int:
    """Return the number of threads that share these multiplications with profit."""
    return max(1, min(_threads(), multiplications // WORTH_A_PART))


def _threads() -> int:
    return _cores.number or torch.get_num_threads()


def in_parallel(
    parts: Sequence[Callable[[], Tensor]], parameters: Sequence[Tensor], multiplications: int
) -> list[Tensor]:
    """Return what the parts compute, in their order. Gradients with respect to the parameters are divided likewise.

    The parts must draw no random numbers: these would depend on who comes first.
    multiplications: in all parts together, about.
    """
    if len(parts) == 1 or useful_threads(multiplications) == 1:
        return [part() for part in parts]
    if not torch.is_grad_enabled():
        return _compute([partial(_without_gradient, part) for part in parts])
    outputs: tuple[Tensor, ...] = _Parts.apply(parts, *parameters)  # type: ignore[no-untyped-call]
    return list(outputs)


class _Parts(torch.autograd.Function):
    """Computes parts forward and backward. The gradient of a parameter is summed in the order of the parts."""

    @staticmethod
    def forward(ctx: Any, parts: Sequence[Callable[[], Tensor]], *parameters: Tensor) -> tuple[Tensor, ...]:
        ctx.parameters, ctx.outputs = parameters, _compute(parts)
        return tuple(output.detach() for output in ctx.outputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        of_parts = _compute(
            [
                partial(torch.autograd.grad, output, ctx.parameters, gradient, materialize_grads=True)
                for output, gradient in zip(ctx.outputs, gradients, strict=True)
            ]
        )
        return None, *(torch.stack(each).sum(dim=0) for each in zip(*of_parts, strict=True))


def _compute(parts: Sequence[Callable[[], Any]]) -> list[Any]:
    return list(_pool(_threads()).map(lambda part: part(), parts))


def _without_gradient(part: Callable[[], Tensor]) -> Tensor:
    with torch.no_grad():  # a thread has a mode of its own
        return part()


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    pool, all_started, own = ThreadPoolExecutor(threads), Barrier(threads + 1), torch.get_num_threads()

    def keep_operations_whole() -> None:
        torch.get_num_threads()  # makes a new thread adopt the number of all, which it would do later otherwise
        torch.set_num_threads(1)
        all_started.wait()

    for _ in range(threads):
        pool.submit(keep_operations_whole)
    all_started.wait()
    torch.set_num_threads(own)  # also of threads to come: the others have changed it for them
    return pool
