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
    prepare_all,
)
from seriesbox.cnn_kmeans.subsequences import Subsequences, encode_subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets, triplet_loss
from seriesbox.errors import DataError, found, raise_together
from seriesbox.group import Group, Shard
from seriesbox.layers.buffers import Buffers
from seriesbox.layers.scaler import Scaler
from seriesbox.layers.torch_network import TorchNetwork, arrays, as_array
from seriesbox.tables.table import Table, Tables
from seriesbox.training import Run, StoppedError, check_patience, finished, optimize

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
        group = run.group
        validated = group.any(bool(validation))
        check_patience(hyperparameters, validated)
        torch.manual_seed(hyperparameters.seed + group.rank)  # weights and order are the first process'
        raise_together(cls.faults(hyperparameters, group, train, validation))
        tables = _bridged(train)
        shard = run.shard("training", len(tables.values))
        steps = int(group.most(np.array(tables.values.shape[1])))
        if shard.total < hyperparameters.clusters:
            raise DataError(
                f"{hyperparameters.clusters} clusters need at least as many series, but the training channel has "
                f"{shard.total}: lower `clusters` or add rows."
            )
        _check_count(shard, "training")
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
        every = shard.every(SCORED_SERIES)
        scored = fitted[0][every], fitted[1][every]
        held_out, valid_shard = None, shard
        if validated:
            tables = _bridged(validation)
            valid_shard = run.shard("validation", len(tables.values))
            _check_count(valid_shard, "validation")
            check_steps(tables.values.shape[1], hyperparameters.scaling, scaler)
            values, of_values = prepare_all(tables, hyperparameters.scaling, scaler)
            every = valid_shard.every(SCORED_SERIES)
            held_out = values[every], of_values[every]
        series, lengths = (torch.from_numpy(each).to(run.device) for each in fitted)

        def loss(batch: Tensor) -> Tensor | None:
            if "training" in run.divided:  # negatives are of this host's series
                drawn = model._triplets(shard.own(batch), lengths)
            else:
                drawn = Subsequences(*map(group.firsts, model._triplets(batch, lengths)))
                drawn = drawn.of_anchors(shard.share(len(batch)), len(batch))
            return model._loss(series, drawn, len(batch))

        def evaluate(mean_loss: float) -> dict[str, float]:
            features = model._features(scored, shard, run)
            centroids = model._kmeans(features, 1, run)
            metrics = {"train_loss": mean_loss, "train_score": _score(features, centroids)}
            if held_out is not None:
                metrics["valid_loss"] = model._validation_loss(held_out, valid_shard, run)
                metrics["valid_score"] = _score(model._features(held_out, valid_shard, run), centroids)
            return metrics

        model.sample = _sample(fitted, steps, shard, group)
        optimize(model.encoder, shard.total, loss, evaluate, hyperparameters, run)
        try:
            centroids = model._kmeans(model._features(fitted, shard, run), RESTARTS, run)
        except StoppedError:  # there may be seconds left
            run = replace(run, stopped=lambda: False)
            count = run.shard("training", len(scored[0])).total
            each = max(1, count // max(hyperparameters.clusters, STEPS_IN_HASTE // steps))
            few = scored[0][::each], scored[1][::each]
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

    def _validation_loss(self, held_out: Series, shard: Shard, run: Run) -> float:
        series, lengths = (torch.from_numpy(each).to(run.device) for each in held_out)

        def sums() -> NDArray[np.float64]:
            found = np.zeros(2)  # loss, series
            for batch in torch.arange(len(series), device=run.device).split(self.hyperparameters.batch_size):
                run.go_on()
                own = batch[shard.share(len(batch))]
                loss = self._loss(series, self._triplets(own, lengths), len(own))
                found += (0, 0) if loss is None else (float(loss) * len(own), len(own))
            return found

        with torch.random.fork_rng([run.device] if series.is_cuda else []):  # the model must not depend on it
            loss, count = run.group.sum(run.together(sums))
        return float(loss / count)

    def _triplets(self, anchors: Tensor, lengths: Tensor) -> Subsequences:
        """None where there are no anchors: a process may have no series at all."""
        if not len(anchors):
            return Subsequences(anchors, anchors, anchors)
        return sample_triplets(anchors, lengths, self.hyperparameters.negative_samples)

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

        share = shard.share(len(series[0]))
        own = series[0][share], series[1][share]
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


def _check_count(shard: Shard, channel: str) -> None:
    """Raise DataError where a series has no other one that it could differ from."""
    if shard.count == 1:
        where = " on one of the hosts" if shard.total > 1 else ""
        raise DataError(f"The {channel} channel has one series{where}: give it two or more, or none.")


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
