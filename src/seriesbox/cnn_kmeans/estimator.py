"""CNN-KMeans: a causal dilated encoder trained with a triplet loss, then K-Means on its features.

Franceschi et al. 2019 (see `encoder.py`).

Shapes: N series, T time steps, F features, K clusters.
"""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.channel import Channel
from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.clustering import SCORED_SERIES, Clustering, choose_number, fit_clustering, number_of_epoch
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.features import Head, encode
from seriesbox.cnn_kmeans.fixed_encoding import encode_fixed
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.cnn_kmeans.ragged_encoding import encode_ragged
from seriesbox.cnn_kmeans.series import Series
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import triplet_losses
from seriesbox.evaluation import mean_loss
from seriesbox.listener import Listener
from seriesbox.network.gpu import free_memory
from seriesbox.network.torch_network import Buffers, TorchNetwork, arrays, as_array
from seriesbox.run import Run
from seriesbox.tables.table import Table
from seriesbox.training import optimize

# K-Means holds the features of its series, and takes longer the more there are: it is fitted to at most this many.
CLUSTERED_SERIES, RESTARTS = 100_000, 10
# Time steps of the series that K-Means is fitted to if training is stopped, but six series: half may be taken.
QUICK_STEPS = 200_000


class CNNKMeans(nn.Module):
    """Clusters series of any lengths, gaps included."""

    channel_class: ClassVar[type[Channel]] = SeriesChannel
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_loss": "Minimize",
        "train_score": "Maximize",
        "valid_loss": "Minimize",
        "valid_score": "Maximize",
    }

    def __init__(self, hyperparameters: CNNKMeansHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = sizes = hyperparameters
        self.columns = columns
        scaled = columns if sizes.scaling == "step" else 1
        self.scaler = Buffers(shift=torch.zeros(scaled).double(), scale=torch.ones(scaled).double())
        self.encoder = Encoder(sizes.blocks, sizes.filters, sizes.kernel_size, sizes.reduced_size, sizes.output_size)
        if sizes.features == "normalized":
            self.normalization = Buffers(matrix=torch.eye(sizes.output_size), mean=torch.zeros(sizes.output_size))
        self.centroids: Tensor
        self.register_buffer("centroids", torch.zeros(sizes.clusters, sizes.output_size))

    @classmethod
    def fit(
        cls,
        hyperparameters: CNNKMeansHyperparameters,
        training: Sequence[Table],
        validation: Sequence[Table],
        run: Run,
        warm_start: Self | None = None,
    ) -> Self:
        """Fit on unlabelled series, one per row, of all files together. `validation` is only scored.

        Training starts from the encoder and the scaler of a `warm_start`. The memory of a `TableStack` becomes the
        training data; other sequences of tables are copied first.

        Raises DataError if a row has nothing in it, or if there are fewer series than clusters.
        """
        run.seed(hyperparameters.seed)
        train, valid = SeriesChannel.open(hyperparameters, training, validation, run)
        train.check_clusters()

        model = cls(hyperparameters, warm_start.columns if warm_start else train.steps)
        scaler = warm_start.predictor().scaler if warm_start else train.fit_scaler()
        model.scaler.set(**scaler._asdict())
        if warm_start:
            model.encoder.load_state_dict(warm_start.encoder.state_dict())
        model.to(run.device)
        for channel in filter(None, (train, valid)):
            channel.prepare(scaler)

        losses, evaluate = partial(model.losses, train), partial(model.evaluate, train, valid, run)
        optimize(model.encoder, train, losses, evaluate, hyperparameters, run)
        few = max(2 * hyperparameters.clusters, 6, min(SCORED_SERIES, QUICK_STEPS // train.steps))
        thorough = partial(model.cluster, train.sample(CLUSTERED_SERIES), RESTARTS, run)
        model.set_clusters(run.or_quickly(thorough, partial(model.cluster, train.sample(few), 1, run)))
        return model.eval()

    def losses(self, channel: SeriesChannel, *triplets: Tensor) -> Tensor:
        """Return the loss of every anchor of (B, 2 + K) subsequences that the channel has drawn, (B,)."""
        series, subsequences = channel.values, Subsequences(*(each.flatten() for each in triplets))
        if series.device.type == "cuda":
            steps = free_memory(series.device) // 2 // self.encoder.gradient_bytes
            features = encode_fixed(self.encoder, series, subsequences, steps)
        else:
            features = encode_ragged(self.encoder, series, subsequences)
        return triplet_losses(features.unflatten(0, triplets[0].shape))

    def evaluate(
        self, train: SeriesChannel, valid: SeriesChannel | None, run: Run, train_loss: float
    ) -> dict[str, float]:
        """Return the metrics of an epoch. Raises StoppedError."""
        features = self.features(train.sample(SCORED_SERIES), run)
        sizes = self.hyperparameters
        count = number_of_epoch(sizes, train.series_shard.total)
        clusters = fit_clustering(features, count, sizes, 1, run, Listener())  # a sample may have empty ones
        metrics = {"train_loss": train_loss, "train_score": clusters.score(features, "train_score", run.listener)}
        if valid:
            at_once = SCORED_SERIES if run.device.type == "cuda" else sizes.batch_size
            metrics["valid_loss"] = mean_loss(valid, SCORED_SERIES, at_once, partial(self.losses, valid))
            features = self.features(valid.sample(SCORED_SERIES), run)
            metrics["valid_score"] = clusters.score(features, "valid_score", run.listener)
        return metrics

    def features(self, series: Series, run: Run) -> NDArray[np.float32]:
        """Return the features of the series of all processes, (N, F), on rank 0. Raises StoppedError."""
        network = TorchNetwork(self.encoder.pool, run.check)
        head = Head(as_array(self.encoder.head.weight), as_array(self.encoder.head.bias))
        return run.gather(lambda: encode(network, head, series, self.hyperparameters))

    def cluster(self, series: Series, restarts: int, run: Run) -> Clustering:
        """Return the clusters of the series of all processes. Raises StoppedError."""
        features, sizes = self.features(series, run), self.hyperparameters
        count = sizes.clusters or choose_number(features, sizes, restarts, run)
        return fit_clustering(features, count, sizes, restarts, run, run.listener)

    def set_clusters(self, clusters: Clustering) -> None:
        """Take over the clusters, and their number if it was chosen."""
        if clusters.normalization:
            self.normalization.set(**clusters.normalization._asdict())
        self.centroids = torch.from_numpy(clusters.centroids).to(self.centroids.device)
        self.hyperparameters = self.hyperparameters.model_copy(update={"clusters": len(clusters.centroids)})

    def predictor(self) -> CNNKMeansPredictor:
        """Return its predictor, whose network torch computes on the device of this model."""
        network = TorchNetwork(self.encoder.folded().eval().pool)
        return CNNKMeansPredictor(self.hyperparameters, self.columns, arrays(self.state_dict()), network)
