"""The image under the SageMaker Python SDK v2, whose local mode runs it without an AWS account."""

import io
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sagemaker
from aws import ARN, AWS, NO_TELEMETRY, ROLE, document
from conftest import Problem
from engine import IMAGE
from local_mode import BUCKET, boto_session, local_session, nothing_left_behind
from s3 import s3_server
from sagemaker.algorithm import AlgorithmEstimator
from sagemaker.deserializers import NumpyDeserializer, PandasDeserializer
from sagemaker.estimator import Estimator
from sagemaker.local import LocalSession
from sagemaker.serializers import CSVSerializer


@dataclass(frozen=True)
class Job:
    """A training job on local folders, which has ended well."""

    problem: Problem
    folder: Path
    estimator: Estimator

    @classmethod
    def run(cls, session: LocalSession, problem: Problem, folder: Path, hosts: int = 1) -> "Job":
        for channel, body in channels(problem).items():
            (folder / channel).mkdir()
            (folder / channel / "data.csv").write_bytes(body)
        inputs = {channel: (folder / channel).as_uri() for channel in channels(problem)}
        output = (folder / "output").as_uri()
        return cls(problem, folder, fit(session, problem.hyperparameters, inputs, output, hosts))

    @cached_property
    def artifact(self) -> dict[str, bytes]:
        return unpacked(self.folder / "output" / "model.tar.gz")

    @cached_property
    def answer(self) -> str:
        """A batch job's answer to the whole test file."""
        return self.transform(self.folder / "batch")

    def transform(self, folder: Path, split: str | None = None, **options: str | None) -> str:
        (folder / "input").mkdir(parents=True)
        (folder / "input" / "test.csv").write_bytes(self.problem.test)
        output = folder / "output"
        transformer = self.estimator.transformer(1, "local", accept="text/csv", output_path=output.as_uri(), **options)
        # A local job has ended when the call returns. To wait would be to ask every five seconds, and CloudWatch too.
        transformer.transform((folder / "input").as_uri(), content_type="text/csv", split_type=split, wait=False)
        return (output / "test.csv.out").read_text()

    @contextmanager
    def endpoint(self) -> Iterator[sagemaker.Predictor]:
        # It has answered a ping when the call returns; to wait would be to ask again after half a minute.
        predictor = self.estimator.deploy(1, "local", wait=False, serializer=CSVSerializer())
        try:
            yield predictor
        finally:
            predictor.delete_endpoint()


def channels(problem: Problem) -> dict[str, bytes]:
    return {"training": problem.training, "validation": problem.validation}


def fit(
    session: LocalSession, hyperparameters: dict[str, Any], inputs: dict[str, str], output: str, hosts: int = 1
) -> Estimator:
    estimator = Estimator(
        IMAGE,
        ROLE,
        hosts,
        "local",
        output_path=output,
        sagemaker_session=session,
        hyperparameters=hyperparameters,
    )
    estimator.fit(inputs)
    return estimator


def unpacked(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}


def table(body: str) -> pd.DataFrame:
    """An answer as the published notebooks read it."""
    return pd.read_csv(io.StringIO(body), header=None, dtype=float)


def frame(body: bytes) -> pd.DataFrame:
    """Data as the published notebooks have it, where shorter rows end in missing values."""
    columns = max(line.count(b",") for line in body.splitlines()) + 1
    return pd.read_csv(io.BytesIO(body), header=None, names=range(columns), dtype=float)


@pytest.fixture
def s3_session(tmp_path) -> Iterator[LocalSession]:
    """Like `session`, with an S3 that is moto's server."""
    with s3_server(tmp_path) as url:
        session = local_session(tmp_path, s3_endpoint_url=url)
        session.s3_resource.create_bucket(Bucket=BUCKET)
        yield session


def upload(session: LocalSession, body: bytes, key: str) -> str:
    """The URI of data that a published notebook uploads."""
    text = frame(body).to_csv(header=False, index=False)
    return session.upload_string_as_file_body(body=text, bucket=BUCKET, key=key)


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> LocalSession:
    return local_session(tmp_path_factory.mktemp("session"))


@pytest.fixture(scope="module")
def clustering_job(session, clustering, tmp_path_factory) -> Job:
    return Job.run(session, clustering, tmp_path_factory.mktemp("clustering"))


@pytest.fixture(scope="module")
def detection_job(session, detection, tmp_path_factory) -> Job:
    return Job.run(session, detection, tmp_path_factory.mktemp("detection"))


@pytest.fixture(params=["clustering_job", "detection_job"])
def job(request) -> Job:
    return request.getfixturevalue(request.param)


def test_a_job_trains_a_model_that_answers_a_whole_file(job):
    assert job.artifact.keys() == {"model.json", "model.safetensors"}
    job.problem.check(job.answer.encode())


@pytest.mark.parametrize("assemble_with", [None, "Line"])
@pytest.mark.parametrize("strategy", ["SingleRecord", "MultiRecord"])
@pytest.mark.parametrize("split", [None, "Line"])
def test_every_split_and_assembly_gives_the_same_labels(clustering_job, split, strategy, assemble_with, tmp_path):
    answer = table(clustering_job.transform(tmp_path, split, strategy=strategy, assemble_with=assemble_with))
    whole = table(clustering_job.answer)
    assert set(whole[0]) == {0, 1}
    assert list(answer[0]) == list(whole[0])
    np.testing.assert_allclose(answer, whole, rtol=1e-4, atol=1e-5)


def test_an_endpoint_answers_frames_and_arrays_as_a_batch_job_does(job):
    batch, rows = table(job.answer), frame(job.problem.test)
    with job.endpoint() as predictor:
        # One type, because local mode passes off as the answer's type whatever was asked for.
        predictor.deserializer = NumpyDeserializer(accept="text/csv")
        array, of_array = predictor.predict(rows), predictor.predict(rows.to_numpy())
        predictor.deserializer = PandasDeserializer(accept="text/csv")
        without_first = predictor.predict(rows)  # this deserializer takes the first row for the columns' names
    np.testing.assert_allclose(array, batch, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(of_array, array)
    np.testing.assert_allclose(without_first, array[1:])


def test_a_notebook_trains_and_transforms_in_s3(problem, s3_session):
    inputs = {name: upload(s3_session, body, f"{name}/data.csv") for name, body in channels(problem).items()}
    estimator = fit(s3_session, problem.hyperparameters, inputs, f"s3://{BUCKET}/models")
    assert estimator.model_data.startswith(f"s3://{BUCKET}/models/")
    transformer = estimator.transformer(1, "local", output_path=f"s3://{BUCKET}/answers")
    transformer.transform(upload(s3_session, problem.test, "test/data.csv"), content_type="text/csv", wait=False)
    (answer,) = s3_session.list_s3_files(BUCKET, "answers/")
    problem.check(s3_session.read_s3_file(BUCKET, answer).encode())


def test_two_hosts_train_one_model_together(job, session, tmp_path):
    together = Job.run(session, job.problem, tmp_path, hosts=2)
    assert together.artifact.keys() == job.artifact.keys()
    assert together.artifact != job.artifact  # a step has twice the items
    together.problem.check(together.answer.encode())


def test_a_job_of_two_hosts_fails_when_it_cannot_train(session, clustering, tmp_path):
    impossible = replace(clustering, hyperparameters=clustering.hyperparameters | {"clusters": 1})
    with pytest.raises(RuntimeError, match="exited with code: 1"):
        Job.run(session, impossible, tmp_path, hosts=2)
    reason = unpacked(tmp_path / "output" / "output.tar.gz")["failure"].decode()
    assert "`clusters` must be greater than or equal to 2, not 1." in reason
    assert unpacked(tmp_path / "output" / "model.tar.gz") == {}


@pytest.fixture
def asked(clustering) -> dict[str, Any]:
    """What an algorithm estimator asks AWS to train, with the published hyperparameters."""
    aws = AWS(boto_session())
    estimator = AlgorithmEstimator(
        f"{ARN}:algorithm/cnn-kmeans",
        ROLE,
        1,
        "ml.m5.xlarge",
        output_path=f"s3://{BUCKET}/models",
        sagemaker_session=sagemaker.Session(boto_session(), sagemaker_client=aws.client, sagemaker_config=NO_TELEMETRY),
        hyperparameters=clustering.hyperparameters,
    )
    estimator.fit({channel: f"s3://{BUCKET}/{channel}" for channel in channels(clustering)}, wait=False)
    return aws.asked["CreateTrainingJob"]


def test_what_an_algorithm_estimator_asks_for_trains_the_same_model(asked, session, clustering_job, tmp_path, capsys):
    problem = replace(clustering_job.problem, hyperparameters=asked["HyperParameters"])
    capsys.readouterr()
    assert Job.run(session, problem, tmp_path).artifact == clustering_job.artifact
    log = capsys.readouterr().out
    for metric in document("cnn-kmeans")["TrainingSpecification"]["MetricDefinitions"]:
        assert len(re.findall(metric["Regex"], log)) == int(problem.hyperparameters["epochs"])
