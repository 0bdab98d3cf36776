"""What an estimator warns of: at the line of the caller, in the names of Python."""

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
