import gzip
import json
import os
import re
import signal
import time

import numpy as np
import pytest
import torch
from sagemaker_training.errors import ClientError

from seriesbox import metrics
from seriesbox.algorithm import ALGORITHMS, estimator_class, predict
from seriesbox.artifact import load, save
from seriesbox.errors import STOPPED_BEFORE_TRAINING
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.device import GPU_INSTANCES
from seriesbox.sagemaker.training import host as training_host
from seriesbox.tables.csv import parse_csv, write_csv

CNN = {
    "clusters": "2",
    "blocks": "1",
    "filters": "4",
    "reduced-size": "4",
    "output-size": "3",
    "epochs": "2",
    "sagemaker_region": '"us-east-1"',
    "_tuning_objective_metric": "valid_score",
}
LSTM = {"context-length": "20", "prediction-length": "5", "hidden-size": "4", "epochs": "2", "seed": "7.0"}


@pytest.fixture
def bodies(two_shapes, wave) -> dict[str, bytes]:
    return {"cnn-kmeans": write_csv(two_shapes[0].values), "lstm-ad": write_csv(wave)}


@pytest.mark.parametrize(("algorithm", "hyperparameters"), [("cnn-kmeans", CNN), ("lstm-ad", LSTM)])
def test_a_job_trains_on_every_file_reports_its_metrics_and_leaves_a_model(job, bodies, algorithm, hyperparameters):
    job.set(hyperparameters)
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
    model = load(job.base / "model")
    assert model.algorithm == algorithm
    assert model.hyperparameters.epochs == 2


def test_without_validation_only_training_metrics_are_reported(job, bodies):
    job.set({**LSTM, "model": '"lstm-ad"'})
    job.put("training", "a.csv", bodies["lstm-ad"])
    done = job.run("train")
    assert done.returncode == 0, done.stderr
    assert "train_mse" in done.stdout
    assert "valid_mse" not in done.stdout


def test_a_job_that_is_stopped_saves_what_the_last_step_left(job, bodies):
    job.set({**LSTM, "epochs": "100000"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    with job.start("train") as process:
        for line in process.stdout:
            if line.startswith("epoch: 3 "):
                process.send_signal(signal.SIGTERM)
                process.send_signal(signal.SIGTERM)  # a second one changes nothing
    assert process.returncode == 0
    model = load(job.base / "model")
    assert np.isfinite(predict(model.predictor(), parse_csv(bodies["lstm-ad"], "the series"))[20:]).all()


def test_a_job_that_is_stopped_before_it_trains_leaves_no_model(job):
    job.set(LSTM)
    job.put("training", "a.csv", b"1\n" * 5_000_000)  # a second or two to read
    with job.start("train") as process:
        for line in process.stdout:
            if "lstm-ad {" in line:
                process.send_signal(signal.SIGTERM)
    assert process.returncode == 1
    assert job.failure.read_text() == STOPPED_BEFORE_TRAINING
    assert not any((job.base / "model").iterdir())


@pytest.mark.parametrize("seconds", [0.3, 0.6, 0.9])  # while it imports: about when does not matter
def test_a_job_that_is_stopped_while_it_starts_says_so(job, bodies, seconds):
    job.set({**LSTM, "epochs": "100000"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    with job.start("train") as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGTERM)
    said = job.failure.read_text() if job.failure.exists() else ""
    assert (process.returncode, said) in [
        (1, STOPPED_BEFORE_TRAINING),
        (0, ""),
    ]  # the latter where it had begun already
    assert not (job.base / "code").exists()


def test_training_leaves_nothing_but_a_model_and_its_outcome(job, bodies):
    job.set({**LSTM, "epochs": "1"})
    job.put("training", "a.csv", bodies["lstm-ad"])
    before = set(job.base.rglob("*"))
    assert job.run("train").returncode == 0
    left = {str(path.relative_to(job.base)) for path in set(job.base.rglob("*")) - before}
    data = {"output/data", "output/data/metrics.csv", "output/data/metrics.json"}
    assert left == data | {"model", "model/model.json", "model/model.safetensors", "output", "output/success"}


def test_a_dropout_without_effect_is_told_and_no_fault(job, bodies):
    job.put("training", "a.csv", bodies["lstm-ad"])
    for given, told in (({"dropout": "0.5"}, True), ({"dropout": "0"}, False), ({}, False)):
        job.set({**LSTM, "epochs": "1", "num-layers": "1", **given})
        done = job.run("train")
        assert done.returncode == 0, done.stderr
        assert ("`dropout` has no effect" in done.stdout) == told


def test_a_loss_that_is_not_finite_ends_the_job_with_the_epoch_and_advice(job, bodies):
    """Weights that are finite, but too large, come with an earlier model."""
    model = LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), 2)
    model.forecaster.head.weight.data.fill_(1e30)
    save(model, job.base / "input" / "data" / "model")
    job.set(LSTM)
    job.put("training", "a.csv", bodies["lstm-ad"])
    assert job.run("train").returncode == 1
    assert job.failure.read_text() == "The training loss became inf in epoch 1: lower `lr`, which is 0.001."
    assert not any((job.base / "model").iterdir())


def no_training_channel(job):
    job.set(CNN)
    job.put("validation", "a.csv", b"1,2\n")


def hyperparameter_faults(job):
    job.set({**CNN, "epochs": "0", "filter": "4"})


def text_in_a_cell(job):
    job.set(CNN)
    job.put("training", "a.csv", b"1,2\n3,4\n5,six\n")


def no_file(job):
    job.set(CNN)
    (job.base / "input" / "data" / "training").mkdir(parents=True)


def few_series(job):
    job.set(CNN)
    job.put("training", "a.csv", b"1,2\n")


def few_rows(job):
    job.set(LSTM)
    job.put("training", "a.csv", b"1\n" * 124)


def ragged(job):
    job.set(LSTM)
    job.put("training", "a.csv", b"1,2\n" * 200 + b"1\n")


def a_gap_and_text(job):
    job.set(LSTM)
    job.put("training", "a.csv", b"1\n" * 200 + b"x\n")
    job.put("training", "b.csv", b"1\n" * 200 + b'""\n')


def a_pipe(job):
    job.set(LSTM)
    (job.config / "inputdataconfig.json").write_text('{"training": {"TrainingInputMode": "Pipe"}}')


def a_gpu_instance(job):
    job.set(LSTM)
    resources = {"current_host": "algo-1", "hosts": ["algo-1"], "current_instance_type": "ml.g5.xlarge"}
    (job.config / "resourceconfig.json").write_text(json.dumps(resources))


def unknown_algorithm(job):
    job.set({"model": "kmeans"})


def ambiguous(job):
    job.set({"epochs": "2"})


@pytest.mark.parametrize(
    ("instance", "paid"),
    {
        "ml.p3.2xlarge": True,
        "ml.p6-b200.48xlarge": True,
        "ml.g4dn.xlarge": True,
        "ml.gr6.4xlarge": True,
        "local_gpu": True,
        "ml.m5.xlarge": False,
        "ml.c5.4xlarge": False,
        "ml.trn1.2xlarge": False,
        "local": False,
    }.items(),
)
def test_instances_with_gpus_are_known_by_their_names(instance, paid):
    assert bool(GPU_INSTANCES.match(instance)) == paid


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (unknown_algorithm, r"^`model` must be one of cnn-kmeans, lstm-ad, not 'kmeans'\.$"),
        (
            ambiguous,
            r"^The hyperparameters do not tell which algorithm is meant: set `model` to cnn-kmeans or lstm-ad\.$",
        ),
        (
            hyperparameter_faults,
            r"^`epochs` must be .* not 0\. Unknown hyperparameter `filter`: did you mean `filters`\?$",
        ),
        (no_training_channel, r"^The job has no `training` channel, only validation: "),
        (no_file, r"^The `training` channel has no files: "),
        (
            text_in_a_cell,
            r"^training/a\.csv has cells that are not numbers up to 3.4e38, .*: row 3, column 2 is 'six'\.",
        ),
        (
            a_gap_and_text,
            r"^training/a\.csv has .*: row 201, column 1 is 'x'\. training/b\.csv: row 201 is empty in column 1",
        ),
        (a_pipe, r"^The `training` channel is in Pipe mode, which is not supported: use File or FastFile\.$"),
        pytest.param(
            a_gpu_instance,
            r"^ml\.g5\.xlarge has a GPU, but this image is built for CPUs: build it with `--build-arg TORCH_BUILD=cu",
            marks=pytest.mark.skipif(torch.version.cuda is not None, reason="this torch is built for GPUs"),
        ),
        (few_series, r"^2 clusters need at least as many series, but the training channel has 1: "),
        (few_rows, r"^training/a\.csv has 124 rows, .* need at least 125 to train on, "),
        (ragged, r"^training/a\.csv: row 201 has 1 cells, the others have 2\. LSTM-AD needs every row complete"),
    ],
)
def test_a_users_fault_is_one_sentence(job, monkeypatch, fault, sentence):
    fault(job)
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    with pytest.raises(ClientError, match=sentence):
        training_host.run()


def no_json(job):
    (job.config / "hyperparameters.json").write_text("epochs=2")


def no_object(job):
    (job.config / "hyperparameters.json").write_text("[]")


def no_hosts(job):
    (job.config / "resourceconfig.json").write_text('{"current_host": "algo-1"}')


def a_strange_host(job):
    (job.config / "resourceconfig.json").write_text('{"current_host": "algo-1", "hosts": ["algo-2"]}')


def no_channel_object(job):
    (job.config / "inputdataconfig.json").write_text('{"training": null}')


def no_configuration(job):
    (job.config / "resourceconfig.json").unlink()


def a_checkpoint_configuration_without_json(job):
    (job.config / "checkpointconfig.json").write_text("/opt/ml/checkpoints")


def checkpoints_in_no_folder(job):
    (job.config / "checkpointconfig.json").write_text('{"LocalPath": 1}')


def checkpoints_that_cannot_be_made(job):
    place = job.config / "resourceconfig.json" / "checkpoints"
    (job.config / "checkpointconfig.json").write_text(json.dumps({"LocalPath": str(place)}))


def a_toolkit_that_fails(job):
    job.set({**CNN, "sagemaker_s3_output": "ftp://elsewhere"})


def broken(package):
    """The package cannot be imported."""

    def fault(job):
        shadow = job.base / "shadow"
        (shadow / package).mkdir(parents=True)
        (shadow / package / "__init__.py").write_text('raise ImportError("a library is missing")')
        job.environment["PYTHONPATH"] = os.pathsep.join([str(shadow), job.environment.get("PYTHONPATH", "")])

    return fault


def a_file_in_the_models_place(job):
    job.set({**CNN, "epochs": "1"})
    job.put("training", "a.csv", b"1,2,3\n2,3,1\n0,1,2\n")
    (job.base / "model").write_text("in the way")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            text_in_a_cell,
            r"^training/a\.csv has cells that are not numbers up to 3.4e38, .*: row 3, column 2 is 'six'\.",
        ),
        (no_json, r"^[^\n]*hyperparameters\.json must hold a JSON object"),
        (no_object, r"^[^\n]*hyperparameters\.json must hold a JSON object"),
        (no_hosts, r"^[^\n]*resourceconfig\.json must have `hosts`, a list of names, and `current_host`, one of them"),
        (a_strange_host, r"^[^\n]*resourceconfig\.json must have `hosts`"),
        (no_channel_object, r"^[^\n]*inputdataconfig\.json must hold an object for every channel"),
        (no_configuration, r"^[^\n]*resourceconfig\.json must hold a JSON object: .*No such file"),
        (a_file_in_the_models_place, r"^[^\n]*/model cannot be made by user [0-9]+: File exists\.$"),
        (a_checkpoint_configuration_without_json, r"^[^\n]*checkpointconfig\.json must hold a JSON object: "),
        (checkpoints_in_no_folder, r"^[^\n]*checkpointconfig\.json must have a folder as its `LocalPath`, or none\.$"),
        (checkpoints_that_cannot_be_made, r"^[^\n]*/checkpoints cannot be made by user [0-9]+: Not a directory\.$"),
        (a_toolkit_that_fails, r"^SageMaker's toolkit failed, the log says where: Expecting 's3' scheme, got: ftp"),
        (broken("sagemaker_training"), r"^SageMaker's toolkit failed, the log says where: a library is missing$"),
        (broken("torch"), r"^SageMaker's toolkit failed, the log says where: a library is missing$"),
    ],
)
def test_whatever_fails_ends_with_exit_code_1_and_a_failure_file(job, fault, sentence):
    fault(job)
    (job.base / "output").mkdir()
    (job.base / "output" / "success").touch()  # left over from an earlier run
    done = job.run("train")
    reason = job.failure.read_text()
    assert done.returncode == 1
    assert re.search(sentence, reason)
    assert reason in done.stderr + done.stdout
    assert not (job.base / "output" / "success").exists()


def test_what_was_raised_is_in_the_log_though_the_failure_file_cannot_be_written(job):
    a_toolkit_that_fails(job)
    (job.base / "output" / "failure").mkdir(parents=True)
    (job.base / "output" / "success").touch()
    done = job.run("train")
    assert done.returncode == 1
    assert "output/failure is in the way and cannot be removed: " in done.stderr


def test_every_algorithm_can_be_named():
    names = {name: estimator_class(name).__name__ for name in ALGORITHMS}
    assert names == {"cnn-kmeans": "CNNKMeans", "lstm-ad": "LSTMAD"}
