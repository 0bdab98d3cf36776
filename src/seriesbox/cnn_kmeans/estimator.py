"""CNN-KMeans: a causal dilated encoder trained with a triplet loss, then K-Means on its features.

Franceschi et al. 2019 (see `encoder.py`); K-Means is scikit-learn's, imported only where it is fitted: serving starts
without it.

Shapes: N series, T time steps, F features, K clusters.
"""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.series import align, check, interpolate, mean_and_deviation, stack
from seriesbox.cnn_kmeans.subsequences import chunks_of_like_length, encode_subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_loss
from seriesbox.errors import DataError
from seriesbox.hyperparameters import hp
from seriesbox.layers.scaler import LIMIT, Scaler
from seriesbox.tables.table import Table
from seriesbox.training import Optimization, Run, finished, optimize

# The silhouette is quadratic in the number of series: it is taken on at most this many, so that it stays a small
# part of an epoch.
SCORED_SERIES = 2000
RESTARTS = 10

Series = tuple[Tensor, Tensor]  # (N, T) scaled, zero past the (N,) lengths


class CNNKMeansHyperparameters(Optimization):
    """CNN-KMeans' hyperparameters; the defaults are the published ones."""

    clusters: int = hp(8, "Number of clusters.", ge=2, le=1000, tunable=True)
    algorithm: Literal["lloyd", "elkan"] = hp("lloyd", "Variant of K-Means.")
    blocks: int = hp(10, "Blocks of convolutions before the last one.", ge=0, le=16, tunable=True)
    filters: int = hp(40, "Channels of every block but the last.", ge=1, le=1024, tunable=True)
    kernel_size: int = hp(3, "Width of the convolutions.", ge=1, le=100, tunable=True)
    reduced_size: int = hp(160, "Channels of the last block.", ge=1, le=4096, tunable=True)
    output_size: int = hp(320, "Number of features.", ge=1, le=4096, tunable=True)
    negative_samples: int = hp(10, "Negatives per anchor in the triplet loss.", ge=1, le=100, tunable=True)
    scaling: Literal["dataset", "series", "step"] = hp(
        "dataset", "What shares one mean and one deviation: all values, each series' own, or those of one time step."
    )


class CNNKMeans(nn.Module):
    """Clusters series of any lengths, gaps included."""

    Hyperparameters: ClassVar = CNNKMeansHyperparameters
    metrics: ClassVar[dict[str, Literal["Minimize", "Maximize"]]] = {
        "train_loss": "Minimize",
        "train_score": "Maximize",
        "valid_loss": "Minimize",
        "valid_score": "Maximize",
    }
    rows_are_independent: ClassVar = True

    def __init__(self, hyperparameters: CNNKMeansHyperparameters, columns: int):
        super().__init__()
        self.hyperparameters = hyperparameters
        self.columns = columns
        self.scaler = Scaler(columns if hyperparameters.scaling == "step" else 1)
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

        Raises DataError when a row has nothing in it, or when there are fewer series than clusters.
        """
        torch.manual_seed(hyperparameters.seed)
        values = stack([interpolate(table) for table in train])  # (N, T)
        if len(values) < hyperparameters.clusters:
            raise DataError(
                f"{hyperparameters.clusters} clusters need at least as many series, but the training channel has "
                f"{len(values)}: lower `clusters` or add rows."
            )
        model = cls(hyperparameters, columns=values.shape[1])
        if hyperparameters.scaling != "series":
            shift, scale = mean_and_deviation(values, axis=0 if hyperparameters.scaling == "step" else None)
            model.scaler.set(torch.from_numpy(shift).flatten(), torch.from_numpy(scale).flatten())
        model.to(run.device)

        series, lengths = model._prepare(values)
        scored = _some_of(series, lengths)
        held_out = None
        if validation:
            held_out = _some_of(*model._prepare(stack([interpolate(table) for table in validation])))
            if len(held_out[0]) < 2:
                raise DataError("The validation channel has one series: give it two or more, or leave it out.")

        def loss(batch: Tensor) -> Tensor:
            return model._loss(series, lengths, batch)

        def evaluate(mean_loss: float) -> dict[str, float]:
            return {"train_loss": mean_loss} | model._score(scored, held_out)

        optimize(model.encoder, len(series), loss, evaluate, hyperparameters, run)
        centroids = finished(run, lambda: model._kmeans(model.features(series, lengths), RESTARTS))
        if centroids is None:  # stopped: there may be seconds left
            centroids = model._kmeans(model.features(*scored), restarts=1)
        model.centroids.copy_(centroids)
        return model.eval()

    def check(self, table: Table) -> None:
        """Raise DataError where a row has nothing in it, or more steps than the model knows."""
        check(table)
        self._check_steps(table.values.shape[1])

    @torch.inference_mode()
    def predict(self, table: Table) -> Tensor:
        """(N, D) -> (N, 1 + F) float32: the label of the nearest centroid, then the features. Raises DataError."""
        features = self.features(*self._prepare(interpolate(table)))
        return torch.cat([self.assign(features)[:, None], features], dim=1)

    @torch.inference_mode()
    def features(self, series: Tensor, lengths: Tensor) -> Tensor:
        """(N, T) scaled and zero past (N,) lengths -> (N, F), in chunks of series of like lengths."""
        features = series.new_empty(len(series), self.hyperparameters.output_size)
        for chunk in chunks_of_like_length(lengths):
            features[chunk] = self.encoder(series[chunk, : int(lengths[chunk].max())], lengths[chunk])
        return features

    def assign(self, features: Tensor) -> Tensor:
        """(N, F) -> (N,): the label of the nearest centroid, as scikit-learn's `KMeans.predict` gives it."""
        return torch.cdist(features.double(), self.centroids.double()).argmin(dim=1)

    def _score(self, scored: Series, held_out: Series | None) -> dict[str, float]:
        """The silhouette of the clusters as they would be now, and the loss and the silhouette of held-out series."""
        features = self.features(*scored)
        self.centroids.copy_(self._kmeans(features, restarts=1))
        scores = {"train_score": self._silhouette(features)}
        if held_out is not None:
            series, lengths = held_out
            gpus = [series.device] if series.is_cuda else []
            with torch.random.fork_rng(gpus):  # the model must not depend on whether it is validated
                batches = torch.arange(len(series), device=series.device).split(self.hyperparameters.batch_size)
                total = sum(float(self._loss(series, lengths, batch)) * len(batch) for batch in batches)
            scores["valid_loss"] = total / len(series)
            scores["valid_score"] = self._silhouette(self.features(series, lengths))
        return scores

    def _silhouette(self, features: Tensor) -> float:
        from sklearn.metrics import silhouette_score

        labels = self.assign(features).cpu().numpy()
        if not 1 < len(np.unique(labels)) < len(labels):
            return math.nan  # undefined
        return float(silhouette_score(features.cpu().numpy(), labels))

    def _prepare(self, values: NDArray[np.float64]) -> Series:
        """(N, T) in input units, with missing ends, to what the encoder takes. Raises DataError."""
        self._check_steps(values.shape[1])
        if self.hyperparameters.scaling == "series":
            shift, scale = mean_and_deviation(values, axis=1)
        else:
            shift, scale = (x[: values.shape[1]].cpu().numpy() for x in (self.scaler.shift, self.scaler.scale))
        series, lengths = align(np.clip((values - shift) / scale, -LIMIT, LIMIT).astype(np.float32))
        device = self.centroids.device
        return torch.from_numpy(series).to(device), torch.from_numpy(lengths).to(device)

    def _check_steps(self, steps: int) -> None:
        if self.hyperparameters.scaling == "step" and steps > self.columns:
            raise DataError(
                f"The series have up to {steps} steps, but the model was trained on {self.columns} and, with `scaling` "
                "step, knows no others: cut them off, or train with another `scaling`."
            )

    def _loss(self, series: Tensor, lengths: Tensor, anchors: Tensor) -> Tensor:
        count, negatives = len(anchors), self.hyperparameters.negative_samples
        features = encode_subsequences(self.encoder, series, sample_triplets(anchors, lengths, negatives))
        anchor, positive, negative = features.split([count, count, count * negatives])
        return triplet_loss(anchor, positive, negative.unflatten(0, (count, negatives)))

    def _kmeans(self, features: Tensor, restarts: int) -> Tensor:
        """(N, F) -> (K, F): the centroids of the best of several restarts."""
        from sklearn.cluster import KMeans

        kmeans = KMeans(
            self.hyperparameters.clusters,
            algorithm=self.hyperparameters.algorithm,
            n_init=restarts,
            random_state=self.hyperparameters.seed,
        )
        return torch.from_numpy(kmeans.fit(features.cpu().numpy()).cluster_centers_)


def _some_of(series: Tensor, lengths: Tensor) -> Series:
    """At most `SCORED_SERIES` of the series, evenly spread: files may be sorted."""
    some = torch.arange(0, len(series), math.ceil(len(series) / SCORED_SERIES), device=series.device)
    return series[some], lengths[some]
