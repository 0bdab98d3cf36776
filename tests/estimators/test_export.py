"""The file of `export`: checked by the onnx package, and run by plain onnxruntime."""

import numpy as np
import onnx
import onnxruntime
import pytest

from seriesbox import LSTMAD, CNNKMeans
from seriesbox.algorithm import predict
from seriesbox.answers import Details
from seriesbox.artifact import load
from seriesbox.tables.table import Table
from tests.estimators.conftest import DETECTOR

SMALL = {"clusters": 2, "blocks": 1, "filters": 4, "reduced_size": 4, "output_size": 3, "epochs": 1}


def run(file, *outputs, **inputs):
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return session.run(outputs, inputs)


@pytest.mark.parametrize("features", ["normalized", "halves", "raw"])
@pytest.mark.parametrize("scaling", ["dataset", "series", "step"])
def test_the_clusters_of_a_file_are_those_of_the_model(two_shapes, tmp_path, scaling, features):
    series = np.nan_to_num(two_shapes[0].values).reshape(60, 2, 20)
    model = CNNKMeans(**SMALL, scaling=scaling, features=features).fit(series)
    model.export(tmp_path / "model.onnx")
    some = series[:, :, :19]  # an odd number of steps, and fewer than in training
    label, found, distances = run(tmp_path / "model.onnx", "label", "features", "distances", series=some)
    np.testing.assert_array_equal(label, model.predict(some))
    np.testing.assert_allclose(found, model.transform(some), rtol=1e-4, atol=1e-5)
    model.save(tmp_path)
    details = predict(load(tmp_path).predictor(), Table.of(some.reshape(len(some), -1)), Details())
    np.testing.assert_allclose(distances.min(axis=1), details[:, 4], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("stride", [0, 1])
def test_the_forecasts_and_scores_of_a_file_are_those_of_the_model(wave, tmp_path, stride):
    model = LSTMAD(**DETECTOR, forecast_stride=stride).fit(wave)
    model.export(tmp_path / "model.onnx")
    window = wave[:25].astype(np.float64)
    (forecast,) = run(tmp_path / "model.onnx", "forecast", rows=window[None])
    steps = stride or 5  # the newest forecast is that of the model's first steps
    np.testing.assert_allclose(forecast[0, :steps], model.forecast(wave)[20 : 20 + steps], rtol=1e-4)
    if not stride:
        (score,) = run(tmp_path / "model.onnx", "score", rows=window[None])
        np.testing.assert_allclose(score[0], model.score_samples(window)[20:], rtol=1e-3)
    facts = {each.key: each.value for each in onnx.load(tmp_path / "model.onnx").metadata_props}
    assert float(facts["threshold"]) == model.threshold_
