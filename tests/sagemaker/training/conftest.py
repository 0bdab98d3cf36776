import shutil
import signal
from functools import partial
from pathlib import Path

import pytest
import torch

from seriesbox.artifact import save
from seriesbox.cnn_kmeans.predictor import CNNKMeansPredictor
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.channels import read_channels
from seriesbox.tables.csv import write_csv
from tests.hosts import MakeHosts, make_hosts
from tests.job import CNN, LSTM, interrupted


@pytest.fixture(autouse=True)
def same_signal_handlers():
    """Put back the handlers that a job in this process sets."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def bodies(two_shapes, wave) -> dict[str, bytes]:
    """A file of training data for each algorithm."""
    return {"cnn-kmeans": write_csv(two_shapes[0].values), "lstm-ad": write_csv(wave)}


@pytest.fixture(scope="session")
def parts(two_shapes, wave) -> dict[str, dict[str, bytes]]:
    """The same in several files, which differ in size and, of series, in length too."""
    series = two_shapes[0].values
    return {
        "lstm-ad": {"a.csv": write_csv(wave[: len(wave) // 3]), "b.csv": write_csv(wave[len(wave) // 3 :])},
        "cnn-kmeans": {
            "a.csv": write_csv(series[:21, :30]),
            "b.csv": write_csv(series[21:59]),
            "c.csv": write_csv(series[59:]),
        },
    }


@pytest.fixture(scope="session")
def earlier_model() -> LSTMAD:
    torch.manual_seed(0)
    return LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=3), 2).eval()


@pytest.fixture
def saved(earlier_model, tmp_path) -> Path:
    """The folder of the earlier model."""
    save(earlier_model, tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def channel(tmp_path) -> Path:
    """The empty folder of a `model` channel."""
    (tmp_path / "model").mkdir()
    return tmp_path / "model"


@pytest.fixture
def paths(job, monkeypatch) -> Paths:
    """The tree of the job."""
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(job.base))
    return Paths()


@pytest.fixture
def read(paths):
    """Read the channels of the job for an algorithm."""

    def read(predictor=CNNKMeansPredictor, known=(), **hyperparameters):
        given = predictor.Hyperparameters(**hyperparameters)
        return [channel.tables for channel in read_channels(paths, predictor, given, known, lambda *_: [])[:2]]

    return read


@pytest.fixture
def failure_of_command(job):
    """Run `train`, which must fail, and return the contents of the failure file."""

    def failure_of_command() -> str:
        success = job.base / "output" / "success"
        success.parent.mkdir()
        success.touch()  # left over from an earlier run
        done = job.run("train")
        failure = job.failure.read_text()
        assert done.returncode == 1
        assert failure in done.stderr + done.stdout
        assert not success.exists()
        return failure

    return failure_of_command


@pytest.fixture
def hosts(make_job) -> MakeHosts:
    return partial(make_hosts, make_job)


@pytest.fixture(scope="session")
def checkpointing(make_job, bodies):
    """Make a job that makes a checkpoint at every step, and begins with those of another job if that is given."""

    def checkpointing(hyperparameters, other=None):
        job = make_job("train")
        job.environment["SERIESBOX_CHECKPOINT_SECONDS"] = "0"
        job.set({**hyperparameters, "epochs": "6"})
        job.put("training", "a.csv", bodies[hyperparameters["model"]])
        job.checkpoints.mkdir()
        if other:
            shutil.copytree(other.checkpoints, job.checkpoints, dirs_exist_ok=True)
        return job

    return checkpointing


@pytest.fixture(scope="session")
def uninterrupted(checkpointing):
    """A job of each algorithm that nothing interrupted."""
    jobs = {each["model"]: checkpointing(each) for each in (LSTM, CNN)}
    for job in jobs.values():
        assert job.train().returncode == 0
    return jobs


@pytest.fixture(scope="session")
def killed(checkpointing):
    """A job that was killed after three epochs."""
    job = checkpointing(LSTM)
    assert job.start(interrupted("SIGKILL", epoch=3)).returncode == -signal.SIGKILL
    return job
