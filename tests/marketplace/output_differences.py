"""A comparison of two outputs for the same input, of models that were trained on different machines.

The order in which a processor adds floats up changes the last bits, and with every step of a training a few more. With
two threads instead of one, and torch held to AVX2 and to SSE4.1 instead of AVX-512, features differed by up to 3.5 % of
the largest one, scores by up to 0.02 %, and forecasts by 0.001 % of their range. Clusters were the same, with other
numbers. The tolerances leave room for other processors, but not for another seed, hyperparameter or file.
"""

import numpy as np

FEATURES = 0.1  # of the largest one
SCORES, SMALL_SCORE = 0.02, 10  # of the score itself, or if it is small, of this one
FORECASTS = 0.01  # of their range


def differences(kept: np.ndarray, made: np.ndarray) -> list[str]:
    """Return what differs too much. Whole numbers in the first column are clusters, others are scores."""
    if kept.shape != made.shape or not np.array_equal(np.isnan(kept), np.isnan(made)):
        return ["other rows, columns or empty cells"]
    (kept, made), found = (table[~np.isnan(table).any(axis=1)] for table in (kept, made)), []
    first, difference = kept[:, 0], np.abs(made - kept)
    if (first % 1 == 0).all():
        pairs = set(zip(first, made[:, 0], strict=True))
        found += ["clusters"] * (not len(pairs) == len(set(first)) == len(set(made[:, 0])))
        found += ["features"] * bool(difference[:, 1:].max() > FEATURES * np.abs(kept[:, 1:]).max())
    else:
        found += ["scores"] * bool((difference[:, 0] > SCORES * np.maximum(np.abs(first), SMALL_SCORE)).any())
        found += ["forecasts"] * bool((difference[:, 1:] > FORECASTS * np.ptp(kept[:, 1:], axis=0)).any())
    return found
