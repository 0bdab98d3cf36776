"""The judgement of a model by labelled recordings: the threshold that they choose, and how well it does.

Shapes: N rows.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from seriesbox.listener import Listener
from seriesbox.lstm_ad.events import Events
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.lstm_ad.threshold import best_threshold
from seriesbox.tables.labelled import Labelled

TEST_METRICS = (
    *("test_precision", "test_recall", "test_f_beta", "test_auc_pr"),
    *("test_event_precision", "test_event_recall", "test_event_f_beta"),
)
WIDE_ALARM = 0.5  # of the rows, beyond which an alarm says nothing
FEW_EVENTS = 5  # labelled, below which a threshold rests on little


class Judged(NamedTuple):
    """The rows of one recording that have a score, and their labels."""

    scores: NDArray[np.float64]  # (N,)
    labels: NDArray[np.bool_]  # (N,)


def joined(recordings: Sequence[Judged]) -> Judged:
    """Return the rows of all recordings."""
    return Judged(*(np.concatenate(parts) for parts in zip(*recordings, strict=True)))


def scored(predictor: LSTMADPredictor, labelled: Labelled) -> Judged:
    """Return the rows of a labelled recording that have a score."""
    scores = np.concatenate([answer.columns[:, 0] for answer in predictor.predict(labelled.table)]).astype(np.float64)
    has_score = ~np.isnan(scores)
    return Judged(scores[has_score], labelled.labels[has_score] == 1)


def judge(predictor: LSTMADPredictor, test: Sequence[Labelled], listener: Listener) -> tuple[float, dict[str, float]]:
    """Return the threshold that has the best F-beta, and the metrics by it; none if the labels cannot tell.

    listener: hears of the threshold, and of labels that cannot tell, or tell little.
    """
    recordings = [scored(predictor, labelled) for labelled in test]
    all_scores, all_labels = joined(recordings)
    if all_labels.all() or not all_labels.any():
        kind = "an anomaly" if all_labels.any() else "normal"
        listener.warn(
            f"Every labelled row that has a score is {kind}: the threshold stays that of "
            "`false-alarm-rate`. Give rows of both kinds, after the first `context-length` rows."
        )
        return predictor.threshold, {}
    events = sum(int(Events(1)(each.labels).max()) for each in recordings)
    if events < FEW_EVENTS:
        events_of = f"{events} labelled event{'s' * (events > 1)}"
        listener.warn(
            f"The threshold rests on {events_of}, and may not suit others: label {FEW_EVENTS} or more if you can."
        )
    sizes = predictor.hyperparameters
    threshold = best_threshold(all_scores, all_labels, sizes.beta)
    listener.found(
        "threshold",
        threshold,
        f"By the labels, a row is an anomaly if its score is below {threshold:.6g} instead.",
    )
    share = float((all_scores < threshold).mean())
    if share > WIDE_ALARM:
        listener.warn(f"{share:.0%} of the labelled rows are alarms: scores do not tell the anomalies apart.")
    return threshold, measure(recordings, threshold, sizes.beta, sizes.gap)


def measure(recordings: Sequence[Judged], threshold: float, beta: float, gap: int) -> dict[str, float]:
    """Return precision, recall and F-beta of rows, the area under precision and recall, and the same of events.

    A labelled event is found if one of its rows is an anomaly; an event is right if one of its rows is labelled. Events
    are runs of labelled rows, and of anomalies with fewer than `gap` rows between them. One event as long as the
    recording would be right and find all; so F-beta of events weighs their recall against the precision of rows (Garg,
    Zhang, Samaran, Savitha, Foo, "An Evaluation of Anomaly Detection and Diagnosis in Multivariate Time Series", IEEE
    Transactions on Neural Networks and Learning Systems 33(6), 2022).
    """
    scores, labels = joined(recordings)
    alarms = scores < threshold
    found = int((alarms & labels).sum())
    precision, recall = found / max(1, int(alarms.sum())), found / int(labels.sum())
    area = float(average_precision_score(labels, -scores))
    right, raised, hit, labelled = np.sum([_events(each, threshold, gap) for each in recordings], axis=0).tolist()
    of_events = right / max(1, raised), hit / labelled
    values = (precision, recall, _f_beta(precision, recall, beta), area)
    return dict(zip(TEST_METRICS, (*values, *of_events, _f_beta(precision, of_events[1], beta)), strict=True))


def _f_beta(precision: float, recall: float, beta: float) -> float:
    weighted = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / weighted if weighted else 0.0


def _events(recording: Judged, threshold: float, gap: int) -> tuple[int, int, int, int]:
    """Return the number of events that are right, of all events, of labelled events that are found, and of all."""
    alarms = recording.scores < threshold
    raised, labelled = Events(gap)(alarms), Events(1)(recording.labels)
    both = alarms & recording.labels
    right, hit = (len(np.unique(numbers[both])) for numbers in (raised, labelled))
    return right, int(raised.max(initial=0)), hit, int(labelled.max(initial=0))
