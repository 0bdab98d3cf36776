"""The two problems on generated heartbeats: pure functions of their seed and sizes."""

import numpy as np

from demo import ecg
from demo.problems import Clustering, Detection, Series

KINDS = {"normal": ecg.NORMAL, "ischaemia": ecg.ISCHAEMIC, "bundle branch block": ecg.BLOCKED}
SHARES = [0.6, 0.25, 0.15]
BEFORE_R = round(0.3 * ecg.SAMPLES_PER_SECOND)  # a beat's row begins so many samples before its R peak


def clustering(seed: int, train: int = 300, test: int = 100) -> Clustering:
    """Single heartbeats of three kinds, as long as the heart took for them, some with gaps."""
    rng = np.random.default_rng(seed)
    kinds = [str(kind) for kind in rng.choice(list(KINDS), train + test, p=SHARES)]
    beats = [_with_gap(_normalize(beat), rng) for beat in _single_beats(kinds, rng)]
    return Clustering(
        title="synthetic heartbeats",
        unit="standard deviations",
        train=beats[:train],
        test=beats[train:],
        kinds=kinds[train:],
        normal="normal",
        known="planted",
        hyperparameters={
            "clusters": len(KINDS),
            "blocks": 2,
            "filters": 16,
            "kernel-size": 3,
            "reduced-size": 40,
            "output-size": 20,
            "negative-samples": 5,
            "batch-size": 20,
            "epochs": 20,
        },
    )


def detection(seed: int, train: int = 200, test: int = 60) -> Detection:
    """A long ECG of normal beats, then another in which one beat comes too early."""
    rng = np.random.default_rng(seed)
    before = ecg.record([ecg.NORMAL] * train, rng)
    early = int(rng.integers(test // 2, test - 5))
    after = ecg.record([*[ecg.NORMAL] * early, ecg.PREMATURE, *[ecg.NORMAL] * (test - early - 1)], rng)
    return Detection(
        title="a synthetic ECG",
        unit="mV",
        train=before.millivolts,
        test=after.millivolts,
        anomaly=range(after.edges[early], after.edges[early + 1]),
        known="planted",
        hyperparameters={
            "context-length": 100,
            "prediction-length": 10,
            "sequence-stride": 10,
            "hidden-size": 32,
            "num-layers": 1,
            "lr": 0.005,
            "batch-size": 32,
            "epochs": 60,
        },
    )


def _single_beats(kinds: list[str], rng: np.random.Generator) -> list[Series]:
    """One recording cut before every R peak."""
    recording = ecg.record([KINDS[kind] for kind in [*kinds, "normal"]], rng)
    peaks = (recording.edges[:-1] + recording.edges[1:]) // 2
    return np.split(recording.millivolts, peaks - BEFORE_R)[1:-1]


def _normalize(beat: Series) -> Series:
    """Mean 0 and spread 1, as ECG200 has them: neither the baseline nor the electrodes' contact tells the kind."""
    normalized: Series = (beat - beat.mean()) / beat.std()
    return normalized


def _with_gap(beat: Series, rng: np.random.Generator) -> Series:
    """One beat in five lost a few samples on its way."""
    beat = beat.copy()
    if rng.random() < 0.2:
        start = rng.integers(len(beat))
        beat[start : start + rng.integers(2, 8)] = np.nan
    return beat
