"""The forecaster: a stacked LSTM over the context, a linear layer on its last state.

Malhotra et al. 2015 (see `gaussian.py`), section 2.1.

Shapes: B windows, L context steps, P predicted steps, D columns.
"""

from torch import Tensor, nn

# The gates are saturated long before: larger inputs say nothing more, and could overflow to NaN inside.
LARGEST_INPUT = 1e6


class Forecaster(nn.Module):
    """Predicts the `prediction_length` steps that follow a context, all columns at once."""

    def __init__(self, columns: int, prediction_length: int, hidden_size: int, num_layers: int, dropout: float):
        super().__init__()
        self.lstm = nn.LSTM(columns, hidden_size, num_layers, dropout=dropout, batch_first=True)
        self.head = nn.Linear(hidden_size, prediction_length * columns)

    def forward(self, context: Tensor) -> Tensor:  # (B, L, D) -> (B, P, D)
        states, _ = self.lstm(context.clamp(-LARGEST_INPUT, LARGEST_INPUT))  # (B, L, hidden)
        return self.head(states[:, -1]).unflatten(1, (-1, context.shape[2]))
