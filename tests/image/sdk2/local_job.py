"""Training jobs of local mode, and what they answer."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import sagemaker
from aws import ROLE
from engine import IMAGE
from problem import Problem
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
        environment={"OMP_NUM_THREADS": "1"},  # several threads on a busy machine wait for each other
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
    """Return data as the published notebooks have it: shorter rows end in missing values."""
    columns = max(line.count(b",") for line in body.splitlines()) + 1
    return pd.read_csv(io.BytesIO(body), header=None, names=range(columns), dtype=float)
