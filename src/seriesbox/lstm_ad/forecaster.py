"""The forecaster: a stacked LSTM over the context, a linear layer on its last state.

Malhotra et al. 2015 (see `gaussian.py`), section 2.1.

Shapes: B windows, L context steps, P predicted steps, D columns, H hidden units.
"""

import torch
from torch import Tensor, nn


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

    def forward(self, context: Tensor) -> Tensor:  # (B, L, D) -> (B, P, D)
        states = context
        for i, layer in enumerate(self.layers):
            if i > 0 and self.training and self.dropout:
                states = drop(states, self.dropout)
            states, _ = layer(states)  # (B, L, H)
        return self.head(states[:, -1]).unflatten(1, (-1, context.shape[2]))


def drop(x: Tensor, share: float) -> Tensor:
    """Set a random `share` (to 1/65536) of the elements to zero and scale up the rest, as `nn.Dropout` does.

    Each 64-bit draw decides four elements: drawing them one by one takes a sixth of an epoch.
    """
    draws = torch.randint(-(2**63), 2**63 - 1, (x.numel() // 4 + 1,), device=x.device).view(torch.int16)
    kept = draws[: x.numel()].view(x.shape) >= round(share * 2**16) - 2**15
    return x * kept / (1 - share)
