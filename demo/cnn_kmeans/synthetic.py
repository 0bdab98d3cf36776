"""Generated heartbeats of three kinds."""

import numpy as np

from demo import ecg
from demo.cnn_kmeans.problem import Clustering
from demo.problem import Hyperparameters, Series

BEATS = {"normal": ecg.NORMAL, "ischaemia": ecg.ISCHAEMIC, "bundle branch block": ecg.BLOCKED}
SHARES = [0.6, 0.25, 0.15]
STEPS_BEFORE_R = round(0.3 * ecg.SAMPLES_PER_SECOND)  # from the start of a beat's row to its R peak
HYPERPARAMETERS: Hyperparameters = {
    "clusters": len(BEATS),
    "blocks": 2,
    "filters": 16,
    "kernel-size": 3,
    "reduced-size": 40,
    "output-size": 20,
    "negative-samples": 5,
    "batch-size": 20,
    "epochs": 20,
}


def generate(seed: int, train: int = 300, test: int = 100) -> Clustering:
    """Return single heartbeats, each as long as the heart took for it, some with gaps."""
    rng = np.random.default_rng(seed)
    kinds = [str(kind) for kind in rng.choice(list(BEATS), train + test, p=SHARES)]
    beats = [_with_gap(_normalize(beat), rng) for beat in _single_beats(kinds, rng)]
    return Clustering(
        title="synthetic heartbeats",
        train=beats[:train],
        test=beats[train:],
        kinds=kinds[train:],
        normal="normal",
        known="planted",
        hyperparameters=HYPERPARAMETERS,
    )


def _single_beats(kinds: list[str], rng: np.random.Generator) -> list[Series]:
    """Return the beats of one recording, cut before every R peak."""
    recording = ecg.record([BEATS[kind] for kind in [*kinds, "normal"]], rng)
    peaks = (recording.edges[:-1] + recording.edges[1:]) // 2
    return np.split(recording.millivolts, peaks - STEPS_BEFORE_R)[1:-1]


def _normalize(beat: Series) -> Series:
    """Return the beat with mean 0 and standard deviation 1, as ECG200 has them.

    So neither the baseline nor the contact of the electrodes tells the kind.
    """
    normalized: Series = (beat - beat.mean()) / beat.std()
    return normalized


def _with_gap(beat: Series, rng: np.random.Generator) -> Series:
    """Return a copy of the beat. One in five misses a few samples."""
    beat = beat.copy()
    if rng.random() < 0.2:
        start = rng.integers(len(beat))
        beat[start : start + rng.integers(2, 8)] = np.nan
    return beat
