import numpy as np
import pytest
import torch

from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.judgement import agreement
from seriesbox.listener import Listener
from seriesbox.run import Run
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table
from tests.cnn_kmeans.small import SMALL
from tests.recorder import Recorder


def labelled(table, labels):
    return Labelled.of(Table.of(np.column_stack([labels, table.values])))


def test_clusters_that_are_the_classes_agree_with_them_and_stay_what_they_are(model, two_shapes):
    table, fast = two_shapes
    before, recorder = {name: each.clone() for name, each in model.state_dict().items()}, Recorder()
    test = [labelled(table, np.where(fast, 3.5, -7)), labelled(table.head(8), np.where(fast, 3.5, -7)[:8])]
    assert model.judge(test, recorder) == pytest.approx(dict.fromkeys(CNNKMeans.test_metrics, 1))
    assert not recorder.warnings
    torch.testing.assert_close(model.state_dict(), before, rtol=0, atol=0)
    again = CNNKMeans.fit(SMALL, [table], [], Run())
    torch.testing.assert_close(again.state_dict(), before, rtol=0, atol=0)


def test_the_metrics_are_those_of_the_best_match(model, two_shapes):
    table, fast = two_shapes
    labels = np.where(fast, 1, 0)
    labels[:15] = 2
    metrics = model.judge([labelled(table, labels)], Listener())
    assert metrics["test_accuracy"] == 45 / 60
    assert 0 < metrics["test_ari"] < metrics["test_nmi"] < 1


def test_the_names_of_clusters_and_classes_do_not_matter():
    classes, clusters = np.array([0, 0, 1, 1, 2, 2, 2]), np.array([0, 1, 1, 1, 2, 2, 0])
    one = agreement(classes, clusters, pytest.fail)
    assert agreement(5 - 2.5 * classes, (clusters + 1) % 3, pytest.fail) == pytest.approx(one)
    assert one["test_accuracy"] == 5 / 7


def test_more_classes_than_can_be_matched_leave_the_accuracy_out_with_a_reason():
    warned = []
    metrics = agreement(np.arange(102) % 51, np.arange(102) % 3, warned.append)
    assert list(metrics) == ["test_ari", "test_nmi"]
    (sentence,) = warned
    assert "`test_accuracy` is left out: the series have 51 different labels" in sentence


@pytest.mark.parametrize(
    ("classes", "reason"), [(np.ones(6), "have the same label"), (np.arange(6) / 3, "have a label of their own")]
)
def test_labels_that_are_no_classes_give_no_metrics_but_a_reason(classes, reason):
    warned = []
    assert agreement(classes, np.arange(6) % 2, warned.append) == {}
    assert [reason in sentence for sentence in warned] == [True]
