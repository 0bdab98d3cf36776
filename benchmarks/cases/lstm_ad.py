"""The cases of LSTM-AD."""

import numpy as np

from benchmarks.cases import Array, Cases, Job, Prediction, Shape, Size, random_walks
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table

DEFAULT = LSTMADHyperparameters()
TINY = LSTMADHyperparameters(context_length=2, prediction_length=1, hidden_size=2)
WIDE, LONG = LSTMADHyperparameters(hidden_size=128), LSTMADHyperparameters(context_length=1000)


def smallest(hyperparameters: LSTMADHyperparameters) -> Shape:
    """Return the shape of a series whose last fifth has one window."""
    return 5 * (hyperparameters.context_length + hyperparameters.prediction_length), 1


def windows(rows: int) -> int:
    """Return the number of windows in the first four fifths of a series, at the default sizes."""
    return (rows * 4 // 5 - DEFAULT.context_length - DEFAULT.prediction_length) // DEFAULT.sequence_stride + 1


def noisy_wave() -> Array:
    """Return a sinusoid with noise."""
    return np.sin(np.arange(8_000) / 5)[:, None] + np.random.default_rng(0).normal(0, 0.05, (8_000, 1))


CASES = Cases(
    time_axis=0,
    published=lambda: LSTMAD(DEFAULT, 1).eval(),
    request=(1000, 1),
    tiny=lambda: LSTMAD(TINY, 1).eval(),
    tiny_table=Table.of(np.arange(9.0)[:, None]),
    predictions=[
        Prediction("LSTM-AD, defaults, 1 window", lambda: LSTMAD(DEFAULT, 1), (110, 1)),
        Prediction("LSTM-AD, defaults, 3,190 windows", lambda: LSTMAD(DEFAULT, 1), (32_000, 1)),
        Prediction("LSTM-AD, hidden-size 128, 4 columns, 3,190 windows", lambda: LSTMAD(WIDE, 4), (32_000, 4)),
        Prediction("LSTM-AD, context-length 1,000, 1,000 windows", lambda: LSTMAD(LONG, 1), (11_000, 1)),
    ],
    size_names=("rows", "columns", "context"),
    sizes=[
        Size((*shape, context), LSTMADHyperparameters(epochs=2, context_length=context))
        for shape, context in [
            ((20_000, 1), 100),
            ((80_000, 1), 100),
            ((320_000, 1), 100),
            ((20_000, 4), 100),
            ((20_000, 16), 100),
            ((20_000, 1), 400),
        ]
    ],
    large=(10_000_000, 4),
    smallest=smallest,
    short=Job(
        {
            "model": "lstm-ad",
            "context-length": 50,
            "prediction-length": 5,
            "hidden-size": 8,
            "batch-size": 64,
            "epochs": 3,
        },
        noisy_wave(),
    ),
    # Every process would draw a dropout of its own.
    parallel=Job({"model": "lstm-ad", "batch-size": 128, "dropout": 0}, random_walks((40_000, 1), axis=0)),
    items=windows,
)
