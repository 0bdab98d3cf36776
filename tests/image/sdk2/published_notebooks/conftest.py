"""An AWS that is asked, and computes nothing."""

from collections.abc import Iterator

import boto3
import pytest
import sagemaker
from aws import AWS, NO_TELEMETRY, REGION
from moto import mock_aws
from published import PUBLISHED, estimator_of
from sagemaker.algorithm import AlgorithmEstimator


@pytest.fixture(params=PUBLISHED)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def session_and_aws() -> Iterator[tuple[sagemaker.Session, AWS]]:
    """SageMaker is ours, everything else moto's."""
    with mock_aws():
        boto_session = boto3.Session("nobody", "nothing", region_name=REGION)
        aws = AWS(boto_session)
        yield sagemaker.Session(boto_session, sagemaker_client=aws.client, sagemaker_config=NO_TELEMETRY), aws


@pytest.fixture(autouse=True)
def _nothing_takes_time(monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # the SDK asks every five seconds whether a package is ready


@pytest.fixture
def session(session_and_aws) -> sagemaker.Session:
    return session_and_aws[0]


@pytest.fixture
def aws(session_and_aws) -> AWS:
    session_and_aws[1].asked.clear()
    return session_and_aws[1]


@pytest.fixture
def estimator(name, session) -> AlgorithmEstimator:
    return estimator_of(name, session)
