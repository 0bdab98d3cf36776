"""The names of the package, for editors and type checkers; `python -m scripts.docs` writes them."""

from os import PathLike
from typing import Literal

from seriesbox.cnn_kmeans.public import CNNKMeans as _CNNKMeans
from seriesbox.lstm_ad.public import LSTMAD as _LSTMAD

class CNNKMeans(_CNNKMeans):
    """CNNKMeans, whose parameters are its hyperparameters."""

    clusters: int
    max_clusters: int
    algorithm: Literal["lloyd", "elkan"]
    blocks: int
    filters: int
    kernel_size: int
    reduced_size: int
    output_size: int
    negative_samples: int
    variables: int
    scaling: Literal["dataset", "series", "step"]
    features: Literal["halves", "normalized", "raw"]
    lr: float
    batch_size: int
    epochs: int
    min_updates: int
    patience: int
    max_seconds: int
    seed: int
    false_alarm_rate: float
    def __init__(
        self,
        *,
        clusters: int = 8,
        max_clusters: int = 20,
        algorithm: Literal["lloyd", "elkan"] = "lloyd",
        blocks: int = 10,
        filters: int = 40,
        kernel_size: int = 3,
        reduced_size: int = 160,
        output_size: int = 320,
        negative_samples: int = 10,
        variables: int = 1,
        scaling: Literal["dataset", "series", "step"] = "dataset",
        features: Literal["halves", "normalized", "raw"] = "halves",
        lr: float = 0.001,
        batch_size: int = 10,
        epochs: int = 100,
        min_updates: int = 0,
        patience: int = 0,
        max_seconds: int = 0,
        seed: int = 0,
        false_alarm_rate: float = 0.001,
    ) -> None:
        """Keep the parameters; `fit` reads them.

        Args:
            clusters: Number of clusters; 0: chosen from the data. 0 to 1000.
            max_clusters: Largest number to choose from. 2 to 1000.
            algorithm: Variant of K-Means. lloyd, elkan.
            blocks: Blocks of convolutions before the last one. 0 to 16.
            filters: Channels of every block but the last. 1 to 1024.
            kernel_size: Width of the convolutions. 1 to 100.
            reduced_size: Channels of the last block. 1 to 4096.
            output_size: Number of features. 1 to 4096.
            negative_samples: Negatives per anchor in the triplet loss. 1 to 100.
            variables: Variables of a series, one after the other in its row. 1 to 4096.
            scaling: Values are scaled by mean and standard deviation: of all values, of each series, or of each time
                step. dataset, series, step.
            features: Features of a series and its halves, or of the series alone, evened out; or raw. halves,
                normalized, raw.
            lr: Learning rate of the Adam optimizer. 1e-06 to 1.
            batch_size: Items per gradient step. 1 to 100000.
            epochs: Passes over the training data. 1 to 100000.
            min_updates: Least number of gradient steps: epochs are added to reach it. 0 to 10000000.
            patience: After this many epochs without a better validation loss, training ends with the best epoch; 0:
                never. 0 to 100000.
            max_seconds: Seconds after the start of the job at which training ends; 0: no limit. 0 to 10000000.
            seed: Seed of every random choice. 0 to 4294967295.
            false_alarm_rate: Share of normal data beyond the model's thresholds. 1e-06 to 0.5.
        """

class LSTMAD(_LSTMAD):
    """LSTMAD, whose parameters are its hyperparameters."""

    context_length: int
    prediction_length: int
    sequence_stride: int
    hidden_size: int
    num_layers: int
    dropout: float
    forecast_stride: int
    score_window: int
    event_gap: int
    beta: float
    batch_size: int
    lr: float
    epochs: int
    min_updates: int
    patience: int
    max_seconds: int
    seed: int
    false_alarm_rate: float
    def __init__(
        self,
        *,
        context_length: int = 100,
        prediction_length: int = 10,
        sequence_stride: int = 10,
        hidden_size: int = 32,
        num_layers: int = 2,
        dropout: float = 0.5,
        forecast_stride: int = 0,
        score_window: int = 1,
        event_gap: int = 0,
        beta: float = 1.0,
        batch_size: int = 128,
        lr: float = 0.001,
        epochs: int = 100,
        min_updates: int = 0,
        patience: int = 0,
        max_seconds: int = 0,
        seed: int = 0,
        false_alarm_rate: float = 0.001,
    ) -> None:
        """Keep the parameters; `fit` reads them.

        Args:
            context_length: Rows that a forecast is made from. 1 to 10000.
            prediction_length: Rows that are forecast at once. 1 to 100000.
            sequence_stride: Rows between the starts of training windows. 1 to 100000.
            hidden_size: Units of every LSTM layer. 1 to 4096.
            num_layers: Stacked LSTM layers. 1 to 16.
            dropout: Share of units dropped between LSTM layers; a single layer has none. 0 to 0.99.
            forecast_stride: Rows between forecasts when scoring, a divisor of `prediction-length`; 0: `prediction-
                length` itself. 0 to 100000.
            score_window: Rows whose scores are averaged: a row and those before it. 1 to 10000.
            event_gap: Rows between two anomalies from which they are two events; 0: `context-length`. 0 to 10000000.
            beta: Weight of recall in the F-beta by which labels choose the threshold. 0.01 to 100.
            batch_size: Windows per gradient step. 1 to 100000.
            lr: Learning rate of the Adam optimizer. 1e-06 to 1.
            epochs: Passes over the training data. 1 to 100000.
            min_updates: Least number of gradient steps: epochs are added to reach it. 0 to 10000000.
            patience: After this many epochs without a better validation loss, training ends with the best epoch; 0:
                never. 0 to 100000.
            max_seconds: Seconds after the start of the job at which training ends; 0: no limit. 0 to 10000000.
            seed: Seed of every random choice. 0 to 4294967295.
            false_alarm_rate: Share of normal data beyond the model's thresholds. 1e-06 to 0.5.
        """

def load(folder: str | PathLike[str]) -> CNNKMeans | LSTMAD:
    """Return the fitted estimator of a model on disk. Raises ArtifactError."""

__version__: str
