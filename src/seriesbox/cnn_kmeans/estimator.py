"""CNN-KMeans: a causal dilated encoder trained with a triplet loss, then K-Means on its features.

Franceschi et al. 2019 (see `encoder.py`).

Shapes: N series, T time steps, F features, K clusters.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor, Head, encode
from seriesbox.cnn_kmeans.series import (
    Series,
    check,
    check_steps,
    chunks_of_like_length,
    cut,
    interpolate,
    mean_and_deviation,
    prepare_all,
)
from seriesbox.cnn_kmeans.subsequences import Subsequences, encode_subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_loss
from seriesbox.errors import DataError, found, raise_together
from seriesbox.layers.buffers import Buffers
from seriesbox.layers.scaler import Scaler
from seriesbox.layers.torch_network import TorchNetwork, arrays, as_array
from seriesbox.tables.table import Table, Tables
from seriesbox.training import Run, check_patience, finished, optimize

# The silhouette is quadratic in the number of series: it is taken on at most this many, so that it stays a small
# part of an epoch.
SCORED_SERIES = 2000
RESTARTS = 10
# Steps of the series that K-Means is fitted to when training is stopped.
STEPS_IN_HASTE = 200_000
SAMPLE, SAMPLE_STEPS = 64, 10_000  # series, and of each


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
        self.sample: tuple[NDArray[Any], ...] = ()
        self.register_buffer("centroids", torch.zeros(hyperparameters.clusters, hyperparameters.output_size))

    @classmethod
    def fit(
        cls,
        hyperparameters: CNNKMeansHyperparameters,
        train: Sequence[Table],
        validation: Sequence[Table],
        run: Run,
        earlier: Self | None = None,
    ) -> Self:
        """Fit on unlabelled series, one per row, of all files together. `validation` is only scored.

        An `earlier` model lends its encoder to begin with, and its scaler. `Tables` are used up: their
        memory becomes the training data. Other sequences of tables are copied first.

        Raises DataError when a row has nothing in it, or when there are fewer series than clusters.
        """
        check_patience(hyperparameters, bool(validation))
        torch.manual_seed(hyperparameters.seed + run.group.rank)  # weights and order are the first process'
        raise_together(cls.faults(hyperparameters, train, validation))
        tables = _bridged(train)
        count, steps = tables.values.shape
        if count < hyperparameters.clusters:
            raise DataError(
                f"{hyperparameters.clusters} clusters need at least as many series, but the training channel has "
                f"{count}: lower `clusters` or add rows."
            )
        model = cls(hyperparameters, columns=earlier.columns if earlier else steps)
        scaler = Scaler(np.zeros(1), np.ones(1))
        if earlier:
            model.encoder.load_state_dict(earlier.encoder.state_dict())
            scaler = earlier.predictor().scaler
            check_steps(steps, hyperparameters.scaling, scaler)
        elif hyperparameters.scaling != "series":
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

        def loss(batch: Tensor) -> Tensor | None:
            drawn = sample_triplets(batch, lengths, hyperparameters.negative_samples)
            drawn = Subsequences(*map(run.group.firsts, drawn))
            return model._loss(series, drawn.of_anchors(run.group.share(len(batch)), len(batch)))

        def evaluate(mean_loss: float) -> dict[str, float]:
            return {"train_loss": mean_loss} | model._score(scored, held_out, run)

        some, of_some = cut(fitted, next(chunks_of_like_length(fitted[1][:SAMPLE])))
        model.sample = some[:, :SAMPLE_STEPS], np.zeros_like(of_some), np.minimum(of_some, SAMPLE_STEPS)
        optimize(model.encoder, len(series), loss, evaluate, hyperparameters, run)
        unstoppable = replace(run, stopped=lambda: False)
        centroids = finished(run, lambda: model._kmeans(model._features(fitted, unstoppable), RESTARTS, run))
        if centroids is None:  # stopped: there may be seconds left
            count = min(len(scored[0]), max(hyperparameters.clusters, STEPS_IN_HASTE // scored[0].shape[1]))
            few = np.linspace(0, len(scored[0]) - 1, count).astype(np.int64)
            centroids = model._kmeans(model._features((scored[0][few], scored[1][few]), unstoppable), 1, run)
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
        network = TorchNetwork(self.encoder.folded().eval().pool)
        return CNNKMeansPredictor(self.hyperparameters, self.columns, arrays(self.state_dict()), network)

    def _score(self, scored: Series, held_out: Series | None, run: Run) -> dict[str, float]:
        """The silhouette of the clusters as they would be now, and the loss and the silhouette of held-out series."""
        features = self._features(scored, run)
        centroids = self._kmeans(features, 1, run)
        scores = {"train_score": kmeans.silhouette(features, kmeans.nearest(features, centroids))}
        if held_out is not None:
            scores["valid_loss"] = self._validation_loss(held_out, run)
            features = self._features(held_out, run)
            scores["valid_score"] = kmeans.silhouette(features, kmeans.nearest(features, centroids))
        return scores

    def _validation_loss(self, held_out: Series, run: Run) -> float:
        series, lengths = (torch.from_numpy(each).to(run.device) for each in held_out)
        total, count = 0.0, 0
        with torch.random.fork_rng([run.device] if series.is_cuda else []):  # the model must not depend on it
            for batch in torch.arange(len(series), device=run.device).split(self.hyperparameters.batch_size):
                own = batch[run.group.share(len(batch))]
                drawn = sample_triplets(own, lengths, self.hyperparameters.negative_samples)
                mean = self._loss(series, drawn)
                total += 0 if mean is None else float(mean) * len(own)
                count += len(own)
        total, count = run.group.sum(np.array([total, count]))
        return float(total / count)

    def _loss(self, series: Tensor, drawn: Subsequences) -> Tensor | None:
        """The mean loss of some anchors; None where there are none."""
        negatives = self.hyperparameters.negative_samples
        count = len(drawn.row) // (2 + negatives)
        if not count:
            return None
        features = encode_subsequences(self.encoder, series, drawn)
        anchor, positive, negative = features.split([count, count, count * negatives])
        return triplet_loss(anchor, positive, negative.unflatten(0, (count, negatives)))

    def _features(self, series: Series, run: Run) -> NDArray[np.float32]:
        """Of the series of all processes. Raises StoppedError where the run is to end."""
        network, head = TorchNetwork(self.encoder.pool), Head(*map(as_array, self.encoder.head.parameters()))

        def interruptible(*inputs: NDArray[Any]) -> NDArray[np.float32]:
            run.go_on()
            return network(*inputs)

        share = run.group.share(len(series[0]))
        own = series[0][share], series[1][share]
        return run.group.gather(encode(interruptible, head, own, self.encoder.receptive_field))

    def _kmeans(self, features: NDArray[np.float32], restarts: int, run: Run) -> NDArray[np.float32]:
        """(N, F) -> (K, F), by the first process, for all."""
        sizes = self.hyperparameters
        centroids = np.zeros((sizes.clusters, sizes.output_size), np.float32)
        if run.group.rank == 0:
            centroids = kmeans.fit(features, sizes.clusters, sizes.algorithm, restarts, sizes.seed)
        return run.group.firsts(torch.from_numpy(centroids)).numpy()


def _bridged(tables: Sequence[Table]) -> Tables:
    tables = Tables.of(tables)
    for values in tables.blocks():
        values[:] = interpolate(values)
    return tables


def _some_of(series: Series) -> Series:
    """At most `SCORED_SERIES` of the series, evenly spread: files may be sorted."""
    every = math.ceil(len(series[0]) / SCORED_SERIES)
    return series[0][::every], series[1][::every]
