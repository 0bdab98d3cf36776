"""A user's fault is one sentence, whatever part of a job finds it."""

import pytest
import torch
from sagemaker_training.errors import ClientError

from seriesbox.sagemaker.training import host
from tests.job import CNN, LSTM

FAULTY = {"a.csv": b"1\n" * 200 + b"x\n", "b.csv": b"1\n" * 200 + b"nan\n" * 20}


@pytest.fixture
def run(job, monkeypatch):
    """Do the job of the only host in this process, with files in its channels."""

    def run(hyperparameters, **channels):
        job.set(hyperparameters)
        for channel, files in channels.items():
            job.channel(channel).mkdir(parents=True)
            for name, body in files.items():
                job.put(channel, name, body)
        monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
        host.run()

    return run


@pytest.mark.parametrize(
    ("hyperparameters", "sentence"),
    [
        ({"model": "kmeans"}, r"^`model` must be one of cnn-kmeans, lstm-ad, not 'kmeans'\.$"),
        (
            {"epochs": "2"},
            r"^The hyperparameters do not tell which algorithm is meant: set `model` to cnn-kmeans or lstm-ad\.$",
        ),
        (
            {**CNN, "epochs": "0", "filter": "4"},
            r"^`epochs` must be .* not 0\. Unknown hyperparameter `filter`: did you mean `filters`\?$",
        ),
    ],
    ids=["unknown algorithm", "no algorithm", "two faults"],
)
def test_faults_of_hyperparameters_are_named_in_one_sentence(run, hyperparameters, sentence):
    with pytest.raises(ClientError, match=sentence):
        run(hyperparameters)


@pytest.mark.parametrize(
    ("hyperparameters", "channels", "sentence"),
    [
        (CNN, {"validation": {"a.csv": b"1,2\n"}}, r"^The job has no `training` channel, only validation: "),
        (CNN, {"training": {}}, r"^The `training` channel has no files: "),
        (
            CNN,
            {"training": {"a.csv": b"1,2\n3,4\n5,six\n"}},
            r"^training/a\.csv has cells that are not numbers up to 3.4e38, .*: row 3, column 2 is 'six'\.",
        ),
        (
            LSTM,
            {"training": FAULTY},
            r"^training/a\.csv has .*: row 201, column 1 is 'x'\. training/b\.csv is empty in rows 201 to 220\. ",
        ),
        (
            CNN,
            {"training": {"a.csv": b"1,2\n"}},
            r"^2 clusters need at least as many series, but the training data has 1: ",
        ),
        (
            LSTM,
            {"training": {"a.csv": b"1\n" * 124}},
            r"^training/a\.csv has 124 rows, .* need at least 125 to train on, ",
        ),
        (
            LSTM,
            {"training": {"a.csv": b"1,2\n" * 200 + b"1\n"}},
            r"^training/a\.csv: row 201 has 1 cells, the others have 2\. LSTM-AD needs rows of one width",
        ),
        (
            {**LSTM, "patience": "3"},
            {"training": {"a.csv": b"1\n" * 200}},
            r"^`patience` compares epochs by validation data",
        ),
    ],
    ids=["no channel", "no file", "text", "text and a long gap", "one series", "few rows", "unequal rows", "patience"],
)
def test_faults_of_channels_are_named_in_one_sentence(run, hyperparameters, channels, sentence):
    with pytest.raises(ClientError, match=sentence):
        run(hyperparameters, **channels)


def test_a_channel_in_pipe_mode_is_refused(job, run):
    job.configure("inputdataconfig", training={"TrainingInputMode": "Pipe"})
    expected = r"^The `training` channel is in Pipe mode, which is not supported: use File or FastFile\.$"
    with pytest.raises(ClientError, match=expected):
        run(LSTM)


@pytest.mark.skipif(torch.version.cuda is not None, reason="this torch is built for GPUs")
def test_a_gpu_that_is_paid_for_and_cannot_be_used_ends_the_job(job, run):
    job.configure("resourceconfig", current_host="algo-1", hosts=["algo-1"], current_instance_type="ml.g5.xlarge")
    expected = r"^ml\.g5\.xlarge has a GPU, but this image is built for CPUs: build it with `--build-arg TORCH_BUILD=cu"
    with pytest.raises(ClientError, match=expected):
        run(LSTM)
