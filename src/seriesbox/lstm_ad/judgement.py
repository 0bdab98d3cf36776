"""The judgement of a model by labelled recordings: the threshold that they choose, and how well it does.

Shapes: N rows.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from seriesbox.lstm_ad.events import Events
from seriesbox.lstm_ad.predictor import LSTMADPredictor
from seriesbox.lstm_ad.threshold import best_threshold
from seriesbox.tables.labelled import Labelled

TEST_METRICS = (
    *("test_precision", "test_recall", "test_f_beta", "test_auc_pr"),
    *("test_event_precision", "test_event_recall", "test_event_f_beta"),
)
FEW_EVENTS = 5  # labelled, below which a threshold rests on little


class Judged(NamedTuple):
    """The rows of one recording that have a score, and their labels."""

    scores: NDArray[np.float64]  # (N,)
    labels: NDArray[np.bool_]  # (N,)


def joined(recordings: Sequence[Judged]) -> Judged:
    """Return the rows of all recordings."""
    return Judged(*(np.concatenate(parts) for parts in zip(*recordings, strict=True)))


def judge(
    predictor: LSTMADPredictor, test: Sequence[Labelled], warn: Callable[[str], None]
) -> tuple[float, dict[str, float]]:
    """Return the threshold that has the best F-beta, and the metrics by it; none if the labels cannot tell.

    warn: gets a sentence if they cannot, or if they are few.
    """
    recordings = []
    for _, table, labels in test:
        scores = np.concatenate([answer[:, 0] for answer in predictor.predict(table)]).astype(np.float64)
        has_score = ~np.isnan(scores)
        recordings.append(Judged(scores[has_score], labels[has_score] == 1))
    all_scores, all_labels = joined(recordings)
    if all_labels.all() or not all_labels.any():
        kind = "an anomaly" if all_labels.any() else "normal"
        warn(
            f"Every row of the `test` channel that has a score is labelled {kind}: the threshold stays that of "
            "`false-alarm-rate`. Give rows of both kinds, after the first `context-length` rows."
        )
        return predictor.threshold, {}
    events = sum(int(Events(1)(each.labels).max()) for each in recordings)
    if events < FEW_EVENTS:
        events_of = f"{events} labelled event{'s' * (events > 1)}"
        warn(f"The threshold rests on {events_of}, and may not suit others: label {FEW_EVENTS} or more if you can.")
    sizes = predictor.hyperparameters
    threshold = best_threshold(all_scores, all_labels, sizes.beta)
    return threshold, measure(recordings, threshold, sizes.beta, sizes.gap)


def measure(recordings: Sequence[Judged], threshold: float, beta: float, gap: int) -> dict[str, float]:
    """Return precision, recall and F-beta of rows and of events, and the area under precision and recall of rows.

    A labelled event is found if one of its rows is an anomaly; an event is right if one of its rows is labelled. Events
    are runs of labelled rows, and of anomalies with fewer than `gap` rows between them.
    """
    scores, labels = joined(recordings)
    alarms = scores < threshold
    found = int((alarms & labels).sum())
    rows = _precision_recall_f_beta(found, int(alarms.sum()), found, int(labels.sum()), beta)
    area = float(average_precision_score(labels, -scores))
    right, raised, hit, of_labels = np.sum([_events(each, threshold, gap) for each in recordings], axis=0).tolist()
    events = _precision_recall_f_beta(right, raised, hit, of_labels, beta)
    return dict(zip(TEST_METRICS, (*rows, area, *events), strict=True))


def _events(recording: Judged, threshold: float, gap: int) -> tuple[int, int, int, int]:
    """Return the number of events that are right, of all events, of labelled events that are found, and of all."""
    alarms = recording.scores < threshold
    raised, labelled = Events(gap)(alarms), Events(1)(recording.labels)
    both = alarms & recording.labels
    right, hit = (len(np.unique(numbers[both])) for numbers in (raised, labelled))
    return right, int(raised.max(initial=0)), hit, int(labelled.max(initial=0))


def _precision_recall_f_beta(
    right: int, alarms: int, found: int, labelled: int, beta: float
) -> tuple[float, float, float]:
    """Return the three from the numbers of alarms, right ones and all, and of labels, found ones and all."""
    precision, recall = right / max(1, alarms), found / labelled
    weighted = beta**2 * precision + recall
    return precision, recall, (1 + beta**2) * precision * recall / weighted if weighted else 0.0
