"""One step of the optimizer, which all processes take together.

Shapes: B items of this process, P parameters.
"""

from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor, nn

from seriesbox.channel import Batch
from seriesbox.network.cuda_graph import Graphed
from seriesbox.network.gpu import tf32
from seriesbox.network.parallel import whole_operations
from seriesbox.run import Run

STEPS_AHEAD = 2  # that wait for the GPU: enough to keep it busy, few enough to stop soon


class GradientStep:
    """A step by the mean loss of a batch; on a GPU, one graph for the gradient and one for the update.

    losses: returns the (B,) losses of a batch.
    multiple: the batch is filled up to a multiple of this many items, which count for nothing.
    sums: (P + 1,) the gradients of all parameters, then the loss, as sums over all processes.
    """

    def __init__(
        self,
        module: nn.Module,
        losses: Callable[..., Tensor],
        optimizer: torch.optim.Optimizer,
        run: Run,
        multiple: int = 1,
    ) -> None:
        self.losses, self.run, self.multiple = losses, run, multiple
        self.parameters = list(module.parameters())
        sizes = [each.numel() for each in self.parameters]
        self.sums = torch.zeros(sum(sizes) + 1, device=run.device)
        for parameter, gradient in zip(self.parameters, self.sums[:-1].split(sizes), strict=True):
            parameter.grad = gradient.view_as(parameter)
        self.gradient = Graphed(self._gradient, run.device, run.listener.warn)
        self.update = Graphed(lambda: optimizer.step(), run.device, run.listener.warn)
        self.ahead: deque[torch.cuda.Event] = deque()

    def take(self, batch: Batch, items: int) -> Tensor:
        """Take a step by the mean loss of all processes' batches, of `items` items in all, and return it, ()."""
        with whole_operations():
            if own := len(batch[0]):
                position = torch.arange(-(-own // self.multiple) * self.multiple, device=self.run.device)
                if len(position) > own:
                    batch = tuple(each[position.clamp(max=own - 1)] for each in batch)
                self.gradient((position < own) / items, *batch)
            else:
                self.sums.zero_()
            self.run.group.add_up(self.sums)
            self.update()
        if self.run.device.type == "cuda":
            self._wait()
        return self.sums[-1]

    def end(self) -> None:
        """Give the memory back that a GPU holds for further steps."""
        self.gradient.forget()
        self.update.forget()

    def _gradient(self, weights: Tensor, *batch: Tensor) -> None:
        with tf32():
            loss = (self.losses(*batch) * weights).sum()
            gradients = torch.autograd.grad(loss, self.parameters, materialize_grads=True)
        torch.cat([*(each.flatten() for each in gradients), loss.detach()[None]], out=self.sums)

    def _wait(self) -> None:
        self.ahead.append(torch.cuda.Event())
        self.ahead[-1].record()
        if len(self.ahead) > STEPS_AHEAD:
            self.ahead.popleft().synchronize()
