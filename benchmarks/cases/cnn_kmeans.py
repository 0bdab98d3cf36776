"""The cases of CNN-KMeans."""

import numpy as np

from benchmarks.cases import Array, Cases, Job, Prediction, Shape, Size, random_walks
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.tables.table import Table

ECG200 = CNNKMeansHyperparameters(  # published for series of 96 steps
    clusters=2, blocks=1, filters=50, reduced_size=100, output_size=50, batch_size=64, epochs=50
)
DEFAULT, TINY = CNNKMeansHyperparameters(), CNNKMeansHyperparameters(blocks=1, filters=4, reduced_size=4, output_size=3)
TWO_EPOCHS = ECG200.model_copy(update={"epochs": 2})


def smallest(hyperparameters: CNNKMeansHyperparameters) -> Shape:
    """Return the shape of 40 series, or as many as clusters if these are more."""
    return max(40, hyperparameters.clusters), 40


def slow_and_fast() -> Array:
    """Return series of two frequencies."""
    random = np.random.default_rng(0)
    values: Array = np.sin(random.uniform(0, 6, (200, 1)) + np.arange(40) * random.choice([0.5, 1.5], (200, 1)))
    return values


CASES = Cases(
    time_axis=1,
    published=lambda: CNNKMeans(ECG200, 96).eval(),
    request=(1, 96),
    tiny=lambda: CNNKMeans(TINY, 3).eval(),
    tiny_table=Table.of(np.eye(3)),
    predictions=[
        Prediction("CNN-KMeans, ECG200's sizes, 1 series of 96", lambda: CNNKMeans(ECG200, 96), (1, 96)),
        Prediction("CNN-KMeans, ECG200's sizes, 1,000 series of 96", lambda: CNNKMeans(ECG200, 96), (1000, 96)),
        Prediction("CNN-KMeans, defaults, 1 series of 1,000", lambda: CNNKMeans(DEFAULT, 1000), (1, 1000)),
        Prediction("CNN-KMeans, defaults, 100 series of 1,000", lambda: CNNKMeans(DEFAULT, 1000), (100, 1000)),
    ],
    size_names=("series", "steps"),
    sizes=[
        Size(shape, TWO_EPOCHS)
        for shape in [(250, 100), (1000, 100), (4000, 100), (16_000, 100), (250, 400), (250, 1600)]
    ],
    large=(1_000_000, 100),
    smallest=smallest,
    short=Job(
        {
            "model": "cnn-kmeans",
            "clusters": 8,
            "blocks": 2,
            "filters": 8,
            "reduced-size": 8,
            "output-size": 8,
            "batch-size": 20,
            "epochs": 3,
        },
        slow_and_fast(),
    ),
    parallel=Job({"model": "cnn-kmeans", "batch-size": 40}, random_walks((160, 100), axis=1)),
    items=lambda rows: rows,
)
