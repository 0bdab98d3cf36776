"""A job reads its files, reports its metrics, and leaves a model."""

import gzip
import re

import pytest
import torch

from seriesbox import metrics
from seriesbox.algorithm import estimator_class
from seriesbox.artifact import load, save
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.csv import write_csv
from tests.archive import pack
from tests.job import CNN, LSTM

OF_PLATFORM = {"sagemaker_region": '"us-east-1"', "_tuning_objective_metric": "valid_score"}


@pytest.mark.parametrize("hyperparameters", [CNN, LSTM], ids=lambda each: each["model"])
def test_a_job_trains_on_every_file_reports_its_metrics_and_leaves_a_model(job, bodies, hyperparameters):
    own = {name: value for name, value in hyperparameters.items() if name != "model"}  # which tell the algorithm
    job.set({**own, "epochs": "2", "seed": "7.0", **OF_PLATFORM})
    algorithm = hyperparameters["model"]
    job.put("training", "a.csv", bodies[algorithm])
    job.put("training", "nested/b.csv.gz", gzip.compress(bodies[algorithm]))
    job.put("training", ".hidden", b"not a number")
    job.put("training", "x-manifest", b"{}")
    job.put("validation", "c.csv", bodies[algorithm])
    done = job.run("train")
    assert done.returncode == 0, done.stderr
    assert not job.failure.exists()
    for name in estimator_class(algorithm).metrics:
        assert len(re.findall(metrics.regex(name), done.stdout, re.MULTILINE)) == 2
    model = load(job.model)
    assert model.algorithm == algorithm
    assert model.hyperparameters.epochs == 2


def test_without_validation_only_training_metrics_are_reported(job, bodies):
    job.set({**LSTM, "epochs": "2", "model": '"lstm-ad"'})
    job.put("training", "a.csv", bodies["lstm-ad"])
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert "train_mse" in done.stdout
    assert "valid_mse" not in done.stdout


@pytest.mark.parametrize(("dropout", "warns"), [({"dropout": "0.5"}, True), ({"dropout": "0"}, False), ({}, False)])
def test_a_dropout_without_effect_is_a_warning_and_no_fault(job, bodies, dropout, warns):
    job.put("training", "a.csv", bodies["lstm-ad"])
    job.set({**LSTM, "epochs": "1", "num-layers": "1", **dropout})
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert ("`dropout` has no effect" in done.stdout) == warns


def test_a_loss_that_is_not_finite_ends_the_job_with_the_epoch_and_advice(job, bodies):
    """Weights that are finite, but too large, come with an earlier model."""
    model = LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), 2)
    model.forecaster.head.weight.data.fill_(1e30)
    save(model, job.channel("model"))
    job.set(LSTM)
    job.put("training", "a.csv", bodies["lstm-ad"])
    assert job.train().returncode == 1
    assert job.failure.read_text() == "The training loss became inf in epoch 1: lower `lr`, which is 0.001."
    assert not any(job.model.iterdir())


def test_a_job_that_may_take_no_longer_ends_with_a_model(job, bodies):
    job.set({**LSTM, "epochs": "100000", "max-seconds": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    assert job.train().returncode == 0
    assert load(job.model)
    assert (job.base / "output/data/metrics.csv").read_text()


def test_a_job_continues_the_earlier_model_and_keeps_its_shape(job, earlier_model, saved, bodies):
    job.channel("model").mkdir(parents=True)
    pack(saved, job.channel("model") / "model.tar.gz")
    job.set({"context-length": "20", "prediction-length": "5", "epochs": "1", "lr": "1e-6"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    done = job.train()
    assert done.returncode == 0, done.stderr
    assert '"hidden-size":3' in done.stdout
    before, after = earlier_model.state_dict(), load(job.model).estimator().state_dict()
    assert set(after) == set(before)
    for name in ("forecaster.head.weight", "forecaster.layers.0.weight_hh_l0", "scaler.scale"):
        torch.testing.assert_close(after[name], before[name], rtol=0, atol=1e-5)
    assert not torch.equal(after["gaussian.mean"], before["gaussian.mean"])


@pytest.mark.parametrize(
    ("hyperparameters", "columns", "sentence"),
    [
        ({"hidden-size": "4", "num-layers": "1"}, 2, "`hidden-size` is 3 there, not 4, `num-layers` is 2 there, not 1"),
        ({"model": "cnn-kmeans"}, 2, "holds a model of lstm-ad, the job is cnn-kmeans's"),
        ({}, 1, "The training data has rows of 1 cells, but the earlier model knows 2"),
    ],
)
def test_an_earlier_model_that_cannot_be_continued_is_refused(
    job, earlier_model, wave, hyperparameters, columns, sentence
):
    save(earlier_model, job.channel("model"))
    job.set({"context-length": "20", "prediction-length": "5"} | hyperparameters)
    job.put("training", "a.csv", write_csv(wave[:, :columns]))
    assert job.train().returncode == 1
    assert sentence in job.failure.read_text()
