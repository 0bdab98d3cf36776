"""The features of many subsequences in fixed shapes, for a GPU: it repeats one recorded step, whatever the lengths.

Every subsequence is padded to the longest series. As the encoder is causal, that changes nothing before the padding,
and the maximum leaves the padding out. If there are few series, long against the encoder's receptive field, all of
them are convolved instead, and of every subsequence its onset alone: see `ragged_encoding.py`, which computes the same
on a CPU.

Shapes: N series, V variables, S subsequences, T time steps, Z channels of the encoder's last block, F features.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.subsequences import Subsequences


def encode_fixed(encoder: Encoder, series: Tensor, subsequences: Subsequences, steps_at_once: int) -> Tensor:
    """Return the features of S subsequences, (N, V, T) -> (S, F), as if each were cut out and encoded by itself.

    steps_at_once: the time steps whose outputs memory holds for the gradient.
    """
    row, start, length = subsequences
    steps, onset_steps = series.shape[2], max(1, encoder.receptive_field - 1)
    shares_series = len(series) * steps + len(row) * onset_steps < len(row) * steps
    width = onset_steps if shares_series else steps
    onset = length.clamp(max=width)

    def pool(row: Tensor, start: Tensor, length: Tensor) -> Tensor:
        end = length[:, None]
        return encoder.pool(Subsequences(row, start, length).cut(series, width), torch.zeros_like(end), end)[:, 0]

    pooled = _in_chunks(pool, steps_at_once // width, row, start, onset)  # (S, Z)
    if shares_series:
        whole = _in_chunks(encoder.convolve, steps_at_once // steps, series)  # (N, T, Z)
        pooled = torch.maximum(pooled, range_maxima(whole, row, start + onset, start + length))
    return encoder.head(pooled)


def range_maxima(steps: Tensor, row: Tensor, first: Tensor, end: Tensor) -> Tensor:
    """Return the maxima over ranges of steps, (N, T, Z), (S,), (S,), (S,) -> (S, Z); -inf for an empty range.

    A range is the blocks of about sqrt(T) steps that lie in it, the steps of a block's length from its first one on,
    and as many up to its last one. These overlap, which no maximum minds.
    """
    width = math.isqrt(steps.shape[1])
    blocks = F.pad(steps, (0, 0, 0, -steps.shape[1] % width), value=-torch.inf).unflatten(1, (-1, width)).amax(dim=2)
    offset, number = (torch.arange(count, device=steps.device) for count in (width, blocks.shape[1]))
    first, end = first[:, None], end[:, None]

    def maxima(values: Tensor, index: Tensor) -> Tensor:  # (N, I, Z), (S, J) -> (S, J, Z)
        return values[row[:, None], index.clamp(0, values.shape[1] - 1)]

    front, back = first + offset, end - 1 - offset
    candidates = [
        maxima(steps, front).masked_fill((front >= end)[..., None], -torch.inf),
        maxima(steps, back).masked_fill((back < first)[..., None], -torch.inf),
        blocks[row].masked_fill(((number * width < first) | ((number + 1) * width > end))[..., None], -torch.inf),
    ]
    return torch.cat(candidates, dim=1).amax(dim=1)


def _in_chunks(function: Callable[..., Tensor], size: int, *inputs: Tensor) -> Tensor:
    """Return the function's value for all rows. Of several chunks, the gradient computes each once more."""
    chunks = -(-len(inputs[0]) // max(1, size))
    if chunks <= 1:
        return function(*inputs)
    parts = zip(*(each.tensor_split(chunks) for each in inputs), strict=True)
    return torch.cat([checkpoint(function, *part, use_reentrant=False, preserve_rng_state=False) for part in parts])
