"""The runtime that can serve a model on a CPU: onnxruntime, if it agrees with torch on a few rows."""

from collections.abc import Sequence

import numpy as np

from seriesbox.agreement import TOLERANCE, difference
from seriesbox.description import Runtime
from seriesbox.distributed import Group
from seriesbox.protocols import Estimator
from seriesbox.sagemaker.training.log import logger
from seriesbox.tables.table import Table

SAMPLE_ROWS, SAMPLE_CELLS = 64, 1_000_000  # of the training data, on which the two runtimes are compared


def few_rows(tables: Sequence[Table], min_rows: int) -> Table | None:
    """Return a copy of a few rows of this process, because training takes over the memory of its tables."""
    if not tables:
        return None
    return tables[0].head(min_rows + min(SAMPLE_ROWS, SAMPLE_CELLS // tables[0].values.shape[1]))


def choose_runtime(model: Estimator, sample: Table | None, group: Group) -> Runtime:
    """Return the runtime that can serve the model on a CPU."""
    largest = difference(model, sample) if sample else 0.0
    worst = float(group.all_reduce_max(np.array(largest)))
    if worst > TOLERANCE and group.rank == 0:
        logger.warning("onnxruntime differs from torch by %.1e on this model: torch will serve it.", worst)
    return "onnx" if worst <= TOLERANCE else "torch"
