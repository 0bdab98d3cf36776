"""The features of the series of all processes.

Shapes: N series, P parts of each, F features of a part.
"""

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.encoder import Encoder
from seriesbox.cnn_kmeans.features import Head, encode
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.series import Series
from seriesbox.network.torch_network import TorchNetwork, as_array
from seriesbox.run import Run


def gather_features(encoder: Encoder, series: Series, sizes: CNNKMeansHyperparameters, run: Run) -> NDArray[np.float32]:
    """Return the encoder's features of the series of all processes, (N, P * F), on rank 0. Raises StoppedError."""
    network = TorchNetwork(encoder.pool, run.check)
    head = Head(as_array(encoder.head.weight), as_array(encoder.head.bias))
    return run.gather(lambda: encode(network, head, series, sizes))
