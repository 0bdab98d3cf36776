"""An estimator warns at the line of the caller, in the words of Python."""

import numpy as np
import pytest

from seriesbox import LSTMAD, CNNKMeans
from tests.estimators.conftest import CLUSTERER, DETECTOR


def test_a_warning_points_at_the_line_that_fits_and_has_the_names_of_python(wave):
    with pytest.warns(UserWarning, match="A `false_alarm_rate` of 0.001 takes 999 held-out rows") as warned:
        LSTMAD(**DETECTOR | {"epochs": 1, "false_alarm_rate": 0.001}).fit(wave)
    assert {each.filename for each in warned} == {__file__}


def test_an_axis_of_variables_that_may_be_one_of_steps_is_told():
    series = np.random.default_rng(0).normal(size=(20, 30, 8))
    with pytest.warns(
        UserWarning, match=r"X has series of 30 variables and 8 steps\. .*transpose\(0, 2, 1\)"
    ) as warned:
        CNNKMeans(**CLUSTERER | {"epochs": 1}).fit(series)
    assert {each.filename for each in warned} == {__file__}
    CNNKMeans(**CLUSTERER | {"epochs": 1}).fit(series.transpose(0, 2, 1))


def test_a_warning_out_of_a_thread_of_the_fit_points_at_the_line_too(wave):
    with pytest.warns(UserWarning, match="Every labelled row that has a score is normal") as warned:
        LSTMAD(**DETECTOR | {"epochs": 1}).fit(wave, test=(wave, np.zeros(len(wave))))
    assert {each.filename for each in warned} == {__file__}


def test_a_column_that_may_be_a_label_is_told_without_the_words_of_files(two_shapes):
    labelled = np.column_stack([two_shapes[1], two_shapes[0].values])
    sentence = "Column 1 has no values but 0, 1, like a label: leave it out unless it is data."
    with pytest.warns(UserWarning, match=f"^{sentence}$"):
        CNNKMeans(**CLUSTERER | {"epochs": 1}).fit(labelled)
