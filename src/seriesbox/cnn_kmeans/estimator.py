"""CNN-KMeans: a causal dilated encoder trained with a triplet loss, then K-Means on its features.

Franceschi et al. 2019 (see `encoder.py`).

Shapes: N series, T time steps, F features, K clusters.
"""

import math
from collections.abc import Sequence
from itertools import chain
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor, encode
from seriesbox.cnn_kmeans.series import (
    Series,
    check,
    check_steps,
    interpolate,
    mean_and_deviation,
    prepare_all,
)
from seriesbox.cnn_kmeans.subsequences import encode_subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_loss
from seriesbox.errors import DataError, found, raise_together
from seriesbox.layers.buffers import Buffers
from seriesbox.layers.scaler import Scaler
from seriesbox.layers.torch_network import TorchNetwork, arrays
from seriesbox.tables.table import Table, Tables
from seriesbox.training import Run, finished, optimize

# The silhouette is quadratic in the number of series: it is taken on at most this many, so that it stays a small
# part of an epoch.
SCORED_SERIES = 2000
RESTARTS = 10


class CNNKMeans(nn.Module):
    """Clusters series of any lengths, gaps included."""

    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_loss": "Minimize",
        "train_score": "Maximize",
        "valid_loss": "Minimize",
        "valid_score": "Maximize",
    }

    def __init__(self, hyperparameters: CNNKMeansHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = hyperparameters
        self.columns = columns
        scaled = columns if hyperparameters.scaling == "step" else 1
        self.scaler = Buffers(shift=torch.zeros(scaled).double(), scale=torch.ones(scaled).double())
        self.encoder = Encoder(
            hyperparameters.blocks,
            hyperparameters.filters,
            hyperparameters.kernel_size,
            hyperparameters.reduced_size,
            hyperparameters.output_size,
        )
        self.centroids: Tensor
        self.register_buffer("centroids", torch.zeros(hyperparameters.clusters, hyperparameters.output_size))

    @classmethod
    def fit(
        cls, hyperparameters: CNNKMeansHyperparameters, train: Sequence[Table], validation: Sequence[Table], run: Run
    ) -> Self:
        """Fit on unlabelled series, one per row, of all files together. `validation` is only scored.

        `Tables` are used up: their memory becomes the training data. Other sequences of tables are copied first.
        Raises DataError when a row has nothing in it, or when there are fewer series than clusters.
        """
        torch.manual_seed(hyperparameters.seed)
        raise_together(cls.faults(hyperparameters, train, validation))
        tables = _bridged(train)
        count, steps = tables.values.shape
        if count < hyperparameters.clusters:
            raise DataError(
                f"{hyperparameters.clusters} clusters need at least as many series, but the training channel has "
                f"{count}: lower `clusters` or add rows."
            )
        model = cls(hyperparameters, columns=steps)
        scaler = Scaler(np.zeros(1), np.ones(1))
        if hyperparameters.scaling != "series":
            axis = 0 if hyperparameters.scaling == "step" else None
            scaler = Scaler(*(each.flatten() for each in mean_and_deviation(list(tables.blocks()), axis)))
        model.scaler.set(**scaler._asdict())
        model.to(run.device)

        fitted = prepare_all(tables, hyperparameters.scaling, scaler)
        scored, held_out = _some_of(fitted), None
        if validation:
            tables = _bridged(validation)
            count, steps = tables.values.shape
            if count < 2:
                raise DataError("The validation channel has one series: give it two or more, or leave it out.")
            check_steps(steps, hyperparameters.scaling, scaler)
            held_out = _some_of(prepare_all(tables, hyperparameters.scaling, scaler))
        series, lengths = (torch.from_numpy(each).to(run.device) for each in fitted)

        def loss(batch: Tensor) -> Tensor:
            return model._loss(series, lengths, batch)

        def evaluate(mean_loss: float) -> dict[str, float]:
            return {"train_loss": mean_loss} | model._score(scored, held_out)

        optimize(model.encoder, len(series), loss, evaluate, hyperparameters, run)
        centroids = finished(run, lambda: model._kmeans(model._features(fitted), RESTARTS))
        if centroids is None:  # stopped: there may be seconds left
            centroids = model._kmeans(model._features(scored), restarts=1)
        model.centroids.copy_(torch.from_numpy(centroids))
        return model.eval()

    @staticmethod
    def faults(
        hyperparameters: CNNKMeansHyperparameters, train: Sequence[Table], validation: Sequence[Table]
    ) -> list[DataError]:
        """The tables with rows in which nothing is observed."""
        return found(check, chain(train, validation))

    def predictor(self) -> CNNKMeansPredictor:
        """Its other half, whose network torch computes where this one is."""
        network = TorchNetwork(self.encoder.folded().eval())
        return CNNKMeansPredictor(self.hyperparameters, self.columns, arrays(self.state_dict()), network)

    def _score(self, scored: Series, held_out: Series | None) -> dict[str, float]:
        """The silhouette of the clusters as they would be now, and the loss and the silhouette of held-out series."""
        features = self._features(scored)
        centroids = self._kmeans(features, restarts=1)
        scores = {"train_score": kmeans.silhouette(features, kmeans.nearest(features, centroids))}
        if held_out is not None:
            series, lengths = (torch.from_numpy(each).to(self.centroids.device) for each in held_out)
            gpus = [series.device] if series.is_cuda else []
            with torch.random.fork_rng(gpus):  # the model must not depend on whether it is validated
                batches = torch.arange(len(series), device=series.device).split(self.hyperparameters.batch_size)
                total = sum(float(self._loss(series, lengths, batch)) * len(batch) for batch in batches)
            scores["valid_loss"] = total / len(series)
            features = self._features(held_out)
            scores["valid_score"] = kmeans.silhouette(features, kmeans.nearest(features, centroids))
        return scores

    def _features(self, series: Series) -> NDArray[np.float32]:
        return encode(TorchNetwork(self.encoder), series, self.hyperparameters.output_size)

    def _kmeans(self, features: NDArray[np.float32], restarts: int) -> NDArray[np.float32]:
        sizes = self.hyperparameters
        return kmeans.fit(features, sizes.clusters, sizes.algorithm, restarts, sizes.seed)

    def _loss(self, series: Tensor, lengths: Tensor, anchors: Tensor) -> Tensor:
        count, negatives = len(anchors), self.hyperparameters.negative_samples
        features = encode_subsequences(self.encoder, series, sample_triplets(anchors, lengths, negatives))
        anchor, positive, negative = features.split([count, count, count * negatives])
        return triplet_loss(anchor, positive, negative.unflatten(0, (count, negatives)))


def _bridged(tables: Sequence[Table]) -> Tables:
    tables = Tables.of(tables)
    for values in tables.blocks():
        values[:] = interpolate(values)
    return tables


def _some_of(series: Series) -> Series:
    """At most `SCORED_SERIES` of the series, evenly spread: files may be sorted."""
    every = math.ceil(len(series[0]) / SCORED_SERIES)
    return series[0][::every], series[1][::every]
