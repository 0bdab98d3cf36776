"""CNN-KMeans: a causal dilated encoder trained with a triplet loss, then K-Means on its features.

Franceschi et al. 2019 (see `encoder.py`).

Shapes: N series, T time steps, F features, K clusters.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.anchors import Anchors
from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor, Head, encode, nearest
from seriesbox.cnn_kmeans.series import (
    Series,
    check,
    check_steps,
    chunks_of_like_length,
    cut,
    interpolate,
    mean_and_deviation,
    of_rows,
    prepare_all,
)
from seriesbox.cnn_kmeans.subsequences import Subsequences, encode_subsequences
from seriesbox.cnn_kmeans.triplet import triplet_loss
from seriesbox.errors import DataError, found, raise_together
from seriesbox.group import Group, Shard
from seriesbox.layers.buffers import Buffers
from seriesbox.layers.scaler import Scaler
from seriesbox.layers.torch_network import TorchNetwork, arrays, as_array
from seriesbox.tables.table import Table, Tables
from seriesbox.training import Run, StoppedError, begin, finished, optimize

# The silhouette is quadratic in the number of series: it is taken on at most this many, so that it stays a small
# part of an epoch.
SCORED_SERIES = 2000
# K-Means at the end holds the features of its series, and takes longer the more there are: it is fitted to at most
# this many, so that neither grows with the data.
CLUSTERED_SERIES = 100_000
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
        group = run.group
        validated = begin(hyperparameters, train, validation, run)
        raise_together(cls.faults(hyperparameters, group, train, validation))
        tables = _bridged(train)
        shard = run.shard("training", len(tables.values))
        steps = int(group.most(np.array(tables.values.shape[1])))
        if shard.total < hyperparameters.clusters:
            raise DataError(
                f"{hyperparameters.clusters} clusters need at least as many series, but the training channel has "
                f"{shard.total}: lower `clusters` or add rows."
            )
        model = cls(hyperparameters, columns=earlier.columns if earlier else steps)
        scaler = Scaler(np.zeros(1), np.ones(1))
        if earlier:
            model.encoder.load_state_dict(earlier.encoder.state_dict())
            scaler = earlier.predictor().scaler
            check_steps(steps, hyperparameters.scaling, scaler)
        elif hyperparameters.scaling != "series":
            scaler = _scaler(tables, steps if hyperparameters.scaling == "step" else None, shard, group)
        model.scaler.set(**scaler._asdict())
        model.to(run.device)

        fitted = prepare_all(tables, hyperparameters.scaling, scaler)
        anchors, scored = Anchors(fitted, "training", run), of_rows(fitted, shard.every(SCORED_SERIES))
        valid_anchors, valid_scored, valid_shard = None, scored, shard
        if validated:
            tables = _bridged(validation)
            valid_shard = run.shard("validation", len(tables.values))
            check_steps(tables.values.shape[1], hyperparameters.scaling, scaler)
            held_out = prepare_all(tables, hyperparameters.scaling, scaler)
            valid_anchors = Anchors(held_out, "validation", run)
            valid_scored = of_rows(held_out, valid_shard.every(SCORED_SERIES))

        def loss(batch: Tensor) -> Tensor | None:
            drawn = anchors.triplets(batch, hyperparameters.negative_samples)
            return model._loss(anchors.series, drawn, len(batch))

        def evaluate(mean_loss: float) -> dict[str, float]:
            features = model._features(scored, shard, run)
            centroids = model._kmeans(features, 1, run)
            metrics = {"train_loss": mean_loss, "train_score": _score(features, centroids)}
            if valid_anchors:
                metrics["valid_loss"] = model._validation_loss(valid_anchors, run)
                metrics["valid_score"] = _score(model._features(valid_scored, valid_shard, run), centroids)
            return metrics

        model.sample = _sample(fitted, steps, shard, group)
        optimize(model.encoder, anchors.shard.total, loss, evaluate, hyperparameters, run)
        try:
            clustered = of_rows(fitted, shard.every(CLUSTERED_SERIES))
            centroids = model._kmeans(model._features(clustered, shard, run), RESTARTS, run)
        except StoppedError:  # there may be seconds left
            run = replace(run, stopped=lambda: False)
            count = run.shard("training", len(scored[0])).total
            each = max(1, count // max(hyperparameters.clusters, STEPS_IN_HASTE // steps))
            few = of_rows(scored, slice(None, None, each))
            centroids = model._kmeans(model._features(few, shard, run), 1, run)
        model.centroids.copy_(torch.from_numpy(centroids))
        return model.eval()

    @staticmethod
    def faults(
        hyperparameters: CNNKMeansHyperparameters, group: Group, train: Sequence[Table], validation: Sequence[Table]
    ) -> list[DataError]:
        """The tables with rows in which nothing is observed."""
        return found(check, chain(train, validation))

    def predictor(self) -> CNNKMeansPredictor:
        """Its other half, whose network torch computes where this one is."""
        network = TorchNetwork(self.encoder.folded().eval().pool)
        return CNNKMeansPredictor(self.hyperparameters, self.columns, arrays(self.state_dict()), network)

    def _validation_loss(self, anchors: Anchors, run: Run) -> float:
        """The mean over some anchors of all processes. Raises StoppedError where the run is to end."""
        some, sizes = anchors.shard.some(SCORED_SERIES), self.hyperparameters
        batches = some.split(sizes.batch_size * run.group.size)
        with torch.random.fork_rng([run.device] if anchors.series.is_cuda else []):  # the model must not depend on it
            drawn = [anchors.triplets(batch, sizes.negative_samples) for batch in batches]

        def own_part() -> NDArray[np.float64]:
            mean = np.zeros(1)
            for triplets in drawn:
                run.go_on()
                loss = self._loss(anchors.series, triplets, len(some))
                mean += 0 if loss is None else float(loss)
            return mean

        return float(run.group.sum(run.together(own_part))[0])

    def _loss(self, series: Tensor, drawn: Subsequences, items: int) -> Tensor | None:
        """What the anchors drawn add to the mean loss of so many; None where there are none."""
        negatives = self.hyperparameters.negative_samples
        count = len(drawn.row) // (2 + negatives)
        if not count:
            return None
        features = encode_subsequences(self.encoder, series, drawn)
        anchor, positive, negative = features.split([count, count, count * negatives])
        return triplet_loss(anchor, positive, negative.unflatten(0, (count, negatives))) * (count / items)

    def _features(self, series: Series, shard: Shard, run: Run) -> NDArray[np.float32]:
        """Of the series of all processes, on the first one. Raises StoppedError where the run is to end."""
        network, head = TorchNetwork(self.encoder.pool), Head(*map(as_array, self.encoder.head.parameters()))

        def interruptible(*inputs: NDArray[Any]) -> NDArray[np.float32]:
            run.go_on()
            return network(*inputs)

        own = of_rows(series, shard.share(len(series[0])))
        features = run.together(lambda: encode(interruptible, head, own, self.encoder.receptive_field))
        return run.group.to_first(features)

    def _kmeans(self, features: NDArray[np.float32], restarts: int, run: Run) -> NDArray[np.float32]:
        """(N, F) -> (K, F), by the first process, for all. Raises StoppedError where the run is to end."""
        sizes = self.hyperparameters

        def fit() -> NDArray[np.float32]:
            if run.group.rank > 0:
                return np.zeros((sizes.clusters, sizes.output_size), np.float32)
            return finished(run, lambda: kmeans.fit(features, sizes.clusters, sizes.algorithm, restarts, sizes.seed))

        return run.group.firsts(torch.from_numpy(run.together(fit))).numpy()


def _bridged(tables: Sequence[Table]) -> Tables:
    tables = Tables.of(tables)
    for values in tables.blocks():
        values[:] = interpolate(values)
    return tables


def _scaler(tables: Tables, steps: int | None, shard: Shard, group: Group) -> Scaler:
    """The mean and the deviation of all values, or of each of so many steps, of all processes."""

    def total(of_process: NDArray[Any]) -> NDArray[Any]:
        if steps:  # some hosts may have shorter series only
            of_process = np.pad(of_process, [(0, 0), (0, steps - of_process.shape[1])])
        return group.sum(of_process)

    blocks = [tables.values[:0], *tables.blocks(shard.share(shard.count))]  # a host may have none
    return Scaler(*(each.flatten() for each in mean_and_deviation(blocks, 0 if steps else None, total)))


def _sample(fitted: Series, steps: int, shard: Shard, group: Group) -> tuple[NDArray[Any], ...]:
    """What the network takes, of some series of all processes."""
    values, lengths = (each[shard.share(shard.count)][:SAMPLE] for each in fitted)
    some = np.zeros((len(values), min(steps, SAMPLE_STEPS)), np.float32)
    some[:, : values.shape[1]] = values[:, :SAMPLE_STEPS]
    series = group.gather(some)[:SAMPLE], group.gather(lengths.clip(max=SAMPLE_STEPS))[:SAMPLE]
    some, of_some = cut(series, next(chunks_of_like_length(series[1])))
    return some, np.zeros_like(of_some), of_some


def _score(features: NDArray[np.float32], centroids: NDArray[np.float32]) -> float:
    return kmeans.silhouette(features, nearest(features, centroids))
