"""The recipe that matches the published product's log of ECG200, figure by figure. For comparison only.

Each series is normalised over its own time steps, with a learnt weight and bias per step. All subsequences of a batch
have one length, or two: the anchors' and the others'. Negatives come from all series, the anchor's own too. The last
two are as in the code of Franceschi et al. 2019.

Shapes: N series, T time steps, B anchors, K negatives, F features.
"""

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.data import Labelled
from benchmarks.rivals import Labels
from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.distances import nearest
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.triplet import triplet_losses
from seriesbox.tables.table import Table


class Recipe(nn.Module):
    """The encoder behind the normalisation."""

    def __init__(self, sizes: CNNKMeansHyperparameters, steps: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(steps)
        self.encoder = Encoder(*sizes.encoder_sizes)

    def forward(self, series: Tensor) -> Tensor:
        """Return the features of whole series, (N, T) -> (N, F)."""
        return self.encode(self.norm(series))

    def encode(self, series: Tensor) -> Tensor:
        """Return the features of normalised series of one length, (N, T) -> (N, F)."""
        return self.encoder(series[:, None], torch.full((len(series),), series.shape[1]))

    def losses(self, series: Tensor, items: Tensor, negatives: int) -> Tensor:
        """Return the triplet loss of every anchor, (N, T), (B,) -> (B,)."""
        normal, steps, count = self.norm(series), series.shape[1], len(items)
        length = int(torch.randint(1, steps + 1, ()))
        anchor_length = int(torch.randint(length, steps + 1, ()))
        anchor = torch.randint(0, steps - anchor_length + 1, (count,))
        positive = anchor + torch.randint(0, anchor_length - length + 1, (count,))
        negative = torch.randint(0, steps - length + 1, (count * negatives,))
        others = torch.randint(0, len(series), (count * negatives,))
        anchors = self.encode(_cut(normal[items], anchor, anchor_length))
        rest = self.encode(_cut(normal[torch.cat([items, others])], torch.cat([positive, negative]), length))
        of_negatives = rest[count:].unflatten(0, (count, negatives))
        return triplet_losses(torch.cat([anchors[:, None], rest[:count, None], of_negatives], dim=1))


def fit_and_label(problem: Labelled, sizes: CNNKMeansHyperparameters) -> Labels:
    """Return the labels of the test series."""
    torch.manual_seed(sizes.seed)
    train, test = (_tensor(table) for table in (problem.train, problem.test))
    recipe = Recipe(sizes, train.shape[1])
    optimizer = torch.optim.Adam(recipe.parameters(), lr=sizes.lr)
    for _ in range(sizes.epochs):
        for items in torch.randperm(len(train)).split(sizes.batch_size):
            optimizer.zero_grad()
            recipe.losses(train, items, sizes.negative_samples).mean().backward()
            optimizer.step()
    with torch.no_grad():
        of_train, of_test = recipe(train).numpy(), recipe(test).numpy()
    centroids = kmeans.fit(of_train, sizes.clusters, sizes.algorithm, 10, sizes.seed, print)
    return nearest(of_test, centroids)


def _cut(series: Tensor, start: Tensor, length: int) -> Tensor:
    """Cut one subsequence out of every series, (N, T), (N,) -> (N, length)."""
    return series.gather(1, start[:, None] + torch.arange(length))


def _tensor(table: Table) -> Tensor:
    return torch.from_numpy(table.values.astype(np.float32))
