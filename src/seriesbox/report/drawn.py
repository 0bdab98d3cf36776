"""Samples with the model's answers, in the form that the page draws.

Shapes: N rows, F features.
"""

import base64
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.algorithm import most_details
from seriesbox.protocols import Predictor
from seriesbox.report.samples import Sample
from seriesbox.tables.table import Table

KEPT_CELLS = 150_000  # of one sample's series
KEPT_STEPS = 300  # of one variable of a usual series: more are no wider than a pixel
RUN = 10  # mean repetitions of a value, from which on pairs are much shorter than base64
FEATURE = "feature_"


def drawn(sample: Sample, predictor: Predictor, column_names: Sequence[str], deadline: float) -> dict[str, Any]:
    """Return what the page draws: rows and their answers. Arrays are as `_written` says.

    deadline: on the clock of `time.monotonic`, after which no more rows are answered.
    """
    details, parts = most_details(predictor), list[NDArray[np.float32]]()
    for part in predictor.predict(sample.table, details):
        parts.append(part.columns)
        if time.monotonic() > deadline:
            break
    names, answer = _with_two_features(predictor.names(details, column_names), np.concatenate(parts))
    file, row, table, labels = sample.part(slice(len(answer)))[3:]
    values, stride = list(table.values), 1
    if predictor.rows_are_independent:
        values, stride = _kept(table, predictor.hyperparameters.variables_per_row)
    return {
        "title": sample.title,
        "total": sample.total,
        "files": sample.files,
        "file": _written(file, np.int32),
        "row": _written(row, np.int32),
        "columns": column_names,
        "lengths": _written([len(each) for each in values], np.int32),
        "values": _written(np.concatenate(values), np.float32),
        "stride": stride,
        "answers": {name: _written(column, np.float32) for name, column in zip(names, answer.T, strict=True)},
        "labels": None if labels is None else _written(labels, np.float32),
    }


def _with_two_features(names: list[str], answer: NDArray[np.float32]) -> tuple[list[str], NDArray[np.float32]]:
    """Return an answer whose features are its places in their principal plane, which is all that the map shows."""
    is_feature = np.array([name.startswith(FEATURE) for name in names])
    if is_feature.sum() <= 2:
        return names, answer
    features = answer[:, is_feature].astype(np.float64)
    centred = features - features.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    others = [name for name in names if not name.startswith(FEATURE)]
    plane = np.zeros((len(answer), 2))
    plane[:, : len(directions)] = centred @ directions[:2].T
    return [*others, f"{FEATURE}1", f"{FEATURE}2"], np.column_stack([answer[:, ~is_feature], plane]).astype(np.float32)


def _kept(table: Table, variables: int) -> tuple[list[NDArray[np.float64]], int]:
    """Return the cells of each series that are kept, and that these are of every n-th step; some series have none."""
    stride = max(1, int(np.median(table.widths)) // variables // KEPT_STEPS)
    rows = [
        row[:width].reshape(variables, -1)[:, ::stride].ravel()
        for row, width in zip(table.values, table.widths, strict=True)
    ]
    every = -(-sum(map(len, rows)) // KEPT_CELLS)  # rows are in random order if they are some of many
    return [row if number % every == 0 else row[:0] for number, row in enumerate(rows)], stride


def _written(values: Any, kind: type) -> str | list[list[float]]:
    """Return base64 of float32 or int32 or, if much repeats, pairs of a value and how often it follows itself."""
    array = np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))
    bits = array.view("<i4")  # by which missing values are equal
    starts = np.flatnonzero(np.append(True, bits[1:] != bits[:-1]))
    if RUN * len(starts) > len(array):
        return base64.b64encode(array.tobytes()).decode()
    return np.column_stack([array[starts], np.diff(starts, append=len(array))]).tolist()
