"""A model that Python fits has the bytes of the one that a training job makes of the same data."""

import numpy as np
import pandas as pd
import pytest

import seriesbox
from seriesbox import LSTMAD, CNNKMeans
from seriesbox.tables.csv import write_csv
from tests.job import CNN, LSTM

FILES = ("model.safetensors", "model.json")
KINDS = {"cnn-kmeans": CNNKMeans, "lstm-ad": LSTMAD}


def estimator(hyperparameters):
    given = {name.replace("-", "_"): value for name, value in hyperparameters.items()}
    return KINDS[given.pop("model")](**given)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("small", [CNN, LSTM])
def test_the_bytes_are_those_of_a_job(job, two_shapes, wave, tmp_path, small):
    hyperparameters = {**small, "epochs": "2", "seed": "7"}
    if small is CNN:
        training = two_shapes[0].values
        validation, labels = training[:20], two_shapes[1][:20].astype(float)
    else:
        training, validation = wave, wave[:300]
        labels = np.where(np.arange(300) // 20 == 5, 1.0, 0.0)
    job.set(hyperparameters)
    training, validation = (each.astype(np.float64) for each in (training, validation))  # as texts are read
    job.put("training", "a.csv", write_csv(training))
    job.put("validation", "a.csv", write_csv(validation))
    job.put("test", "a.csv", write_csv(np.column_stack([labels, validation])))
    done = job.train()
    assert done.returncode == 0, done.stderr
    estimator(hyperparameters).fit(training, validation=validation, test=(validation, labels)).save(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (job.model / name).read_bytes()


def test_the_names_of_a_data_frame_are_those_of_a_header(job, wave, tmp_path):
    hyperparameters, wave = {**LSTM, "epochs": "1", "false-alarm-rate": "0.01"}, wave.astype(np.float64)
    job.set(hyperparameters)
    job.configure("inputdataconfig", training={"ContentType": "text/csv; header=present"})
    job.put("training", "a.csv", b"left,right\n" + write_csv(wave))
    assert job.train().returncode == 0
    frame = pd.DataFrame(wave, columns=["left", "right"])
    estimator(hyperparameters).fit(frame).save(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (job.model / name).read_bytes()
    loaded = seriesbox.load(job.model)
    turned = loaded.score_samples(frame[["right", "left"]])
    np.testing.assert_array_equal(turned, loaded.score_samples(frame))
