"""A generated ECG with one premature beat, and the breath beside it, which is normal throughout."""

import numpy as np

from demo import ecg
from demo.lstm_ad.problem import Detection
from demo.problem import Hyperparameters

HYPERPARAMETERS: Hyperparameters = {
    "context-length": 100,
    "prediction-length": 10,
    "sequence-stride": 10,
    "hidden-size": 32,
    "num-layers": 1,
    "lr": 0.005,
    "batch-size": 32,
    "epochs": 60,
}


def generate(seed: int, train: int = 200, test: int = 60) -> Detection:
    """Return a long recording of normal beats, then another one in which one beat comes too early."""
    rng = np.random.default_rng(seed)
    before = ecg.record([ecg.NORMAL] * train, rng)
    early = int(rng.integers(test // 2, test - 5))
    after = ecg.record([*[ecg.NORMAL] * early, ecg.PREMATURE, *[ecg.NORMAL] * (test - early - 1)], rng)
    return Detection(
        title="a synthetic ECG and breath",
        train=np.column_stack([before.millivolts, ecg.breath(before, rng)]),
        test=np.column_stack([after.millivolts, ecg.breath(after, rng)]),
        anomaly=range(after.edges[early], after.edges[early + 1]),
        columns=("the ECG", "the breath"),
        known="planted",
        hyperparameters=HYPERPARAMETERS,
    )
