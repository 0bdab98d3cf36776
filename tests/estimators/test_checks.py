"""scikit-learn's own checks of estimators, and why some cannot apply to series."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from seriesbox import CNNKMeans, LSTMAD

CLUSTERER = CNNKMeans(
    clusters=2, blocks=0, filters=2, reduced_size=4, output_size=4, negative_samples=1, epochs=1, batch_size=100
)
DETECTOR = LSTMAD(
    context_length=1, prediction_length=1, sequence_stride=1, hidden_size=2, num_layers=1, dropout=0.0, epochs=1
)
UNLIKE = {CNNKMeans: {}, LSTMAD: {}}


@parametrize_with_checks([CLUSTERER, DETECTOR], expected_failed_checks=lambda each: UNLIKE[type(each)])
def test_estimators_are_as_scikit_learn_expects(estimator, check):
    check(estimator)
