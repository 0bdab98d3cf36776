"""An AWS account of nobody's, which the SDK finds."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aws import AWS
from aws_server import aws_server
from local_aws import BUCKET, account
from s3 import s3_server


@pytest.fixture(autouse=True)
def session(tmp_path_factory, monkeypatch) -> boto3.Session:
    return account(tmp_path_factory.mktemp("account"), monkeypatch)


@pytest.fixture
def s3(session, tmp_path, monkeypatch) -> Iterator[Any]:
    """The bucket that the SDK takes, in moto's S3."""
    with s3_server(tmp_path) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        yield session.resource("s3").create_bucket(Bucket=BUCKET)


@pytest.fixture
def aws(session, monkeypatch) -> Iterator[AWS]:
    """A stand-in for the other services that the SDK calls. It computes nothing."""
    aws = AWS(session)
    with aws_server(aws) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield aws
