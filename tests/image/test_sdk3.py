"""The image under the SageMaker Python SDK v3, whose `ModelTrainer` runs it in local containers: no AWS account."""

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from accepting import accepting
from aws import ARN, NO_TELEMETRY, REGION, ROLE
from conftest import Problem
from engine import IMAGE, Container, docker
from sagemaker.core.training.configs import Compute, InputData
from sagemaker.train import ModelTrainer
from sagemaker.train.model_trainer import Mode


@pytest.fixture(autouse=True)
def _without_aws(monkeypatch, tmp_path_factory) -> None:
    """The SDK reports each call to AWS, and looks for credentials in order to do so."""
    settings = tmp_path_factory.mktemp("settings") / "sagemaker.yaml"
    settings.write_text(json.dumps(NO_TELEMETRY))
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(settings))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def folder(tmp_path) -> Iterator[Path]:
    """For local jobs, whose containers and network are removed in the end."""
    yield tmp_path
    if containers := containers_of(tmp_path):
        docker("rm", "--force", *containers)
    docker("network", "prune", "--force", "--filter", "label=com.docker.compose.network=sagemaker-local")


def containers_of(folder: Path) -> list[str]:
    """Those that Compose has started from a file in or below this folder."""
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
    assert reason == "`clusters` must be greater than or equal to 2, not 1."


@pytest.mark.parametrize(("name", "split"), [("cnn-kmeans", "Line"), ("lstm-ad", "None")])
def test_what_a_notebook_says_of_this_version_trains_and_transforms(name, split):
    listing = Path(__file__).parents[2] / "listing" / name
    cells = json.loads((listing / "notebook.ipynb").read_text())["cells"]
    said = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    (code,) = re.findall(r"```python\n(.*?)```", said, flags=re.DOTALL)
    known = {
        "algorithm_arn": f"{ARN}:algorithm/{name}",
        "role": ROLE,
        "bucket": "bucket",
        "prefix": name,
        "instance_type": "ml.m5.xlarge",
        "hyperparameters": json.loads((listing / "hyperparameters.json").read_text()),
        "channels": {"training": "s3://bucket/training", "validation": "s3://bucket/validation"},
        "batch": "s3://bucket/batch",
    }
    program = "".join(f"{name} = {value!r}\n" for name, value in known.items()) + code
    nobody = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": REGION}
    with accepting() as (url, created):
        environment = os.environ | nobody | {"AWS_ENDPOINT_URL": url}
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert list(created) == ["CreateTrainingJob", "CreateModelPackage", "CreateModel", "CreateTransformJob"]
    assert created["CreateTrainingJob"]["AlgorithmSpecification"]["AlgorithmName"] == known["algorithm_arn"]
    assert created["CreateTrainingJob"]["HyperParameters"] == known["hyperparameters"]
    assert created["CreateTransformJob"]["TransformInput"]["SplitType"] == split
