"""The one epoch loop, and what the platform decides about a training."""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor, nn

from seriesbox.errors import DataError
from seriesbox.hyperparameters import Optimization

Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    """What the platform decides: where to compute, who listens, and whether to end early."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    report: Callable[[int, Mapping[str, float]], None] = lambda epoch, metrics: None
    stopped: Callable[[], bool] = lambda: False


def optimize(
    module: nn.Module,
    items: int,
    loss: Callable[[Tensor], Tensor],
    evaluate: Callable[[float], Mapping[str, float]],
    hyperparameters: Optimization,
    run: Run,
) -> None:
    """Fit `module` by Adam on shuffled batches, up to the last epoch or the first step after which the run is stopped.

    items: how many there are to shuffle; `loss` gets the indices of a batch and returns its mean loss.
    evaluate: gets the epoch's mean loss and returns the metrics to report; runs in evaluation mode, without gradients.
    Raises DataError when the loss is no longer finite.
    """
    optimizer = torch.optim.Adam(module.parameters(), lr=hyperparameters.lr, fused=True)
    for epoch in range(1, hyperparameters.epochs + 1):
        module.train()
        total, seen = torch.zeros((), device=run.device), 0
        for batch in torch.randperm(items).split(hyperparameters.batch_size):
            batch_loss = loss(batch.to(run.device))
            optimizer.zero_grad()
            batch_loss.backward()
            optimizer.step()
            total += batch_loss.detach() * len(batch)
            seen += len(batch)
            if run.stopped():
                break
        mean_loss = float(total) / seen
        if not math.isfinite(mean_loss):
            raise DataError(
                f"The training loss became {mean_loss} in epoch {epoch}: lower `lr`, which is {hyperparameters.lr}."
            )
        module.eval()
        if run.stopped():
            return
        with torch.inference_mode():
            metrics = evaluate(mean_loss)
        run.report(epoch, metrics)


def finished(run: Run, compute: Callable[[], Result]) -> Result | None:
    """The result of what cannot be stopped half-way; None as soon as the run is stopped.

    It is then left behind, computing, and ends with the process.
    """
    results: list[Result] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(compute())
        except Exception as error:
            errors.append(error)

    if run.stopped():
        return None
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not run.stopped():
        thread.join(0.1)
    if errors:
        raise errors[0]
    return results[0] if results else None
