"""The features of many subsequences of few series, at the least cost.

The encoder is causal with a receptive field of R steps. From its R-th step on, a subsequence therefore says exactly
what the whole series says at the same place: only its first R - 1 steps, its onset, are its own. So every distinct
series is convolved once, every onset once, and each subsequence takes the maximum over its onset's rows and its
series' rows. Where subsequences are hardly longer than R that does not pay, and each is convolved by itself, which
is the same computation with an onset as long as the subsequence.

Shapes: N series, S subsequences, T time steps, Z channels of the encoder's last block, F features.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.series import chunks_of_like_length


class Subsequences(NamedTuple):
    """Where S subsequences lie: subsequence i is `series[row[i], start[i] : start[i] + length[i]]`."""

    row: Tensor  # (S,)
    start: Tensor  # (S,)
    length: Tensor  # (S,)

    def of_anchors(self, share: slice, anchors: int) -> "Subsequences":
        """Those of some of the anchors, where `sample_triplets` drew them for so many."""
        if share == slice(0, anchors):
            return self

        def of_share(of_all: Tensor) -> Tensor:
            anchor, positive, negatives = of_all[:anchors], of_all[anchors : 2 * anchors], of_all[2 * anchors :]
            return torch.cat([anchor[share], positive[share], negatives.view(anchors, -1)[share].flatten()])

        return Subsequences(*map(of_share, self))


def encode_subsequences(encoder: Encoder, series: Tensor, subsequences: Subsequences) -> Tensor:
    """(N, T) -> (S, F): what `encoder` returns for every subsequence cut out and passed by itself."""
    row, start, length = subsequences
    onset = length.clamp(max=max(1, encoder.receptive_field - 1))  # no step at all cannot be convolved
    distinct, place = row.unique(return_inverse=True)
    if distinct.numel() * series.shape[1] + onset.sum() < length.sum():
        whole = encoder.convolve(series[distinct]).flatten(0, 1)  # (distinct * T, Z)
    else:
        onset, whole = length, None

    tables = [] if whole is None else [whole]
    onset_row = torch.empty_like(start)
    rows = 0 if whole is None else len(whole)
    for indices in chunks_of_like_length(onset.cpu().numpy()):
        chunk = torch.from_numpy(indices).to(row.device)
        steps = encoder.convolve(_cut(series, row[chunk], start[chunk], onset[chunk]))  # (chunk, longest, Z)
        onset_row[chunk] = rows + torch.arange(len(chunk), device=row.device) * steps.shape[1]
        tables.append(steps.flatten(0, 1))
        rows += len(tables[-1])

    # Subsequence i pools two runs of rows: its onset's, then those of its series beyond the onset.
    runs_start = torch.stack([onset_row, place * series.shape[1] + start + onset], dim=1).flatten()
    runs_length = torch.stack([onset, length - onset], dim=1).flatten()
    pooled = F.embedding_bag(
        _concatenated_ranges(runs_start, runs_length), torch.cat(tables), length.cumsum(0) - length, mode="max"
    )  # (S, Z)
    return encoder.head(pooled)


def _cut(series: Tensor, row: Tensor, start: Tensor, length: Tensor) -> Tensor:
    """(N, T) -> (S, longest), zero beyond each subsequence's length."""
    offset = torch.arange(int(length.max()), device=series.device)
    step = (start[:, None] + offset).clamp(max=series.shape[1] - 1)
    return series[row[:, None], step] * (offset < length[:, None])


def _concatenated_ranges(start: Tensor, length: Tensor) -> Tensor:
    """start[0], start[0] + 1, ... (length[0] of them), start[1], start[1] + 1, ..."""
    before = length.cumsum(0) - length
    return torch.arange(int(length.sum()), device=start.device) + (start - before).repeat_interleave(length)
