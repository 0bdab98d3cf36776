"""Sessions of SageMaker's local mode, without an AWS account."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from aws import NO_TELEMETRY, REGION
from engine import docker
from s3 import free_port
from sagemaker.local import LocalSession

BUCKET = "notebook"
# On every container that is started here, or in a process started from here.
LABEL = f"seriesbox.tests={os.environ.setdefault('SERIESBOX_TESTS', str(os.getpid()))}"


def boto_session() -> boto3.Session:
    return boto3.Session("nobody", "nothing", region_name=REGION)


def local_session(folder: Path, kind: type[LocalSession] = LocalSession, **options: str) -> LocalSession:
    session = kind(boto_session(), sagemaker_config=NO_TELEMETRY, **options)
    session.config = {
        "local": {
            "container_root": str(folder),
            "serving_port": free_port(),
            "container_config": {"labels": [LABEL]},
        }
    }
    return session


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Remove the containers and the network in the end."""
    yield
    if ids := docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}").decode().split():
        docker("rm", "--force", *ids)
    docker("network", "prune", "--force", "--filter", "label=com.docker.compose.network=sagemaker-local")
