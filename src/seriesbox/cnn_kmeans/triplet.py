"""The triplet loss over random subsequences.

Franceschi et al. 2019 (see `encoder.py`), section 3 and algorithm 1: a subsequence should resemble its own subsequences
and differ from those of other series. The loss averages over the negatives where the paper sums, as the paper's own
code does.

Shapes: N series, T time steps, B anchors, K negatives per anchor, F features.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from seriesbox.cnn_kmeans.subsequences import Subsequences


@dataclass(frozen=True)
class Triplets:
    """B anchors, then their B positives, then B * K negatives, anchor by anchor."""

    series: Tensor  # (N, T)
    subsequences: Subsequences
    negatives: int  # K

    def __len__(self) -> int:
        return len(self.subsequences.row) // (2 + self.negatives)

    def part(self, anchors: slice) -> "Triplets":
        """Return the triplets of some of the anchors."""

        def of_anchors(rows: Tensor) -> Tensor:
            return torch.cat([each[anchors].flatten() for each in self.split(rows)])

        if anchors == slice(0, len(self)):
            return self
        return Triplets(self.series, Subsequences(*map(of_anchors, self.subsequences)), self.negatives)

    def split(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Split (B * (2 + K), ...) into anchors, (B, ...), positives, (B, ...), and negatives, (B, K, ...)."""
        count = len(self)
        anchor, positive, negatives = rows.split([count, count, count * self.negatives])
        return anchor, positive, negatives.unflatten(0, (count, self.negatives))


def sample_triplets(anchors: Tensor, lengths: Tensor, negative_samples: int) -> Subsequences:
    """Draw B anchors, then their B positives, then B * K negatives, anchor by anchor.

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
    negatives = ((anchors[:, None] + shift) % len(lengths)).flatten()  # (B * K,)
    negative_length = uniform(torch.ones_like(negatives), lengths[negatives])
    negative_start = uniform(torch.zeros_like(negatives), lengths[negatives] - negative_length)

    return Subsequences(
        row=torch.cat([anchors, anchors, negatives]),
        start=torch.cat([anchor_start, positive_start, negative_start]),
        length=torch.cat([anchor_length, positive_length, negative_length]),
    )


def triplet_loss(anchor: Tensor, positive: Tensor, negatives: Tensor) -> Tensor:
    """Return the mean loss over the anchors: (B, F), (B, F), (B, K, F) -> ()."""
    attraction = F.logsigmoid((anchor * positive).sum(dim=-1))  # (B,)
    repulsion = F.logsigmoid(-(negatives @ anchor[..., None]).squeeze(-1)).mean(dim=-1)  # (B,)
    return -(attraction + repulsion).mean()
