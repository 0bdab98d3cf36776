"""Predicts with a model that has just been trained."""

import numpy as np

from seriesbox.algorithm import predict
from seriesbox.protocols import Estimator
from seriesbox.tables.table import Table


def predictions(model: Estimator, table: Table) -> np.ndarray:
    """Return the model's whole answer to a table."""
    return predict(model.predictor(), table)
