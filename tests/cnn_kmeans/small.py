"""The hyperparameters of a small model, trained in no time."""

from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters

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
