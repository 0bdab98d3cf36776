"""`scripts/create-algorithm`: what it shows without an account, and what reaches AWS when it is told to create.

AWS is a server here that answers as it is told to. Docker's client is a program that notes what it is told, because
the registry would be AWS' own.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest

from marketplace import create, image, shapes, steps
from marketplace.algorithm import request
from marketplace.folder import FOLDER
from marketplace.seller import Seller
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
HEAD = subprocess.run(
    ["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=True
).stdout.strip()
LABELS = {
    "org.opencontainers.image.version": SELLER.version,
    "org.opencontainers.image.revision": HEAD,
    "seriesbox.torch-build": "cu130",
}
DOCKER = """#!/bin/sh
if [ "$1" = image ]; then exec cat "$0.labels"; fi
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
    """The first client on the PATH. It has the image to list, and notes what else it is told."""
    program = tmp_path_factory.mktemp("bin") / "docker"
    program.write_text(DOCKER)
    Path(f"{program}.labels").write_text(json.dumps(LABELS))
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
    command = [sys.executable, "-m", "marketplace.create", *GIVEN, "--version", SELLER.version, "--to", str(folder)]
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
        "aws sagemaker list-algorithms --region eu-west-1 --name-contains 7-8-9",
        "docker image inspect --format '{{json .Config.Labels}}' seriesbox:gpu",
        f"docker tag seriesbox:gpu {REGISTRY}/seriesbox:7.8.9",
        "aws ecr create-repository --region eu-west-1 --repository-name seriesbox",
        f"aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin {REGISTRY}",
        f"docker push {REGISTRY}/seriesbox:7.8.9",
        "aws ecr describe-images --region eu-west-1 --repository-name seriesbox "
        '--image-ids \'[{"imageTag": "7.8.9"}]\'',
        "aws ecr get-registry-scanning-configuration --region eu-west-1",
        'aws ecr start-image-scan --region eu-west-1 --repository-name seriesbox --image-id \'{"imageTag": "7.8.9"}\'',
        "until aws ecr describe-image-scan-findings --region eu-west-1 --repository-name seriesbox "
        '--image-id \'{"imageTag": "7.8.9"}\' --max-results 1 --query imageScanStatus.status --output text '
        f"| grep -E '{'|'.join(steps.SCAN_ENDED)}'; do sleep 5; done",
        "aws ecr describe-image-scan-findings --region eu-west-1 --repository-name seriesbox "
        '--image-id \'{"imageTag": "7.8.9"}\'',
        f"aws sagemaker create-algorithm --region eu-west-1 --cli-input-json file://{tmp_path}/cnn-kmeans-7-8-9.json",
        f"aws sagemaker create-algorithm --region eu-west-1 --cli-input-json file://{tmp_path}/lstm-ad-7-8-9.json",
        *(
            command
            for name in ALGORITHMS
            for described in [f"aws sagemaker describe-algorithm --region eu-west-1 --algorithm-name {name}-7-8-9"]
            for command in (
                f"until {described} --query AlgorithmStatus --output text "
                "| grep -E 'Completed|Failed|Deleting'; do sleep 5; done",
                described,
            )
        ),
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
        "GetRegistryScanningConfiguration",
        "StartImageScan",
        "DescribeImageScanFindings",
        "DescribeImageScanFindings",
        "CreateAlgorithm",
        "DescribeAlgorithm",
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
    assert said("lstm-ad")[1] == "`docker push` failed: its message is above."
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
    assert aws.operations() == ["HeadBucket", "ListAlgorithms", "CreateAlgorithm"] + 4 * ["DescribeAlgorithm"]
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


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"org.opencontainers.image.version": "7.8.8"}, "its version is 7.8.8, not 7.8.9."),
        ({"org.opencontainers.image.revision": f"{HEAD}-dirty"}, "it was built from files that are in no commit"),
        (
            {"org.opencontainers.image.revision": "a1b2"},
            "it was built from the commit a1b2, and its sources are others now.",
        ),
        ({"seriesbox.torch-build": "cpu"}, "its build of torch is cpu, and the pages and the instances are for cu130."),
        ({"seriesbox.torch-build": "cu126"}, "its build of torch is cu126, and the pages and"),
        ({"seriesbox.torch-build": None}, "its build of torch is unknown, and the pages and"),
    ],
    ids=["version", "uncommitted", "commit", "without CUDA", "another CUDA", "unlabelled"],
)
def test_nothing_is_made_of_another_image(aws, docker, said, labels, reason):
    Path(f"{docker}.labels").write_text(json.dumps(LABELS | labels))
    failure = said()[1]
    assert failure.startswith(f"seriesbox:gpu is not the image to list: {reason}")
    assert failure.endswith("Build it with: scripts/build --build-arg TORCH_BUILD=cu130 --tag seriesbox:gpu")
    assert (aws.operations(), Path(f"{docker}.log").exists()) == (["HeadBucket", "ListAlgorithms"], False)


def test_an_image_is_that_of_every_commit_with_its_sources():
    same = subprocess.run(["git", "rev-parse", "HEAD^{tree}"], cwd=PROJECT, capture_output=True, text=True, check=True)
    nothing = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's name for a tree without files
    assert image.is_current(same.stdout.strip())
    assert not image.is_current(nothing)


def test_who_stops_it_is_told_how_to_go_on(aws, monkeypatch, said):
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    aws.answers["DescribeAlgorithm"] = [VALIDATED | {"AlgorithmStatus": "InProgress"}]
    monkeypatch.setattr("marketplace.until.time.sleep", interrupted)
    assert said()[1].endswith("run the same command again to see to its end.")


def test_an_image_without_labels_is_another_image(docker, said):
    Path(f"{docker}.labels").write_text("null")
    assert said()[1].startswith("seriesbox:gpu is not the image to list: its version is unknown, not 7.8.9.")


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
        ("DescribeImages", {"imageDetails": [{}]}, "alone: scripts/build makes that one."),
        (
            "DescribeImages",
            {"imageDetails": []},
            "ECR does not show the image that was pushed: run the same command again.",
        ),
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
            {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {}},
            "The image's scan is COMPLETE, but counts no findings: look at it in ECR's console.",
        ),
        (
            "DescribeImageScanFindings",
            {"imageScanStatus": {"status": "ACTIVE"}},
            "The image's scan is ACTIVE, but counts no findings: look at it in ECR's console.",
        ),
        (
            "DescribeImageScanFindings",
            {"imageScanStatus": {"status": "FAILED", "description": "Unknown system."}},
            "The image's scan ended as FAILED: Unknown system.",
        ),
        ("StartImageScan", {"__type": "ValidationException", "message": "No such scan."}, "No such scan."),
        (
            "GetAuthorizationToken",
            {"authorizationData": []},
            "ECR gave no password for the registry: run the same command again.",
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
        (
            "DescribeAlgorithm",
            {"AlgorithmName": "lstm-ad-7-8-9", "AlgorithmStatus": "Deleting"},
            "lstm-ad-7-8-9 is being deleted: run the same command again when it is gone.",
        ),
    ],
    ids=[
        "no manifest",
        "no image",
        "another manifest",
        "vulnerable",
        "not counted",
        "nothing found out",
        "not scanned",
        "scan refused",
        "no password",
        "refused",
        "not valid",
        "deleted",
    ],
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
        ("--account", "٢١٠٩٨٧٦٥٤٣٢١", "The account must be twelve digits"),
        *(
            ("--region", region, f"The region must be a region of SageMaker's outside China and GovCloud, {like}")
            for region in ("", "cn-north-1", "us-gov-west-1", "zz-nowhere-9")
            for like in [f"such as us-east-1, not {region!r}."]
        ),
        *(
            ("--role", role, f"The role must be a role of the account 210987654321: its name, {form}, not {role!r}.")
            for role in ("", "/Validator", "a role", "arn:aws:iam::123456789012:role/Validator", "arn:aws:iam::")
            for form in ["such as service-role/NAME, or its ARN"]
        ),
        *(
            ("--bucket", bucket, f"The bucket must be a bucket's name, without s3://, not {bucket!r}.")
            for bucket in ("s3://a-bucket", "a..b", "192.168.1.1", "A-bucket", "ab")
        ),
        ("--image", "", "The image must be one that Docker has, such as seriesbox:gpu, not ''."),
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


@pytest.mark.parametrize("path", ["", "service-role/", "one/two/"])
def test_the_role_has_a_name_with_its_path_or_an_arn(path):
    role = f"{path}AmazonSageMaker-ExecutionRole-20240101T000000"
    arn = f"arn:aws:iam::{SELLER.account}:role/{role}"
    for given in (role, arn):
        seller = replace(SELLER, role=given)
        assert (seller.faults(), seller.role_arn) == ([], arn)


def test_an_algorithm_on_a_later_page_of_the_list_is_found(aws, docker, said):
    others = [{"AlgorithmName": f"other-{number}-7-8-9"} for number in range(100)]
    aws.answers["ListAlgorithms"] = [
        {"AlgorithmSummaryList": others, "NextToken": "more"},
        {"AlgorithmSummaryList": [{"AlgorithmName": "lstm-ad-7-8-9"}]},
    ]
    assert "# lstm-ad-7-8-9 is there already" in said("lstm-ad")[0]
    assert not Path(f"{docker}.log").exists()


def test_both_algorithms_are_waited_for_even_where_the_first_is_not_valid(aws, said):
    aws.answers["DescribeAlgorithm"] = [VALIDATED | {"AlgorithmStatus": "Failed"}]
    first, second = said()[1].splitlines()
    assert first.startswith("cnn-kmeans-7-8-9 ended as Failed: no reason is given.")
    assert second.startswith("lstm-ad-7-8-9 ended as Failed: no reason is given.")


def test_where_inspector_scans_no_scan_is_started(aws, said):
    aws.answers["GetRegistryScanningConfiguration"] = [{"scanningConfiguration": {"scanType": "ENHANCED"}}]
    aws.answers["DescribeImageScanFindings"] = [SCANNED | {"imageScanStatus": {"status": "ACTIVE"}}]
    assert not said("lstm-ad")[1]
    assert "StartImageScan" not in aws.operations()


@pytest.mark.parametrize(
    ("operation", "answers", "shown"),
    [
        (
            "DescribeImageScanFindings",
            [{"__type": "ScanNotFoundException", "message": "Not yet."}, SCANNED],
            "# Waiting: nothing yet, 0 min",
        ),
        (
            "DescribeImageScanFindings",
            [{"imageScanStatus": {"status": "IN_PROGRESS"}}, SCANNED],
            "# Waiting: IN_PROGRESS, 0 min",
        ),
        (
            "DescribeAlgorithm",
            [VALIDATED | {"AlgorithmStatus": "InProgress"}, VALIDATED],
            "# Waiting: InProgress, 0 min",
        ),
    ],
    ids=["no scan yet", "scan", "validation"],
)
def test_what_has_not_ended_is_asked_again(aws, monkeypatch, said, operation, answers, shown):
    monkeypatch.setattr("marketplace.until.SECONDS_BETWEEN", 0)
    aws.answers[operation] = list(answers)
    output, failure = said("lstm-ad")
    assert not failure
    assert shown in output.splitlines()
    assert aws.operations().count(operation) == len(answers) + 1


def test_nothing_is_waited_for_without_end(aws, monkeypatch, said):
    monkeypatch.setattr(steps, "VALIDATION_HOURS", 0)
    aws.answers["DescribeAlgorithm"] = [VALIDATED | {"AlgorithmStatus": "InProgress"}]
    assert said("lstm-ad")[1] == (
        "DescribeAlgorithm still answers InProgress after 0 h: look into AWS' console, or run the same command again "
        "to wait on."
    )


@pytest.mark.parametrize(
    ("operation", "service", "path", "ended", "going"),
    [
        (
            "DescribeImageScanFindings",
            "ecr",
            ("imageScanStatus", "status"),
            steps.SCAN_ENDED,
            {"PENDING", "IN_PROGRESS"},
        ),
        (
            "DescribeAlgorithm",
            "sagemaker",
            ("AlgorithmStatus",),
            steps.VALIDATION_ENDED,
            {"Pending", "InProgress"},
        ),
    ],
    ids=["scan", "validation"],
)
def test_every_state_has_ended_or_is_waited_for(operation, service, path, ended, going):
    shape = shapes.operation(operation, service).output_shape
    for part in path:
        shape = shape.members[part]
    assert set(shape.metadata["enum"]) == {*ended} | going


@pytest.mark.skipif(not (PROJECT / ".venv" / "done-for").exists(), reason="scripts/setup has not made .venv here")
def test_the_script_writes_the_requests_below_the_folder_it_is_called_from(tmp_path):
    given = [*GIVEN, "--version", SELLER.version, "--to", "requests"]
    command = [PROJECT / "scripts" / "create-algorithm", *given]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "requests").iterdir()} == {f"{name}-7-8-9.json" for name in ALGORITHMS}
