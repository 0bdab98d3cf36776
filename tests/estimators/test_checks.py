"""scikit-learn's own checks of estimators, and why some cannot apply to series."""

import warnings

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from seriesbox import LSTMAD, CNNKMeans

ANY_LENGTH = "series may have other lengths than in training, so there is no number of features"
SENTENCE = "the sentence is that of a job, which has other words"
ORDER = "a row's score depends on the rows before it"
NO_SCORE = "the first rows have no score: they are NaN for decision_function, and no anomalies for predict"
ONE_AXIS = "one axis is a recording of one column"
UNLIKE = {
    CNNKMeans: {
        "check_n_features_in": ANY_LENGTH,
        "check_n_features_in_after_fitting": ANY_LENGTH,
        "check_transformer_general": ANY_LENGTH,
        "check_fit2d_1sample": SENTENCE,
        "check_fit2d_1feature": SENTENCE,
    },
    LSTMAD: {
        "check_methods_sample_order_invariance": ORDER,
        "check_methods_subset_invariance": ORDER,
        "check_outliers_train": NO_SCORE,
        "check_fit1d": ONE_AXIS,
        "check_fit2d_predict1d": ONE_AXIS,
        "check_n_features_in_after_fitting": SENTENCE,
        "check_fit2d_1sample": SENTENCE,
    },
}
TINY_CLUSTERER = CNNKMeans(
    clusters=2, blocks=0, filters=2, reduced_size=4, output_size=4, negative_samples=1, epochs=1, batch_size=100
)
TINY_DETECTOR = LSTMAD(
    context_length=1, prediction_length=1, sequence_stride=1, hidden_size=2, num_layers=1, dropout=0.0, epochs=1
)


with warnings.catch_warnings(action="ignore"):  # that they do not inherit from BaseEstimator, which takes a second
    of_all = parametrize_with_checks(
        [TINY_CLUSTERER, TINY_DETECTOR], expected_failed_checks=lambda each: UNLIKE[type(each)], xfail_strict=True
    )


@pytest.mark.filterwarnings("ignore")  # of tiny models on random numbers
@of_all
def test_estimators_are_what_scikit_learn_expects(estimator, check):
    check(estimator)
