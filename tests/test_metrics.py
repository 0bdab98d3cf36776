import re

from seriesbox import metrics
from seriesbox.algorithm import ALGORITHMS, estimator_class


def test_the_line_is_the_published_one():
    line = metrics.line(1, {"train_loss": 0.47336045, "train_score": -0.148366021})
    assert line == "epoch: 1 train_loss: 0.47336045 train_score: -0.14836602"


def test_every_metric_is_read_back_from_a_line():
    for name in ALGORITHMS:
        of_epochs, of_labels = (
            {metric: (-1) ** i * 10.0**-i for i, metric in enumerate(names)}
            for names in (estimator_class(name).metrics, estimator_class(name).test_metrics)
        )
        for line, values in ((metrics.line(7, of_epochs), of_epochs), (metrics.text(of_labels), of_labels)):
            for metric, value in values.items():
                assert float(re.search(metrics.regex(metric), line)[1]) == value


def test_an_undefined_value_is_not_read_as_a_number():
    assert re.search(metrics.regex("train_score"), metrics.line(1, {"train_score": float("nan")})) is None
