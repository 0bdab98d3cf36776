"""Does an output made elsewhere say what the one in the repository says?

Sums of floats depend on the order in which a processor adds them up, so a training elsewhere differs in its last bits,
and with every step in a few more. On one machine with two threads instead of one, and with torch held to AVX2 and to
SSE4.1 instead of AVX-512, the features differed by up to 3.5 % of the largest and the clusters were those kept here, by
other numbers at times; scores differed by up to 0.02 %, forecasts by 0.001 % of their range. The tolerances leave room
for processors and libraries that nobody has tried, and none for another seed, hyperparameter or file.
"""

from collections.abc import Iterator

import numpy as np

from demo.problems import Array

FEATURES = 0.1  # of the largest one
SCORES = 0.02  # of the score itself, which of a small one means of SMALL
SMALL = 10
FORECASTS = 0.01  # of their range


def differences(name: str, kept: Array, made: Array) -> list[str]:
    """What is not the same in two outputs of the algorithm called `name`, beyond the tolerances."""
    if kept.shape != made.shape:
        return [f"{made.shape} rows and columns instead of {kept.shape}"]
    return list({"cnn-kmeans": _of_clusters, "lstm-ad": _of_scores}[name](kept, made))


def _of_clusters(kept: Array, made: Array) -> Iterator[str]:
    labels = set(zip(kept[:, 0], made[:, 0], strict=True))
    if not len(labels) == len(set(kept[:, 0])) == len(set(made[:, 0])):
        yield "the clusters are not the same, whatever they are called"
    features = kept[:, 1:]
    if not np.abs(made[:, 1:] - features).max() <= FEATURES * np.abs(features).max():
        yield f"features differ by more than {FEATURES:.0%} of the largest one"


def _of_scores(kept: Array, made: Array) -> Iterator[str]:
    empty = np.isnan(kept)
    if not np.array_equal(empty, np.isnan(made)):
        yield "other rows are empty"
        return
    kept, made = (table[~empty.any(axis=1)] for table in (kept, made))
    difference = np.abs(made - kept)
    if (difference[:, 0] > SCORES * np.maximum(np.abs(kept[:, 0]), SMALL)).any():
        yield f"scores differ by more than {SCORES:.0%}"
    if (difference[:, 1:] > FORECASTS * np.ptp(kept[:, 1:], axis=0)).any():
        yield f"forecasts differ by more than {FORECASTS:.0%} of their range"
