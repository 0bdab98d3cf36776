"""Jobs of local mode that several tests ask."""

from collections.abc import Iterator

import pytest
from local_job import Job
from local_mode import BUCKET, local_session, nothing_left_behind
from s3 import s3_server
from sagemaker.local import LocalSession


@pytest.fixture(scope="session")
def session(tmp_path_factory) -> Iterator[LocalSession]:
    with nothing_left_behind():
        yield local_session(tmp_path_factory.mktemp("session"))


@pytest.fixture
def s3_session(tmp_path) -> Iterator[LocalSession]:
    """Like `session`, with an S3 that is moto's server."""
    with s3_server(tmp_path) as url, nothing_left_behind():
        session = local_session(tmp_path, s3_endpoint_url=url)
        session.s3_resource.create_bucket(Bucket=BUCKET)
        yield session


@pytest.fixture(scope="session")
def clustering_job(session, clustering, tmp_path_factory) -> Job:
    return Job.run(session, clustering, tmp_path_factory.mktemp("clustering"))


@pytest.fixture(scope="session")
def detection_job(session, detection, tmp_path_factory) -> Job:
    return Job.run(session, detection, tmp_path_factory.mktemp("detection"))


@pytest.fixture(params=["clustering_job", "detection_job"])
def job(request) -> Job:
    return request.getfixturevalue(request.param)
