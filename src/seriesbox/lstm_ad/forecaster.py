"""The forecaster: a stacked LSTM over the context, a linear layer on its last state.

Malhotra et al. 2015 (see `gaussian.py`), section 2.1.

Shapes: B windows, L context steps, P predicted steps, D columns, H hidden units, E = P / S * D errors of a step.
"""

import math
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest

import torch
from torch import Tensor, nn

from seriesbox.network.parallel import in_parallel, useful_threads


class Forecaster(nn.Module):
    """Predicts the `prediction_length` steps that follow a context, all columns at once.

    `dropout` acts between the LSTM layers only, so a single layer has none.
    """

    def __init__(self, columns: int, prediction_length: int, hidden_size: int, num_layers: int, dropout: float):
        super().__init__()
        sizes = [columns, *[hidden_size] * num_layers]
        self.layers = nn.ModuleList(nn.LSTM(sizes[i], hidden_size, batch_first=True) for i in range(num_layers))
        self.dropout = dropout
        self.head = nn.Linear(hidden_size, prediction_length * columns)
        self.prediction_length = prediction_length

    def forward(self, context: Tensor, kept: Sequence[Tensor] = ()) -> Tensor:
        """Return the forecasts, (B, L, D) -> (B, P, D).

        kept: of every layer but the last, which of its states (B, L, H) dropout keeps; all if there are none.
        """
        states, _ = self.layers[0](context)  # (B, L, H)
        for layer, mask in zip_longest(self.layers[1:], kept):
            states, _ = layer(states if mask is None else states * mask / (1 - self.dropout))
        return self.head(states[:, -1]).unflatten(1, (-1, context.shape[2]))

    def forecast(self, context: Tensor) -> Tensor:
        """Return the forecasts, (B, L, D) -> (B, P, D), computed by all cores of a CPU; with dropout in training."""
        kept, weights = self.draw_kept(context), list(self.parameters())
        multiplications = context.shape[:2].numel() * sum(each.numel() for each in weights)
        parts = useful_threads(multiplications) if context.device.type == "cpu" else 1
        chunks = zip(*(each.chunk(parts) for each in (context, *kept)), strict=True)
        forecasts = [partial(self, part, of_part) for part, *of_part in chunks]
        return torch.cat(in_parallel(forecasts, weights, multiplications))

    def errors(self, windows: Tensor, context_length: int, stride: int) -> Tensor:
        """Return the signed errors of the last S steps, in their P / S forecasts: (B, L + P, D) -> (B, S, E).

        Contexts lie S = `stride` steps apart, and the newest one ends where the S steps begin. See `scores.py`.
        """
        actual, errors = windows[:, -stride:], []
        for age in range(0, self.prediction_length, stride):  # in steps, the newest context first
            end = windows.shape[1] - stride - age
            forecast = self.forecast(windows[:, end - context_length : end])
            errors.append(actual - forecast[:, age : age + stride])
        return torch.cat(errors, dim=-1)

    def draw_kept(self, context: Tensor) -> list[Tensor]:
        """Draw what dropout keeps while the forecaster is trained on (B, L, D)."""
        if not self.training or not self.dropout:
            return []
        shape = (*context.shape[:2], self.head.in_features)
        return [draw_mask(shape, self.dropout, context.device) for _ in self.layers[1:]]


def draw_mask(shape: tuple[int, ...], share: float, device: torch.device) -> Tensor:
    """Draw a mask of elements that are kept, all but a `share` of them (to 1/65536).

    Each 64-bit draw decides four elements: drawing them one by one takes a sixth of an epoch.
    """
    count = math.prod(shape)
    draws = torch.randint(-(2**63), 2**63 - 1, (count // 4 + 1,), device=device).view(torch.int16)
    return draws[:count].view(shape) >= round(share * 2**16) - 2**15
