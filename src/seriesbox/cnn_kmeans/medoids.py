"""The tables of a training's clusters: what each consists of, and the series that stands for it.

The medoid of a cluster is its member nearest to the centroid. Of all members, the squares of its distances to the
others have the least sum.

With very long series or very many clusters, the medoids are named by file and row, but not written out.

Shapes: K clusters.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from seriesbox.cnn_kmeans.channel import SeriesChannel
from seriesbox.cnn_kmeans.members import Members
from seriesbox.distributed import Group
from seriesbox.listener import Listener

MAX_CELLS = 5_000_000  # of all medoids: more make no table that is looked at
CLUSTERS = ("label", "size", "share", "mean_distance", "silhouette", "file", "row")
NONE = -1  # the medoid of an empty cluster


class Medoid(NamedTuple):
    """A series of a channel.

    file, row: where it was given, counted from 1.
    values: as they were given, up to rounding in float32: its gaps as they were bridged, missing ends cut off.
    """

    file: str
    row: int
    values: list[float]


def report_clusters(members: Members, channel: SeriesChannel, group: Group, listener: Listener) -> None:
    """Give the listener of rank 0 the tables `clusters` and `medoids`. All processes call this.

    All processes hold a part of the series, and `members` are those of rank 0.
    """
    clusters = len(members.centroids)
    variables = channel.hyperparameters.variables
    shown = clusters * channel.steps * variables <= MAX_CELLS
    found = _gather(_medoids(members), channel, group, shown)
    if group.rank:
        return
    try:
        listener.table("clusters", CLUSTERS, list(_descriptions(members, found)))
        if shown:
            cells = max(len(medoid.values) for medoid in found.values())
            rows = [[label, *(found[label].values if label in found else [])] for label in range(clusters)]
            name = "step" if variables == 1 else "cell"  # of a row, which has a variable after the other
            names = [f"{name}_{cell + 1}" for cell in range(cells)]
            if variables == 1:
                names[: len(channel.tables.columns.names)] = channel.tables.columns.names[:cells]
            listener.table("medoids", ["label", *names], rows)
    except Exception as error:  # whatever is wrong with a table, the model is worth more
        listener.warn(f"The clusters of the training are not described: {error!r}.")


def _medoids(members: Members) -> list[int]:
    """Return the medoids' numbers in the channel, (K,)."""
    numbers = [members.of_cluster(label) for label in range(len(members.centroids))]
    return [
        int(members.stride * own[members.distances[own].argmin()]) if len(own) else NONE  # the first one of several
        for own in numbers
    ]


def _gather(medoids: list[int], channel: SeriesChannel, group: Group, shown: bool) -> dict[int, Medoid]:
    """Return on rank 0 the medoids by their clusters, from the processes that hold them. Rank 0 has their numbers."""
    shard = channel.series_shard
    own = []
    for label, number in enumerate(group.broadcast(torch.tensor(medoids)).tolist()):
        row = number - shard.start
        if number != NONE and 0 <= row < shard.count and shard.replica == 0:
            own.append((label, *channel.origin(row), channel.given(row).ravel().tolist() if shown else []))
    text = bytearray("".join(f"{json.dumps(each)}\n" for each in own).encode())
    lines = group.gather(np.frombuffer(text, np.uint8)).tobytes().decode().splitlines()
    return {label: Medoid(*medoid) for label, *medoid in map(json.loads, lines)}


def _descriptions(members: Members, found: dict[int, Medoid]) -> Iterator[list[Any]]:
    """Yield the row of each cluster."""
    scored = members.labels[:: members.scored]
    for label, size in enumerate(members.sizes.tolist()):
        silhouettes = members.silhouettes[scored == label]
        row: list[Any] = [label, size, size / len(members.labels)]
        row.append(float(members.distances[members.of_cluster(label)].mean()) if size else "")
        row.append(float(silhouettes.mean()) if len(silhouettes) and np.isfinite(silhouettes).all() else "")
        yield [*row, *(found[label][:2] if label in found else ("", ""))]
