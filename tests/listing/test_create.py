"""`scripts/create-algorithm`: what it shows without an account, and what reaches AWS when it is told to create."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from listing import create, shapes
from listing.algorithm import Seller, request
from listing.profile import FOLDER
from seriesbox.algorithm import ALGORITHMS

PROJECT = FOLDER.parent
SELLER = Seller("210987654321", "eu-west-1", "Validator", "a-bucket", "7.8.9")
GIVEN = ["--account", SELLER.account, "--region", SELLER.region, "--role", SELLER.role, "--bucket", SELLER.bucket]
SCANNED = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {"MEDIUM": 3}}}
VALIDATED = {"AlgorithmName": "x", "AlgorithmStatus": "Completed", "AlgorithmStatusDetails": {}}


class AWS(ThreadingHTTPServer):
    """Answers every operation as it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict | bytes]] = []
        self.answers: dict[str, list[dict]] = {}
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_MAX_ATTEMPTS": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        self.server.asked.append((operation, json.loads(self.body())))
        waiting = self.server.answers.get(operation, [{}])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        self.answer(400 if "__type" in answer else 200, json.dumps(answer).encode())

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
        server.answers = {"DescribeImageScanFindings": [SCANNED], "DescribeAlgorithm": [VALIDATED]}
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Without credentials, or any other setting, that are not given."""
    paths = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(folder)}
    command = [sys.executable, "-m", "listing.create", *GIVEN, "--version", SELLER.version, "--to", str(folder)]
    return subprocess.run(
        [*command, *arguments], cwd=PROJECT, env=paths | environment, capture_output=True, text=True, check=False
    )


def test_without_an_account_the_requests_are_written_and_the_commands_shown(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ALGORITHMS:
        assert json.loads((tmp_path / f"{name}-7-8-9.json").read_text()) == request(name, SELLER)
    registry = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
    for command in (
        f"| docker login --username AWS --password-stdin {registry}",
        f"docker push {registry}/seriesbox:7.8.9",
        'aws ecr start-image-scan --region eu-west-1 --repository-name seriesbox --image-id \'{"imageTag": "7.8.9"}\'',
        f"aws sagemaker create-algorithm --region eu-west-1 --cli-input-json file://{tmp_path}/lstm-ad-7-8-9.json",
        "aws sagemaker describe-algorithm --region eu-west-1 --algorithm-name cnn-kmeans-7-8-9",
        "aws sagemaker list-algorithms --region eu-west-1",
    ):
        assert command in done.stdout


def test_what_reaches_aws_is_what_was_shown(tmp_path, aws):
    done = run(tmp_path, "lstm-ad", "--create", **aws.environment)
    assert done.returncode == 0, done.stderr
    samples = FOLDER / "lstm-ad" / "samples"
    uploads = {
        f"/a-bucket/lstm-ad/samples/{file.relative_to(samples)}": file.read_bytes() for file in samples.glob("*/*.csv")
    }
    assert {what: body for what, body in aws.asked if what.startswith("/")} == uploads
    assert [each for each in aws.operations() if not each.startswith("/")] == [
        "StartImageScan",
        "DescribeImageScanFindings",
        "CreateAlgorithm",
        "DescribeAlgorithm",
        "ListAlgorithms",
    ]
    asked = dict(aws.asked)["CreateAlgorithm"]
    assert asked == request("lstm-ad", SELLER)
    assert not shapes.faults(shapes.operation("CreateAlgorithm").input_shape, asked)


@pytest.mark.parametrize(
    ("operation", "answer", "reason"),
    [
        (
            "DescribeImageScanFindings",
            {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {"HIGH": 2}}},
            "The image's scan ended as COMPLETE and found 2 HIGH: mend the image, push it again.",
        ),
        (
            "DescribeImageScanFindings",
            {"imageScanStatus": {"status": "FAILED"}},
            "The image's scan ended as FAILED and found nothing severe: mend the image, push it again.",
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
    ids=["vulnerable", "not scanned", "refused", "not valid"],
)
def test_the_first_refusal_ends_it_with_its_reason(tmp_path, aws, monkeypatch, operation, answer, reason):
    aws.answers[operation] = [answer]
    assert ended_with(monkeypatch, aws, "lstm-ad", "--to", str(tmp_path)).endswith(reason)
    assert aws.operations()[-1] == operation


def test_a_request_with_a_fault_goes_nowhere(tmp_path, aws, monkeypatch):
    said = ended_with(monkeypatch, aws, "lstm-ad", "--to", str(tmp_path), "--version", "7" * 70)
    assert "AlgorithmName" in said
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
def test_an_argument_that_cannot_be_is_named(tmp_path, aws, monkeypatch, option, value, message):
    assert message in ended_with(monkeypatch, aws, "lstm-ad", "--to", str(tmp_path), option, value)
    assert (list(tmp_path.iterdir()), aws.asked) == ([], [])


def ended_with(monkeypatch, aws: AWS, *arguments: str) -> str:
    """What the command says as it fails, in this process: to start one takes seconds."""
    monkeypatch.setattr(sys, "argv", ["create-algorithm", *GIVEN, "--version", SELLER.version, "--create", *arguments])
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        create.main()
    return str(ended.value)


def test_without_credentials_nothing_is_created(tmp_path, aws):
    nobody = {name: value for name, value in aws.environment.items() if "KEY" not in name}
    done = run(tmp_path, "--create", AWS_EC2_METADATA_DISABLED="true", **nobody)
    assert (done.returncode, done.stderr, aws.asked) == (1, "Unable to locate credentials\n", [])


@pytest.mark.parametrize(
    ("operation", "answers"),
    [
        ("DescribeImageScanFindings", [{"imageScanStatus": {"status": "IN_PROGRESS"}}, SCANNED]),
        ("DescribeAlgorithm", [VALIDATED | {"AlgorithmStatus": "InProgress"}, VALIDATED]),
        ("StartImageScan", [{"__type": "LimitExceededException", "message": "Once a day."}]),
    ],
    ids=["scan", "validation", "scanned today"],
)
def test_what_has_not_ended_is_asked_again(aws, monkeypatch, operation, answers):
    monkeypatch.setattr("listing.aws.SECONDS_BETWEEN", 0)
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    aws.answers[operation] = list(answers)
    requests = {"lstm-ad": request("lstm-ad", SELLER)}
    (call,) = [each for each in create.calls(requests, SELLER, Path()) if each.operation == operation]
    create.make(call, SELLER.region)
    assert aws.operations() == [operation] * len(answers)
