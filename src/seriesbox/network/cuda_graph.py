"""Many launches of a GPU in one, by CUDA graphs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class Graphed:
    """A function of tensors that a GPU computes in one launch. On a CPU it is the function itself.

    The function has fixed shapes, never waits for the GPU, and leaves its results in tensors of its own. For each shape
    of its inputs, its first call is plain, so that libraries choose their algorithms and keep them; the second is
    recorded, and replayed from then on. If it cannot be recorded it stays plain, with the same kernels.

    warn: gets a sentence if it cannot be recorded.
    """

    def __init__(self, function: Callable[..., None], device: torch.device, warn: Callable[[str], None]) -> None:
        self.function, self.warn = function, warn
        self.records = device.type == "cuda"
        self.recordings: dict[tuple[torch.Size, ...], _Recording | None] = {}

    def __call__(self, *inputs: Tensor) -> None:
        """Compute the function."""
        recording = self._recording(inputs) if self.records else None
        if recording:
            recording.replay(inputs)
        else:
            self.function(*inputs)

    def forget(self) -> None:
        """Give the memory of all recordings back."""
        self.recordings.clear()

    def _recording(self, inputs: tuple[Tensor, ...]) -> "_Recording | None":
        """Return the recording for inputs of these shapes; None for the first ones, or if it fails."""
        shapes = tuple(each.shape for each in inputs)
        if shapes in self.recordings and not self.recordings[shapes]:
            self.recordings[shapes] = self._record(inputs)
        return self.recordings.setdefault(shapes, None)

    def _record(self, inputs: tuple[Tensor, ...]) -> "_Recording | None":
        others = [each for each in self.recordings.values() if each]
        try:
            with _undone_by_errors():
                return _Recording(self.function, inputs, others[0] if others else None)
        except RuntimeError as error:
            self.records = False
            self.warn(f"Every step takes many launches, because it cannot be recorded for the GPU: {error}")
            return None


@contextmanager
def _undone_by_errors() -> Iterator[None]:
    """Leave the stream and the generator of random numbers as they were if a recording fails."""
    stream = torch.cuda.current_stream()
    generator = torch.cuda.default_generators[stream.device_index]
    clean = generator.clone_state()
    try:
        yield
    except RuntimeError:
        torch.cuda.set_stream(stream)
        generator.graphsafe_set_state(clean)
        raise


class _Recording:
    """A function recorded for inputs of one shape. All recordings of a function share memory: one runs at a time."""

    def __init__(self, function: Callable[..., None], inputs: tuple[Tensor, ...], other: "_Recording | None") -> None:
        self.inputs = [each.clone() for each in inputs]
        self.graph = torch.cuda.CUDAGraph()
        # Other threads, such as NCCL's, may go on with what a recording thread must not do.
        pool = other.graph.pool() if other else None
        with torch.cuda.graph(self.graph, pool=pool, capture_error_mode="thread_local"):
            function(*self.inputs)

    def replay(self, inputs: tuple[Tensor, ...]) -> None:
        for own, given in zip(self.inputs, inputs, strict=True):
            own.copy_(given)
        self.graph.replay()
