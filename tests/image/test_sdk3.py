"""The image under the SageMaker Python SDK v3, whose `ModelTrainer` runs it in local containers: no AWS account."""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws import ARN, AWS, FOLDER, REGION, ROLE
from aws_server import aws_server
from conftest import Problem
from engine import IMAGE, Container, docker
from s3 import s3_server
from sagemaker.core.training.configs import Compute, InputData
from sagemaker.train import ModelTrainer
from sagemaker.train.model_trainer import Mode

BUCKET = "notebook"


@pytest.fixture(autouse=True)
def _without_aws(monkeypatch, tmp_path_factory) -> None:
    """The SDK reports each call to AWS, and looks for credentials in order to do so."""
    settings = tmp_path_factory.mktemp("settings") / "sagemaker.yaml"
    modules = {"TelemetryOptOut": True, "Session": {"DefaultS3Bucket": BUCKET}}  # else STS is asked, wherever it is
    settings.write_text(json.dumps({"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": modules}}}))
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
def test_what_a_notebook_says_of_this_version_trains_transforms_and_leaves_nothing(name, split, s3, aws):
    folder = FOLDER / name
    answer, hyperparameters = (folder / each for each in ("samples/batch.csv.out", "hyperparameters.json"))
    prefix = f"seriesbox-notebook-{name}"
    s3.upload_file(str(answer), f"{prefix}/answers/batch.csv.out")  # which no job of this AWS writes

    subscribed = f"algorithm_arn, role = {(algorithm := f'{ARN}:algorithm/{name}')!r}, {ROLE!r}"
    *steps, clean_up = blocks(folder / "notebook.ipynb")
    program = "\n".join([subscribed, *steps, "print(session.list_s3_files(bucket, prefix))", clean_up])
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, stdout=subprocess.PIPE, check=True, text=True)

    assert answer.read_text() in done.stdout
    inputs = [f"{prefix}/{channel}/{channel}.csv" for channel in ("batch", "training", "validation")]
    assert done.stdout.splitlines()[-1] == str([f"{prefix}/answers/batch.csv.out", *inputs])
    training, transform = (aws.asked[f"Create{kind}Job"] for kind in ("Training", "Transform"))
    assert training["AlgorithmSpecification"]["AlgorithmName"] == algorithm
    assert training["HyperParameters"] == json.loads(hyperparameters.read_text())
    assert transform["TransformInput"]["SplitType"] == split

    assert not list(s3.objects.all())
    created, deleted = (
        {each.removeprefix(verb) for each in aws.asked if each.startswith(verb)} for verb in ("Create", "Delete")
    )
    assert created - deleted == {"TrainingJob", "TransformJob"}
    for kind in deleted:
        assert aws.asked[f"Delete{kind}"][f"{kind}Name"] == aws.asked[f"Create{kind}"][f"{kind}Name"]


def blocks(notebook: Path) -> list[str]:
    """What a notebook says of this version, but for what subscribing tells."""
    cells = json.loads(notebook.read_text())["cells"]
    said = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    _, *blocks = re.findall(r"```python\n(.*?)```", said, flags=re.DOTALL)
    return blocks


@pytest.fixture
def session(monkeypatch) -> boto3.Session:
    """An AWS account of nobody's, which the SDK finds too."""
    for name, value in {"ACCESS_KEY_ID": "nobody", "SECRET_ACCESS_KEY": "nothing", "DEFAULT_REGION": REGION}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return boto3.Session()


@pytest.fixture
def s3(session, tmp_path, monkeypatch) -> Iterator[Any]:
    """The bucket that the SDK takes, in moto's S3."""
    with s3_server(tmp_path) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        yield session.resource("s3").create_bucket(Bucket=BUCKET)


@pytest.fixture
def aws(session, monkeypatch) -> Iterator[AWS]:
    """What else the SDK asks. It computes nothing."""
    aws = AWS(session)
    with aws_server(aws) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield aws
