"""`scripts/create-algorithm`: what it shows without an account, and what reaches AWS when it is told to create.

AWS is a server here that answers as it is told to; Docker, whose registry would be AWS' own, a program that remembers.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest

from listing import create, shapes
from listing.algorithm import Seller, request
from listing.folder import FOLDER
from seriesbox.algorithm import ALGORITHMS

PROJECT = FOLDER.parent
SELLER = Seller("210987654321", "eu-west-1", "Validator", "a-bucket", "7.8.9")
GIVEN = ["--account", SELLER.account, "--region", SELLER.region, "--role", SELLER.role, "--bucket", SELLER.bucket]
PUSHED = {"imageDetails": [{"imageManifestMediaType": "application/vnd.docker.distribution.manifest.v2+json"}]}
SCANNED = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {"MEDIUM": 3}}}
ARN = "arn:aws:sagemaker:eu-west-1:210987654321:algorithm/lstm-ad-7-8-9"
VALIDATED = {"AlgorithmArn": ARN, "AlgorithmStatus": "Completed", "AlgorithmStatusDetails": {}}
TOKEN = {"authorizationData": [{"authorizationToken": base64.b64encode(b"AWS:a password").decode()}]}
REGISTRY = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
DOCKER = """#!/bin/sh
echo "$@" >>"$0.log"
[ "$1" != login ] || cat >>"$0.log"
[ ! -e "$0.fails" ] || [ "$1" != push ]
"""


class AWS(ThreadingHTTPServer):
    """Answers every operation as it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict | bytes]] = []
        self.answers: dict[str, list[dict]] = {
            "DescribeImages": [PUSHED],
            "DescribeImageScanFindings": [SCANNED],
            "DescribeAlgorithm": [VALIDATED],
            "GetAuthorizationToken": [TOKEN],
        }
        self.bucket, self.region = 200, SELLER.region
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_MAX_ATTEMPTS": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def operations(self) -> list[str]:
        """But for the uploads."""
        return [operation for operation, _ in self.asked if not operation.startswith("/")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        self.server.asked.append((operation, json.loads(self.body())))
        waiting = self.server.answers.get(operation, [{}])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        self.answer(400 if "__type" in answer else 200, json.dumps(answer).encode())

    def do_HEAD(self) -> None:
        self.server.asked.append(("HeadBucket", {"Bucket": self.path.strip("/")}))
        self.send_response(self.server.bucket)
        self.send_header("x-amz-bucket-region", self.server.region)
        self.end_headers()

    def do_PUT(self) -> None:
        self.server.asked.append((self.path, self.body()))
        self.answer(200, b"")

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def aws() -> Iterator[AWS]:
    with AWS() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def docker(tmp_path_factory, monkeypatch) -> Path:
    """A client that notes what it is told. It is all that is on the PATH."""
    program = tmp_path_factory.mktemp("bin") / "docker"
    program.write_text(DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return program


@pytest.fixture(autouse=True)
def _published(monkeypatch) -> None:
    monkeypatch.setattr(create, "REPOSITORY", "https://example.com/seriesbox")


@pytest.fixture
def said(tmp_path, aws, monkeypatch, capfd) -> Callable[..., tuple[str, str]]:
    """What `--create` prints, and with what it fails. In this process: to start one takes seconds."""

    def run(*arguments: str) -> tuple[str, str]:
        given = [*GIVEN, "--version", SELLER.version, "--to", str(tmp_path), "--create", *arguments]
        monkeypatch.setattr(sys, "argv", ["create-algorithm", *given])
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        failure = ""
        try:
            create.main()
        except SystemExit as ended:
            failure = str(ended.code)
        return capfd.readouterr().out, failure

    return run


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Without credentials, or any other setting, that are not given."""
    paths = {"PATH": "/nowhere", "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(folder)}
    command = [sys.executable, "-m", "listing.create", *GIVEN, "--version", SELLER.version, "--to", str(folder)]
    return subprocess.run(
        [*command, *arguments], cwd=PROJECT, env=paths | environment, capture_output=True, text=True, check=False
    )


def test_without_an_account_the_requests_are_written_and_the_commands_shown(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ALGORITHMS:
        assert json.loads((tmp_path / f"{name}-7-8-9.json").read_text()) == request(name, SELLER)
    commands = [line for line in done.stdout.splitlines() if not line.startswith(("#", "aws s3api put-object"))]
    assert commands == [
        "aws s3api head-bucket --region eu-west-1 --bucket a-bucket --expected-bucket-owner 210987654321",
        "aws sagemaker list-algorithms --region eu-west-1 --name-contains 7-8-9 --max-results 100",
        f"docker tag seriesbox:gpu {REGISTRY}/seriesbox:7.8.9",
        "aws ecr create-repository --region eu-west-1 --repository-name seriesbox",
        f"aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin {REGISTRY}",
        f"docker push {REGISTRY}/seriesbox:7.8.9",
        "aws ecr describe-images --region eu-west-1 --repository-name seriesbox "
        '--image-ids \'[{"imageTag": "7.8.9"}]\'',
        'aws ecr start-image-scan --region eu-west-1 --repository-name seriesbox --image-id \'{"imageTag": "7.8.9"}\'',
        "aws ecr describe-image-scan-findings --region eu-west-1 --repository-name seriesbox "
        '--image-id \'{"imageTag": "7.8.9"}\'',
        f"aws sagemaker create-algorithm --region eu-west-1 --cli-input-json file://{tmp_path}/cnn-kmeans-7-8-9.json",
        f"aws sagemaker create-algorithm --region eu-west-1 --cli-input-json file://{tmp_path}/lstm-ad-7-8-9.json",
        "aws sagemaker describe-algorithm --region eu-west-1 --algorithm-name cnn-kmeans-7-8-9",
        "aws sagemaker describe-algorithm --region eu-west-1 --algorithm-name lstm-ad-7-8-9",
    ]


def test_what_reaches_aws_and_docker_is_what_was_shown(aws, docker, said):
    shown, failure = said("lstm-ad")
    assert not failure
    assert f"# lstm-ad-7-8-9 is valid: {ARN}" in shown
    samples = FOLDER / "lstm-ad" / "samples"
    uploads = {
        f"/a-bucket/lstm-ad/samples/{file.relative_to(samples)}": file.read_bytes() for file in samples.glob("*/*.csv")
    }
    assert {what: body for what, body in aws.asked if what.startswith("/")} == uploads
    assert aws.operations() == [
        "HeadBucket",
        "ListAlgorithms",
        "CreateRepository",
        "GetAuthorizationToken",
        "DescribeImages",
        "StartImageScan",
        "DescribeImageScanFindings",
        "CreateAlgorithm",
        "DescribeAlgorithm",
    ]
    asked = dict(aws.asked)["CreateAlgorithm"]
    assert asked == request("lstm-ad", SELLER)
    assert not shapes.faults(shapes.operation("CreateAlgorithm").input_shape, asked)
    assert Path(f"{docker}.log").read_text().splitlines() == [
        f"tag seriesbox:gpu {REGISTRY}/seriesbox:7.8.9",
        f"login --username AWS --password-stdin {REGISTRY}",
        f"a passwordpush {REGISTRY}/seriesbox:7.8.9",
    ]


def test_a_second_run_goes_on_where_the_first_one_ended(aws, docker, said):
    Path(f"{docker}.fails").touch()
    assert said("lstm-ad")[1] == "`docker push` failed: what it said is above."
    assert aws.operations()[-1] == "GetAuthorizationToken"

    Path(f"{docker}.fails").unlink()
    aws.answers["CreateRepository"] = [{"__type": "RepositoryAlreadyExistsException", "message": "It is there."}]
    aws.answers["CreateAlgorithm"] = [{"__type": "ValidationException", "message": "No such role."}]
    assert said("lstm-ad")[1].endswith("No such role.")

    aws.answers["StartImageScan"] = [{"__type": "LimitExceededException", "message": "Once a day."}]
    aws.answers["CreateAlgorithm"] = [{}]
    assert not said("lstm-ad")[1]


def test_an_algorithm_that_is_there_stays_and_so_does_its_image(aws, docker, said):
    aws.answers["ListAlgorithms"] = [{"AlgorithmSummaryList": [{"AlgorithmName": "cnn-kmeans-7-8-9"}]}]
    shown, failure = said()
    assert not failure
    assert "# cnn-kmeans-7-8-9 is there already: it stays, and so does the image of this version." in shown
    assert not Path(f"{docker}.log").exists()
    assert aws.operations() == ["HeadBucket", "ListAlgorithms", "CreateAlgorithm"] + 2 * ["DescribeAlgorithm"]
    assert dict(aws.asked)["CreateAlgorithm"]["AlgorithmName"] == "lstm-ad-7-8-9"


def test_another_version_s_algorithm_is_not_this_one(aws, said):
    aws.answers["ListAlgorithms"] = [{"AlgorithmSummaryList": [{"AlgorithmName": "lstm-ad-7-8-91"}]}]
    assert not said("lstm-ad")[1]
    assert "CreateAlgorithm" in aws.operations()


@pytest.mark.parametrize("status", [403, 404])
def test_nothing_is_begun_with_a_bucket_that_cannot_be_used(aws, docker, said, status):
    aws.bucket = status
    assert said()[1] == (
        f"The bucket a-bucket cannot be used ({status}): it must be there, belong to the account, and be open to "
        "your credentials."
    )
    assert (aws.operations(), Path(f"{docker}.log").exists()) == (["HeadBucket"], False)


def test_nothing_is_begun_with_a_bucket_of_another_region(aws, docker, said):
    aws.region = "us-east-2"
    assert said()[1] == "The bucket is in us-east-2: SageMaker takes data from eu-west-1, its own region, alone."
    assert (aws.operations(), Path(f"{docker}.log").exists()) == (["HeadBucket"], False)


def test_nothing_is_begun_before_the_repository_is_public(tmp_path, aws, monkeypatch, said):
    monkeypatch.setattr(create, "REPOSITORY", "https://github.com/OWNER/seriesbox")
    assert said()[1].startswith("A listing needs public links: publish the repository")
    assert (list(tmp_path.iterdir()), aws.asked) == ([], [])


def test_without_docker_that_is_said(monkeypatch, said):
    monkeypatch.setenv("PATH", "/nowhere")
    assert said()[1] == "There is no docker command here: install Docker's client."


@pytest.mark.parametrize(
    ("operation", "answer", "reason"),
    [
        (
            "DescribeImages",
            {"imageDetails": [{"imageManifestMediaType": "application/vnd.oci.image.index.v1+json"}]},
            "SageMaker takes application/vnd.docker.distribution.manifest.v2+json alone: scripts/build makes that one.",
        ),
        (
            "DescribeImageScanFindings",
            {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {"HIGH": 2}}},
            "The image's scan found 2 HIGH: mend the image, build it again, and run this again.",
        ),
        (
            "DescribeImageScanFindings",
            {"imageScanStatus": {"status": "FAILED", "description": "Unknown system."}},
            "The image's scan ended as FAILED: Unknown system.",
        ),
        ("CreateAlgorithm", {"__type": "ValidationException", "message": "No such role."}, "No such role."),
        (
            "DescribeAlgorithm",
            {
                "AlgorithmName": "lstm-ad-7-8-9",
                "AlgorithmStatus": "Failed",
                "AlgorithmStatusDetails": {
                    "ValidationStatuses": [{"Name": "samples", "Status": "Failed", "FailureReason": "No data."}]
                },
            },
            "lstm-ad-7-8-9 ended as Failed: No data. Mend that, and take another version: the name is used up.",
        ),
    ],
    ids=["another manifest", "vulnerable", "not scanned", "refused", "not valid"],
)
def test_the_first_refusal_ends_it_with_its_reason(aws, said, operation, answer, reason):
    aws.answers[operation] = [answer]
    assert said("lstm-ad")[1].endswith(reason)
    assert aws.operations()[-1] == operation


def test_a_request_with_a_fault_goes_nowhere(tmp_path, aws, said):
    assert "AlgorithmName" in said("lstm-ad", "--version", "7" * 70)[1]
    assert (list(tmp_path.iterdir()), aws.asked) == ([], [])


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--account", "12", "The account must be twelve digits, not '12'."),
        ("--region", "", "The region must be a region's name, such as us-east-1, not ''."),
        ("--role", "arn:aws:iam::210987654321:role/Validator", "The role must be a role's name, not its ARN"),
        ("--bucket", "s3://a-bucket", "The bucket must be a bucket's name, without s3://, not 's3://a-bucket'."),
        ("--version", "seven", "The version must be numbers with dots between them, not 'seven'."),
        ("--to", "/dev/null/here", "Not a directory"),
    ],
)
def test_an_argument_that_cannot_be_is_named(tmp_path, aws, said, option, value, message):
    assert message in said("lstm-ad", option, value)[1]
    assert (list(tmp_path.iterdir()), aws.asked) == ([], [])


def test_without_credentials_nothing_is_created(aws, docker, monkeypatch, said):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
        del aws.environment[name]
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which remembers those of an earlier call
    assert (said()[1], aws.asked, Path(f"{docker}.log").exists()) == ("Unable to locate credentials", [], False)


@pytest.mark.parametrize(
    ("operation", "answers"),
    [
        ("DescribeImageScanFindings", [{"imageScanStatus": {"status": "IN_PROGRESS"}}, SCANNED]),
        ("DescribeAlgorithm", [VALIDATED | {"AlgorithmStatus": "InProgress"}, VALIDATED]),
        ("StartImageScan", [{"__type": "LimitExceededException", "message": "Once a day."}]),
    ],
    ids=["scan", "validation", "scanned today"],
)
def test_what_has_not_ended_is_asked_again(aws, monkeypatch, said, operation, answers):
    monkeypatch.setattr("listing.aws.SECONDS_BETWEEN", 0)
    aws.answers[operation] = list(answers)
    assert not said("lstm-ad")[1]
    assert aws.operations().count(operation) == len(answers)
