"""The triplet loss over random subsequences.

Franceschi et al. 2019 (see `encoder.py`), section 3 and algorithm 1: a subsequence should resemble its own subsequences
and differ from those of other series. The loss averages over the negatives where the paper sums, as the paper's own
code does.

Shapes: N series, B anchors, K negatives per anchor, F features.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from seriesbox.cnn_kmeans.subsequences import Subsequences


def sample_triplets(anchors: Tensor, lengths: Tensor, negative_samples: int) -> Subsequences:
    """Draw the subsequences of B anchors, (B, 2 + K): in each row an anchor, its positive and its K negatives.

    anchors: (B,) the series to draw from. lengths: (N,) of all series, N >= 2. Every length is uniform over the
    possible ones, then every position; negatives come from any series but the anchor's own, with replacement.
    """

    def uniform(low: Tensor, high: Tensor) -> Tensor:  # integers in low..high, both ends included
        return low + (torch.rand(high.shape, device=high.device) * (high - low + 1)).long()

    whole = lengths[anchors]  # (B,)
    positive_length = uniform(torch.ones_like(whole), whole)
    anchor_length = uniform(positive_length, whole)
    anchor_start = uniform(torch.zeros_like(whole), whole - anchor_length)
    positive_start = anchor_start + uniform(torch.zeros_like(whole), anchor_length - positive_length)

    shift = torch.randint(1, len(lengths), (len(anchors), negative_samples), device=lengths.device)
    negatives = (anchors[:, None] + shift) % len(lengths)  # (B, K)
    negative_length = uniform(torch.ones_like(negatives), lengths[negatives])
    negative_start = uniform(torch.zeros_like(negatives), lengths[negatives] - negative_length)

    return Subsequences(
        row=torch.column_stack([anchors, anchors, negatives]),
        start=torch.column_stack([anchor_start, positive_start, negative_start]),
        length=torch.column_stack([anchor_length, positive_length, negative_length]),
    )


def triplet_losses(features: Tensor) -> Tensor:
    """Return the loss of every anchor, from the features of its row: (B, 2 + K, F) -> (B,)."""
    anchor, positive, negatives = features[:, 0], features[:, 1], features[:, 2:]
    attraction = F.logsigmoid((anchor * positive).sum(dim=-1))  # (B,)
    repulsion = F.logsigmoid(-(negatives @ anchor[..., None]).squeeze(-1)).mean(dim=-1)  # (B,)
    return -(attraction + repulsion)
