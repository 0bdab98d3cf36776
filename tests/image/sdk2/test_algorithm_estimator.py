"""The training that an algorithm estimator asks AWS for runs in local mode."""

import re
from dataclasses import replace
from typing import Any

import pytest
import sagemaker
from aws import ARN, AWS, NO_TELEMETRY, ROLE, document
from local_job import Job, channels
from local_mode import BUCKET, boto_session
from sagemaker.algorithm import AlgorithmEstimator


@pytest.fixture
def asked(clustering) -> dict[str, Any]:
    """Return the training that an algorithm estimator asks AWS for, with the published hyperparameters."""
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
    metrics = document("cnn-kmeans")["TrainingSpecification"]["MetricDefinitions"]
    for metric in (each for each in metrics if not each["Name"].startswith("test_")):
        assert len(re.findall(metric["Regex"], log)) == int(problem.hyperparameters["epochs"])
