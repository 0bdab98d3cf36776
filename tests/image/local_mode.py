"""SageMaker's local mode, without an AWS account: its sessions, and an S3 for them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from aws import NO_TELEMETRY, REGION
from engine import docker
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The URL of moto's S3, which keeps everything in memory."""
    port, log = free_port(), folder / "moto.log"
    with log.open("w") as stream:
        process = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=stream, stderr=stream)
    try:
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", port)) != 0:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Remove the containers and the network in the end."""
    yield
    if ids := docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}").decode().split():
        docker("rm", "--force", *ids)
    docker("network", "prune", "--force", "--filter", "label=com.docker.compose.network=sagemaker-local")
