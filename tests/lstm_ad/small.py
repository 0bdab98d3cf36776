"""A small model, trained in no time."""

import numpy as np

from seriesbox.algorithm import predict
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table

CONTEXT, PREDICTION = 20, 7
SMALL = LSTMADHyperparameters(
    context_length=CONTEXT,
    prediction_length=PREDICTION,
    sequence_stride=3,
    hidden_size=12,
    dropout=0.1,
    batch_size=16,
    lr=0.01,
    epochs=20,
)


def predictions(model: LSTMAD, table: Table) -> np.ndarray:
    return predict(model.predictor(), table)
