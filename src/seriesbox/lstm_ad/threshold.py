"""Thresholds: the score below which a row is an anomaly.

Shapes: N rows, E errors of a row.
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seriesbox.lstm_ad.gaussian import Gaussian
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.lstm_ad.marginal import log_density
from seriesbox.lstm_ad.scores import TrailingMean
from seriesbox.run import Run


def quantile_threshold(scores: NDArray[np.float64], rate: float, rows: int) -> tuple[float, str, str]:
    """Return the score that a share `rate` of new normal rows is below, a sentence about it, and one if rows are few.

    It is the k-th lowest of n with k = rate * (n + 1), rounded down: in k of n + 1 cases, a new score is the lower one
    if scores come in any order (Vovk et al. 2005, conformal prediction).

    scores: (N,), of normal rows. rows: n, the rows that the scores are of; each may have several.
    """
    rank = math.floor(round(rate * (rows + 1), 9))
    place = max(0, math.ceil(rank * len(scores) / rows) - 1)
    threshold = float(np.partition(scores, place)[place])
    sentence = f"A row is an anomaly if its score is below {threshold:.6g}, "
    if rank:
        return threshold, sentence + f"as are {100 * rate:g} % of the {rows:,} held-out rows (`false-alarm-rate`).", ""
    few = (
        f"A `false-alarm-rate` of {rate:g} takes {math.ceil(round(1 / rate, 9)) - 1:,} held-out rows, and there are "
        f"{rows:,}. Without labels, expect about one alarm in {rows + 1:,} normal rows: give more data, or raise the "
        "rate."
    )
    return threshold, sentence + f"the lowest of {rows:,} held-out rows.", few


def held_out_threshold(gaussian: Gaussian, errors: NDArray[Any], sizes: LSTMADHyperparameters, run: Run) -> float:
    """Return the threshold of `false-alarm-rate` on the held-out errors of all processes, (N, E) of this one.

    NaN is a missing error. Rows of which nothing is observed do not count.
    """
    density = log_density(gaussian, errors, errors.shape[1] // sizes.forecasts)
    own = TrailingMean(sizes.score_window)(density[:, None])
    scores, threshold = run.group.gather(own)[:, 0], 0.0
    scores = scores[~np.isnan(scores)]
    if run.group.rank == 0:
        times = max(1.0, sizes.stride / sizes.held_out_stride)  # that a row is scored
        rows = max(1, round(len(scores) / times))
        threshold, sentence, few = quantile_threshold(scores, sizes.false_alarm_rate, rows)
        run.listener.found("threshold", threshold, sentence)
        if few:
            run.listener.warn(few)
    return float(run.group.broadcast(torch.tensor(threshold, dtype=torch.float64)))


def best_threshold(scores: NDArray[np.float64], labels: NDArray[np.bool_], beta: float) -> float:
    """Return the threshold of the highest F-beta, halfway between two scores, (N,), (N,); the lowest of equals."""
    order = scores.argsort()
    ordered = scores[order]
    is_last = np.append(ordered[1:] > ordered[:-1], True)  # of rows with one score
    alarms = np.flatnonzero(is_last) + 1
    found = labels[order].cumsum()[is_last]
    best = int(f_beta(found, alarms, int(labels.sum()), beta).argmax())
    below = ordered[alarms[best] - 1]
    above = ordered[alarms[best]] if alarms[best] < len(ordered) else np.nextafter(below, math.inf)
    return float(below + (above - below) / 2) if above - below > 2 * np.spacing(abs(below)) else float(above)


def f_beta(found: NDArray[np.int64], alarms: NDArray[np.int64], anomalies: int, beta: float) -> NDArray[np.float64]:
    """Return F-beta, from the number of anomalies that are found, of alarms, and of all anomalies."""
    return np.asarray((1 + beta**2) * found / (beta**2 * anomalies + alarms))
