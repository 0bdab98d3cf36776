"""The features of many subsequences of few series, at the least cost for a CPU: no step is computed in vain.

The encoder is causal with a receptive field of R steps. So from its R-th step on, a subsequence has exactly the
outputs of the whole series at the same steps; only its first R - 1 steps, its onset, have outputs of their own, unless
it begins where the series does. Every distinct series is convolved once, every distinct onset once, and each
subsequence takes the maximum over its steps in both. If subsequences are hardly longer than R, that does not pay. Then
each is convolved by itself, which is the same computation with an onset as long as the subsequence.

Shapes: N series, V variables, S subsequences, T time steps, Z channels of the encoder's last block, F features.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, chunks_of_similar_length
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.network.parallel import in_parallel, useful_threads


class Piece(NamedTuple):
    """Rows that are convolved at once, and the ranges of their steps over which subsequences take maxima."""

    rows: Tensor  # (I, V, J)
    subsequence: Tensor  # (P,) of each range
    first: Tensor  # (P,) the first step, counted over all rows
    length: Tensor  # (P,)

    def maxima(self, encoder: Encoder) -> Tensor:
        """Return the maximum of the encoder's output over every range, (P, Z)."""
        before = self.length.cumsum(0) - self.length
        steps = torch.arange(int(self.length.sum())) + (self.first - before).repeat_interleave(self.length)
        return F.embedding_bag(steps, encoder.convolve(self.rows).flatten(0, 1), before, mode="max")


def encode_ragged(encoder: Encoder, series: Tensor, subsequences: Subsequences) -> Tensor:
    """Return the features of S subsequences, (N, V, T) -> (S, F), as if each were cut out and encoded by itself."""
    row, start, length = subsequences
    onset = length.clamp(max=encoder.receptive_field - 1) * (start > 0)
    if row.unique().numel() * series.shape[2] + onset.sum() >= length.sum():
        onset = length
    weights = list(encoder.blocks.parameters())
    per_step = sum(each.numel() for each in weights)  # multiplications
    of_onsets = list(_onsets(series, row, start, onset, per_step))
    of_series = list(_series(series, row, start + onset, length - onset, per_step))
    pieces = of_onsets + of_series
    steps = sum(piece.rows[:, 0].numel() for piece in pieces)
    maxima = in_parallel([partial(piece.maxima, encoder) for piece in pieces], weights, steps * per_step)

    def pooled(pieces: list[Piece], maxima: list[Tensor]) -> Tensor:
        nothing = series.new_full((len(row), encoder.head.in_features), -torch.inf)
        if not pieces:
            return nothing
        return nothing.index_copy(0, torch.cat([piece.subsequence for piece in pieces]), torch.cat(maxima))

    split = len(of_onsets)
    return encoder.head(torch.maximum(pooled(of_onsets, maxima[:split]), pooled(of_series, maxima[split:])))


def _onsets(series: Tensor, row: Tensor, start: Tensor, onset: Tensor, per_step: int) -> Iterator[Piece]:
    """Yield the distinct onsets, by their length."""
    (with_onset,) = onset.nonzero(as_tuple=True)
    place, which = (row * series.shape[2] + start)[with_onset].unique(return_inverse=True)
    longest = torch.zeros_like(place).scatter_reduce_(0, which, onset[with_onset], "amax")
    distinct = Subsequences(place // series.shape[2], place % series.shape[2], longest)
    for indices in chunks_of_similar_length(longest.numpy(), _chunk_steps(int(longest.sum()), per_step)):
        chunk = Subsequences(*(each[torch.from_numpy(indices)] for each in distinct))
        width = int(chunk.length[0])  # the longest comes first
        position = torch.full_like(place, -1)
        position[torch.from_numpy(indices)] = torch.arange(len(indices))
        members = position[which] >= 0
        subsequence = with_onset[members]
        first = position[which[members]] * width
        yield Piece(chunk.cut(series, width), subsequence, first, onset[subsequence])


def _series(series: Tensor, row: Tensor, first: Tensor, length: Tensor, per_step: int) -> Iterator[Piece]:
    """Yield the distinct series of the ranges that are not empty."""
    (with_range,) = length.nonzero(as_tuple=True)
    distinct, which = row[with_range].unique(return_inverse=True)
    steps = series.shape[2]
    at_once = max(1, _chunk_steps(len(distinct) * steps, per_step) // steps)
    for begin in range(0, len(distinct), at_once):
        members = (which >= begin) & (which < begin + at_once)
        subsequence = with_range[members]
        firsts = (which[members] - begin) * steps + first[subsequence]
        yield Piece(series[distinct[begin : begin + at_once]], subsequence, firsts, length[subsequence])


def _chunk_steps(steps: int, per_step: int) -> int:
    """Return the time steps of a chunk, of all these: at most what a core's cache holds, and a chunk for every core."""
    threads = useful_threads(steps * per_step)
    return CHUNK_STEPS if threads == 1 else min(CHUNK_STEPS, -(-steps // threads))
