"""An AWS account on this machine: S3 is moto's, and SageMaker runs what it is asked for in containers of the image."""

import io
import json
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3
import pytest
from aws import AWS, MODEL, REGION, Json
from aws_server import aws_server
from engine import IMAGE, Container
from s3 import s3_server

from demo.container import lay_out

BUCKET = "notebook"
KEYS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": REGION}


class LocalAWS(AWS):
    """The stand-in for AWS, but its jobs run. It keeps one model, the last one trained, and one endpoint."""

    def __init__(self, session: boto3.Session, folder: Path, containers: ExitStack) -> None:
        super().__init__(session)
        self.bucket = session.resource("s3").Bucket(BUCKET)
        self.opt_ml, self.served = folder / "ml", folder / "served"
        self.containers = containers
        self.job: Container | None = None
        self.endpoint: Container | None = None

    def take(self, operation: str, asked: Json) -> None:
        """Check a request, and do what it asks for."""
        super().take(operation, asked)
        match operation:
            case "CreateTrainingJob":
                self.train(asked)
            case "CreateTransformJob":
                self.transform(asked)
            case "CreateEndpoint":
                self.endpoint = self.containers.enter_context(self.serve())

    def _answers(self, operation: str, asked: Json) -> Json:
        answer = super()._answers(operation, asked)
        if operation == "DescribeTrainingJob" and self.job:
            if self.job.inspect()["State"]["Running"]:
                return answer | {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"}
            assert self.job.wait() == 0, self.job.log()
            self.keep_model()
        return answer

    def train(self, asked: Json) -> None:
        """Start a training job on the file of its one channel."""
        assert asked["AlgorithmSpecification"]["TrainingImage"] == IMAGE
        (channel,) = asked["InputDataConfig"]
        (data,) = self.files(channel).values()
        lay_out(self.opt_ml, {name: _unquoted(text) for name, text in asked["HyperParameters"].items()}, data)
        options = ["--env", "OMP_NUM_THREADS=1"]  # several threads on a busy machine wait for each other
        running = Container.running(*options, "-v", f"{self.opt_ml}:/opt/ml", command=("train",))
        self.job = self.containers.enter_context(running)

    def keep_model(self) -> None:
        """Upload the model to the path at which SageMaker would look for it."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            tar.add(self.opt_ml / "model", arcname=".")
        self.bucket.put_object(Key=_key(MODEL), Body=archive.getvalue())

    def transform(self, asked: Json) -> None:
        """Answer every file of a batch job."""
        assert "SplitType" not in asked["TransformInput"]
        with self.serve() as server:
            for name, body in self.files(asked["TransformInput"]).items():
                key = f"{_key(asked['TransformOutput']['S3OutputPath'])}/{name}.out"
                self.bucket.put_object(Key=key, Body=server.invoke(body))

    @contextmanager
    def serve(self) -> Iterator[Container]:
        """Run a server of the model that was asked for last."""
        model = self.asked["CreateModel"]
        (container,) = model.get("Containers") or [model["PrimaryContainer"]]
        archive = self.bucket.Object(_key(container["ModelDataUrl"])).get()["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(self.served, filter="data")
        environment = [f"--env={name}={value}" for name, value in container.get("Environment", {}).items()]
        options = ["-v", f"{self.served}:/opt/ml/model:ro", *environment]
        with Container.running(*options, command=("serve",)) as server:
            yield server

    def invoke(self, body: bytes) -> bytes:
        """Return what the endpoint answers to a CSV."""
        assert self.endpoint
        return self.endpoint.invoke(body)

    def files(self, source: Json) -> dict[str, bytes]:
        """Return the files of a channel or of a batch job's input, by name."""
        prefix = _key(source["DataSource"]["S3DataSource"]["S3Uri"])
        objects = self.bucket.objects.filter(Prefix=prefix)
        return {each.key.rpartition("/")[2]: each.get()["Body"].read() for each in objects}


def account(folder: Path, environment: pytest.MonkeyPatch) -> boto3.Session:
    """Set what SDKs look for: keys, a bucket, and no telemetry. Return a session of that account."""
    modules = {"TelemetryOptOut": True, "Session": {"DefaultS3Bucket": BUCKET}}  # else STS is asked, wherever it is
    settings = folder / "sagemaker.yaml"
    settings.write_text(json.dumps({"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": modules}}}))
    environment.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(settings))
    for name, value in KEYS.items():
        environment.setenv(name, value)
    return boto3.Session()


@contextmanager
def local_aws(folder: Path, environment: pytest.MonkeyPatch) -> Iterator[LocalAWS]:
    """Run the account; every SDK that is used meanwhile finds it by environment variables."""
    sleep = time.sleep
    environment.setattr("time.sleep", lambda _: sleep(0.1))  # between questions whether something is ready
    session = account(folder, environment)
    with s3_server(folder) as url, ExitStack() as containers:
        environment.setenv("AWS_ENDPOINT_URL_S3", url)
        session.resource("s3").create_bucket(Bucket=BUCKET)
        aws = LocalAWS(session, folder, containers)
        with aws_server(aws) as url:
            environment.setenv("AWS_ENDPOINT_URL", url)
            yield aws


def _unquoted(text: str) -> str:
    """Return a hyperparameter without the quotes that version 2 of the SDK puts around text."""
    return str(json.loads(text)) if text.startswith('"') else text


def _key(uri: str) -> str:
    return uri.removeprefix(f"s3://{BUCKET}/")
