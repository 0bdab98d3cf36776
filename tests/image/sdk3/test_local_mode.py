"""The image under version 3 of SageMaker's Python SDK, whose `ModelTrainer` runs it in local containers."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import IMAGE, Container, docker
from problem import Problem
from sagemaker.core.training.configs import Compute, InputData
from sagemaker.train import ModelTrainer
from sagemaker.train.model_trainer import Mode


@pytest.fixture
def folder(tmp_path) -> Iterator[Path]:
    """A folder for local jobs, whose containers and network are removed in the end."""
    yield tmp_path
    if containers := containers_of(tmp_path):
        docker("rm", "--force", *containers)
    docker("network", "prune", "--force", "--filter", "label=com.docker.compose.network=sagemaker-local")


def containers_of(folder: Path) -> list[str]:
    """Return the containers that Compose has started from a file in or below this folder."""
    columns = '{{.ID}} {{.Label "com.docker.compose.project.working_dir"}}'
    rows = [line.partition(" ") for line in docker("ps", "--all", "--format", columns).decode().splitlines()]
    return [container for container, _, started_in in rows if Path(started_in).is_relative_to(folder)]


def train(problem: Problem, folder: Path, hosts: int = 1, **hyperparameters: int | float | str) -> None:
    channels = {"training": problem.training, "validation": problem.validation}
    for channel, body in channels.items():
        (folder / channel).mkdir()
        (folder / channel / "data.csv").write_bytes(body)
    trainer = ModelTrainer(
        training_mode=Mode.LOCAL_CONTAINER,
        training_image=IMAGE,
        hyperparameters=problem.hyperparameters | hyperparameters,
        compute=Compute(instance_type="local_cpu", instance_count=hosts),
        environment={"OMP_NUM_THREADS": "1"},  # several threads on a busy machine wait for each other
        local_container_root=str(folder),
    )
    trainer.train([InputData(channel_name=channel, data_source=str(folder / channel)) for channel in channels])


def unpack(folder: Path, archive: str) -> dict[str, bytes]:
    """The files in an archive that the job left, which are in `folder`/unpacked as well."""
    with tarfile.open(folder / "compressed_artifacts" / archive) as tar:
        tar.extractall(folder / "unpacked", filter="data")
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}


def test_a_job_trains_though_the_sdk_says_no_command_and_its_artifact_answers(problem, folder):
    train(problem, folder)
    (container,) = containers_of(folder)
    assert Container(container).inspect()["Config"]["Cmd"] is None
    assert unpack(folder, "model.tar.gz").keys() == {"model.json", "model.safetensors"}
    model = ["-v", f"{folder / 'unpacked'}:/opt/ml/model:ro"]
    with Container.running(*model, command=("serve",)) as server:
        problem.check(server.invoke(problem.test))


def test_two_hosts_train_one_model_together(clustering, folder):
    train(clustering, folder, hosts=2)
    assert unpack(folder, "model.tar.gz").keys() == {"model.json", "model.safetensors"}
    model = ["-v", f"{folder / 'unpacked'}:/opt/ml/model:ro"]
    with Container.running(*model, command=("serve",)) as server:
        clustering.check(server.invoke(clustering.test))


def test_a_job_that_cannot_train_fails_and_says_why(clustering, folder):
    with pytest.raises(RuntimeError, match="exited with code: 1"):
        train(clustering, folder, clusters=1)
    reason = unpack(folder, "output.tar.gz")["failure"].decode()
    assert reason == "`clusters` must be 0, for a number that is chosen from the data, or 2 to 1000, not 1."
