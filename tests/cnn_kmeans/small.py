"""A small model, trained in no time."""

import numpy as np

from seriesbox.algorithm import predict
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.tables.table import Table

SMALL = CNNKMeansHyperparameters(
    clusters=2,
    blocks=1,
    filters=8,
    reduced_size=8,
    output_size=6,
    negative_samples=5,
    batch_size=20,
    lr=0.01,
    epochs=15,
)


def predictions(model: CNNKMeans, table: Table) -> np.ndarray:
    return predict(model.predictor(), table)
