"""Subsequences of series, by their positions.

Shapes: N series, V variables, S subsequences, T time steps.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Subsequences(NamedTuple):
    """The positions of subsequences: subsequence i is `series[row[i], :, start[i] : start[i] + length[i]]`.

    The three tensors have one shape; steps of a training have (B, 2 + K), as `sample_triplets` says.
    """

    row: Tensor
    start: Tensor
    length: Tensor

    def cut(self, series: Tensor, width: int) -> Tensor:
        """Cut S subsequences of at most `width` steps out of the series, (N, V, T) -> (S, V, width), zero beyond."""
        variable = torch.arange(series.shape[1], device=series.device)
        offset = torch.arange(width, device=series.device)
        step = (self.start[:, None] + offset).clamp(max=series.shape[2] - 1)
        is_inside = offset < self.length[:, None]  # (S, width)
        return series[self.row[:, None, None], variable[:, None], step[:, None]] * is_inside[:, None]
