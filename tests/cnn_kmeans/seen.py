"""The features of series that K-Means sees."""

import numpy as np

from seriesbox.cnn_kmeans.features import encode
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.cnn_kmeans.series import scale_and_align
from seriesbox.tables.table import Table


def seen(predictor: CNNKMeansPredictor, table: Table) -> np.ndarray:
    """Return the features of all parts of series of one variable."""
    sizes = predictor.hyperparameters
    series = scale_and_align(table.values[:, None].copy(), sizes.scaling, predictor.scaler)
    return encode(predictor.network, predictor.head, series, sizes)
