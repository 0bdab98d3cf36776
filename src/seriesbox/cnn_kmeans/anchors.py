"""The series that triplets are drawn for, and who draws them.

Shapes: N series, T time steps, B anchors.
"""

import torch
from torch import Tensor

from seriesbox.cnn_kmeans.series import Series
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets
from seriesbox.errors import DataError
from seriesbox.training import Run


class Anchors:
    """The series of a channel, numbered over all processes; where hosts have a part each, negatives are a host's own.

    series, lengths: (N, T) and (N,), those that this process has. A series that is alone on its host differs from none:
        it is no anchor.
    shard: which of all anchors are among them.
    """

    def __init__(self, series: Series, channel: str, run: Run) -> None:
        """Raises DataError where no host has two series."""
        self.series, self.lengths = (torch.from_numpy(each).to(run.device) for each in series)
        self.group, self.divided = run.group, channel in run.divided
        self.shard = run.shard(channel, len(self.series) if len(self.series) > 1 else 0)
        if not self.shard.total:
            few, one = ("at most one series on every host", "a host") if self.divided else ("one series", "it")
            raise DataError(f"The {channel} channel has {few}: give {one} two or more.")

    def triplets(self, batch: Tensor, negative_samples: int) -> Subsequences:
        """(B,) of all anchors -> the triplets of those that this process computes."""
        batch = batch.to(self.lengths.device)
        if not self.divided:  # all have all: one draws for all, so that it is the same for any number of processes
            drawn = Subsequences(*map(self.group.firsts, sample_triplets(batch, self.lengths, negative_samples)))
            return drawn.of_anchors(self.shard.share(len(batch)), len(batch))
        own = self.shard.own(batch)
        return sample_triplets(own, self.lengths, negative_samples) if len(own) else Subsequences(own, own, own)
