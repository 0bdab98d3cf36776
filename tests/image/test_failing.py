"""A job that fails exits with 1 and says why."""

import re

import pytest
from engine import Container, mounted

from demo.container import lay_out


@pytest.mark.parametrize(
    ("hyperparameters", "data", "reason"),
    [
        ({"epochs": 0}, None, r"^`epochs` must be .* not 0\.$"),
        (
            {},
            b"1,2\n3,4\n5,six\n",
            r"^training/training\.csv has cells that are not numbers.*: row 3, column 2 is 'six'\.",
        ),
    ],
    ids=["hyperparameter", "cell"],
)
def test_a_failing_job_exits_with_one_and_says_why(clustering, tmp_path, hyperparameters, data, reason):
    folder = tmp_path / "ml"
    lay_out(folder, clustering.hyperparameters | hyperparameters, data or clustering.training)
    with Container.running("-v", f"{folder}:/opt/ml", command=("train",)) as job:
        assert job.wait() == 1
        failure = (folder / "output" / "failure").read_text()
        assert re.search(reason, failure)
        assert failure in job.log()
        assert "Traceback" not in job.log()


def test_a_job_that_could_not_save_its_model_does_not_begin(clustering, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml")
    with Container.running(*mounted(folder, readonly=("input", "model")), command=("train",)) as job:
        assert job.wait() == 1
        assert "epoch: 1" not in job.log()
    assert (folder / "output" / "failure").read_text().startswith("User 0 cannot write into /opt/ml/model: mount it")
