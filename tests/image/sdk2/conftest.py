"""Jobs of local mode that several tests ask."""

from collections.abc import Iterator

import pytest
from local_job import Job
from local_mode import local_session, nothing_left_behind
from sagemaker.local import LocalSession


@pytest.fixture(scope="session")
def session(tmp_path_factory) -> Iterator[LocalSession]:
    with nothing_left_behind():
        yield local_session(tmp_path_factory.mktemp("session"))


@pytest.fixture(scope="session")
def clustering_job(session, clustering, tmp_path_factory) -> Job:
    return Job.run(session, clustering, tmp_path_factory.mktemp("clustering"))


@pytest.fixture(scope="session")
def detection_job(session, detection, tmp_path_factory) -> Job:
    return Job.run(session, detection, tmp_path_factory.mktemp("detection"))


@pytest.fixture(params=["clustering_job", "detection_job"])
def job(request) -> Job:
    return request.getfixturevalue(request.param)
