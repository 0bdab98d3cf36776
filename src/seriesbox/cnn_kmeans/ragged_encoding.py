"""The features of many subsequences of few series, at the least cost for a CPU: no step is computed in vain.

The encoder is causal with a receptive field of R steps. So from its R-th step on, a subsequence has exactly the
outputs of the whole series at the same steps; only its first R - 1 steps, its onset, have outputs of their own. Every
distinct series is convolved once, every onset once, and each subsequence takes the maximum over the rows of its onset
and those of its series. If subsequences are hardly longer than R, that does not pay. Then each is convolved by itself,
which is the same computation with an onset as long as the subsequence.

Shapes: N series, S subsequences, T time steps, Z channels of the encoder's last block, F features.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.series import CHUNK_STEPS, chunks_of_similar_length
from seriesbox.cnn_kmeans.subsequences import Subsequences


def encode_ragged(encoder: Encoder, series: Tensor, subsequences: Subsequences) -> Tensor:
    """Return the features of S subsequences, (N, T) -> (S, F), as if each were cut out and encoded by itself."""
    row, start, length = subsequences
    onset = length.clamp(max=max(1, encoder.receptive_field - 1))  # a convolution needs one step
    distinct, which = row.unique(return_inverse=True)
    if distinct.numel() * series.shape[1] + onset.sum() < length.sum():
        whole = encoder.convolve(series[distinct]).flatten(0, 1)  # (distinct * T, Z)
    else:
        onset, whole = length, None

    outputs = [] if whole is None else [whole]
    onset_row = torch.empty_like(start)
    rows = 0 if whole is None else len(whole)
    for indices in chunks_of_similar_length(onset.numpy(), CHUNK_STEPS):
        chunk = torch.from_numpy(indices)
        onsets = Subsequences(row[chunk], start[chunk], onset[chunk])
        steps = encoder.convolve(onsets.cut(series, int(onsets.length[0])))  # the longest comes first
        onset_row[chunk] = rows + torch.arange(len(chunk)) * steps.shape[1]
        outputs.append(steps.flatten(0, 1))
        rows += len(outputs[-1])

    # Subsequence i pools two runs of rows: those of its onset, then those of its series beyond the onset.
    runs_start = torch.stack([onset_row, which * series.shape[1] + start + onset], dim=1).flatten()
    runs_length = torch.stack([onset, length - onset], dim=1).flatten()
    pooled = F.embedding_bag(
        _concatenated_ranges(runs_start, runs_length), torch.cat(outputs), length.cumsum(0) - length, mode="max"
    )  # (S, Z)
    return encoder.head(pooled)


def _concatenated_ranges(start: Tensor, length: Tensor) -> Tensor:
    """Return start[0], start[0] + 1, ... (length[0] numbers), start[1], start[1] + 1, ..."""
    before = length.cumsum(0) - length
    return torch.arange(int(length.sum())) + (start - before).repeat_interleave(length)
