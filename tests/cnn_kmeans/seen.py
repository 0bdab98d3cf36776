"""The features of series that K-Means sees."""

import numpy as np

from seriesbox.cnn_kmeans.features import encode
from seriesbox.cnn_kmeans.gaps import bridge_gaps
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.cnn_kmeans.series import scale_and_align
from seriesbox.tables.table import Table


def seen(predictor: CNNKMeansPredictor, table: Table) -> np.ndarray:
    """Return the features of all parts of series of one variable."""
    sizes = predictor.hyperparameters
    values = table.values.copy()
    bridge_gaps(values)
    series = scale_and_align(values[:, None], sizes.scaling, predictor.scaler)
    return encode(predictor.network, predictor.head, series, sizes)
