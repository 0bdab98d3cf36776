"""The scaler: one affine map per column, fitted on training data and saved with the model."""

import torch
from torch import Tensor, nn

# Farther out than this, in units of the training data's spread, all values are alike: it keeps every later sum finite.
LIMIT = 1e6


class Scaler(nn.Module):
    """`(x - shift) / scale`, column by column, in float64, cut at `LIMIT`."""

    shift: Tensor  # (D,)
    scale: Tensor  # (D,)

    def __init__(self, columns: int):
        super().__init__()
        self.register_buffer("shift", torch.zeros(columns, dtype=torch.float64))
        self.register_buffer("scale", torch.ones(columns, dtype=torch.float64))

    def set(self, shift: Tensor, scale: Tensor) -> None:
        """Adopt (D,) shifts and scales; where the scale is zero the column never changed, and is only shifted."""
        self.shift.copy_(shift)
        self.scale.copy_(torch.where(scale > 0, scale, 1.0))

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) in input units -> (..., D) scaled, float64."""
        return ((x.double() - self.shift) / self.scale).clamp(-LIMIT, LIMIT)

    def inverse(self, x: Tensor) -> Tensor:
        """(..., D) scaled -> (..., D) in input units, float64."""
        return x.double() * self.scale + self.shift
