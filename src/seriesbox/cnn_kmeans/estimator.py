"""CNN-KMeans: a causal dilated encoder trained with a triplet loss, then K-Means on its features.

Franceschi et al. 2019 (see `encoder.py`). Shapes: N series, T time steps, F features, K clusters.
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
from seriesbox.cnn_kmeans.clustering import SCORED_SERIES, Clustering, fit_clustering, number_of_epoch
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.final_clusters import find_clusters
from seriesbox.cnn_kmeans.fixed_encoding import encode_fixed
from seriesbox.cnn_kmeans.gathered_features import gather_features
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.judgement import agreement
from seriesbox.cnn_kmeans.medoids import report_clusters
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.cnn_kmeans.ragged_encoding import encode_ragged
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import triplet_losses
from seriesbox.evaluation import mean_loss
from seriesbox.listener import Listener
from seriesbox.network.gpu import free_memory
from seriesbox.network.torch_network import Buffers, TorchNetwork, arrays
from seriesbox.run import Run
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table
from seriesbox.training import optimize


class CNNKMeans(nn.Module):
    """Clusters series of one or several variables and of any lengths, gaps included."""

    channel_class: ClassVar[type[Channel]] = SeriesChannel
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_loss": "Minimize",
        "train_score": "Maximize",
        "valid_loss": "Minimize",
        "valid_score": "Maximize",
    }
    test_metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "test_ari": "Maximize",
        "test_nmi": "Maximize",
        "test_accuracy": "Maximize",
    }

    def __init__(self, hyperparameters: CNNKMeansHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = sizes = hyperparameters
        self.columns = columns
        scaled = columns if sizes.scaling == "step" else sizes.variables
        self.scaler = Buffers(shift=torch.zeros(scaled).double(), scale=torch.ones(scaled).double())
        self.encoder = Encoder(*sizes.encoder_sizes)
        if sizes.features != "raw":
            matrix = torch.eye(sizes.output_size).repeat(sizes.parts, 1, 1)
            self.normalization = Buffers(matrix=matrix, mean=torch.zeros(matrix.shape[:2]))
        self.centroids: Tensor
        self.register_buffer("centroids", torch.zeros(sizes.clusters, sizes.features_per_series))
        self.radii: Tensor
        self.register_buffer("radii", torch.zeros(sizes.clusters).double())

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

        Raises DataError if a row or a variable has nothing in it, or if there are fewer series than clusters.
        """
        run.seed(hyperparameters.seed)
        train, valid = SeriesChannel.open(hyperparameters, training, validation, run)
        train.check()

        model = cls(hyperparameters, warm_start.columns if warm_start else train.columns)
        scaler = warm_start.predictor().scaler if warm_start else train.fit_scaler()
        model.scaler.set(**scaler._asdict())
        if warm_start:
            model.encoder.load_state_dict(warm_start.encoder.state_dict())
        model.to(run.device)
        for channel in filter(None, (train, valid)):
            channel.prepare(scaler)

        losses, evaluate = partial(model.losses, train), partial(model.evaluate, train, valid, run)
        optimize(model.encoder, train, losses, evaluate, hyperparameters, run)
        clusters, members = find_clusters(model.encoder, train, hyperparameters, run)
        model.set_clusters(clusters, members.radii(hyperparameters.false_alarm_rate, run))
        report_clusters(members, train, run.group, run.listener)
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
        sizes = self.hyperparameters
        features = gather_features(self.encoder, train.sample(SCORED_SERIES), sizes, run)
        count = number_of_epoch(sizes, train.series_shard.total)
        clusters = fit_clustering(features, count, sizes, 1, run, Listener())  # a sample may have empty ones
        metrics = {"train_loss": train_loss, "train_score": clusters.score(features, "train_score", run.listener)}
        if valid:
            at_once = SCORED_SERIES if run.device.type == "cuda" else sizes.batch_size
            metrics["valid_loss"] = mean_loss(valid, SCORED_SERIES, at_once, partial(self.losses, valid))
            features = gather_features(self.encoder, valid.sample(SCORED_SERIES), sizes, run)
            metrics["valid_score"] = clusters.score(features, "valid_score", run.listener)
        return metrics

    def set_clusters(self, clusters: Clustering, radii: NDArray[np.float64]) -> None:
        """Take over the clusters, and their number if it was chosen."""
        if clusters.normalization:
            self.normalization.set(**clusters.normalization._asdict())
        device = self.centroids.device
        self.centroids, self.radii = (torch.from_numpy(each).to(device) for each in (clusters.centroids, radii))
        self.hyperparameters = self.hyperparameters.model_copy(update={"clusters": len(radii)})

    def judge(self, test: Sequence[Labelled], listener: Listener) -> dict[str, float]:
        """Return how well the clusters agree with the classes, which nothing else ever sees."""
        predictor = self.predictor()
        labels = [chunk.columns[:, 0] for each in test for chunk in predictor.predict(each.table)]
        return agreement(np.concatenate([each.labels for each in test]), np.concatenate(labels), listener.warn)

    def predictor(self) -> CNNKMeansPredictor:
        """Return its predictor, whose network torch computes on the device of this model."""
        network = TorchNetwork(self.encoder.folded().eval().pool)
        return CNNKMeansPredictor(self.hyperparameters, self.columns, arrays(self.state_dict()), network)
