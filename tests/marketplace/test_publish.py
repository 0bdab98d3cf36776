"""`scripts/create-algorithm`: the commands that it prints, and what it makes of the answers."""

import io
import json
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import command_line
import pytest

from marketplace import checks, publish, shell
from marketplace.files import FOLDER, samples_folder
from marketplace.request import request
from marketplace.seller import Seller
from seriesbox.algorithm import ALGORITHMS

SELLER = Seller("210987654321", "eu-west-1", "Validator", "a-bucket", "7.8.9")
GIVEN = [f"--{name}={getattr(SELLER, name)}" for name in ("account", "region", "role", "bucket", "version")]
HEAD = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=FOLDER, text=True).strip()
VERSION, REVISION = "org.opencontainers.image.version", "org.opencontainers.image.revision"
LABELS = {VERSION: SELLER.version, REVISION: HEAD, "seriesbox.torch-build": "cu130"}
PUSHED = {"imageDetails": [{"imageManifestMediaType": checks.MANIFEST}]}
SCANNED = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findingSeverityCounts": {"MEDIUM": 3}}}
VALID = {"AlgorithmName": "lstm-ad-7-8-9", "AlgorithmArn": "arn:of:it", "AlgorithmStatus": "Completed"}
LOOK = ["head-bucket", "list-algorithms", "image"]
PUSH = ["tag", "create-repository", "get-login-password", "push", "describe-images"]
SCAN = ["get-registry-scanning-configuration", "start-image-scan", "describe-image-scan-findings"]
CREATE = ["cp", "create-algorithm"]


class Program:
    """The program; AWS and Docker answer as told. A text is an error, and the last answer is repeated."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands, self.printed = folder, {}, [""]
        answers = {"image": LABELS, "describe-images": PUSHED, SCAN[2]: SCANNED, "describe-algorithm": VALID}
        self.answers = {verb: [answer] for verb, answer in answers.items()}
        self.verbs: list[str] = []

    def execute(self, command: str, accept: str = "", stdout: int | None = None) -> str:
        verb = command.split()[1 if command.startswith("docker") else 2]
        self.verbs.append(verb)
        self.commands[verb] = command
        answers = self.answers.get(verb, [{}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, str) and answer != accept:
            raise shell.PublishError(f"{verb}: {answer}")
        return "" if answer == accept else json.dumps(answer)

    def run(self, *arguments: str) -> str:
        """Return the sentence that it fails with."""
        self.verbs.clear()
        sys.argv = ["create-algorithm", *GIVEN, f"--to={self.folder / 'requests'}", *arguments]
        with redirect_stdout(io.StringIO()) as printed:
            try:
                publish.main()
            except SystemExit as ended:
                return str(ended.code)
            finally:
                self.printed = printed.getvalue().splitlines()
        return ""


@pytest.fixture
def program(tmp_path, monkeypatch) -> Program:
    program = Program(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(publish, "REPOSITORY", "https://example.com/seriesbox")
    monkeypatch.setattr(shell, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(shell, "execute", program.execute)
    return program


def test_without_create_the_same_commands_are_printed_and_none_is_run(program):
    assert (program.run(), program.verbs) == ("", [])
    printed = [line for line in program.printed if line.startswith(("aws", "docker"))]
    for name in ALGORITHMS:
        assert json.loads((program.folder / "requests" / f"{name}-7-8-9.json").read_text()) == request(name, SELLER)
    assert program.run("--create") == ""
    assert [line for line in program.printed if line.startswith(("aws", "docker"))] == printed


def test_a_creating_run_looks_pushes_scans_creates_and_waits(program):
    assert program.run("lstm-ad", "--create") == ""
    assert program.printed[-1] == "# lstm-ad-7-8-9 is valid: arn:of:it"
    assert program.verbs == [*LOOK, *PUSH, *SCAN, *CREATE, "describe-algorithm"]
    assert program.commands["get-login-password"].endswith(f"--password-stdin {SELLER.registry}")
    assert program.commands["push"] == "docker push 210987654321.dkr.ecr.eu-west-1.amazonaws.com/seriesbox:7.8.9"
    assert program.commands["cp"].endswith(f"{samples_folder('lstm-ad')} s3://a-bucket/lstm-ad/samples")
    calls = {verb: shlex.split(command) for verb, command in program.commands.items() if command.startswith("aws")}
    asked = dict(command_line.read(words) for verb, words in calls.items() if verb not in ("cp", "get-login-password"))
    assert asked["CreateAlgorithm"] == request("lstm-ad", SELLER)


def test_a_second_run_goes_on_where_the_first_one_stopped(program):
    program.answers["push"] = ["No network.", {}]
    assert program.run("lstm-ad", "--create") == "push: No network."
    program.answers |= {PUSH[1]: ["RepositoryAlreadyExistsException"], SCAN[1]: ["LimitExceededException"]}
    assert program.run("lstm-ad", "--create") == ""
    program.answers[SCAN[0]] = [{"scanningConfiguration": {"scanType": "ENHANCED"}}]  # Inspector scans by itself
    program.answers[SCAN[2]] = [SCANNED | {"imageScanStatus": {"status": "ACTIVE"}}]
    assert program.run("lstm-ad", "--create") == ""
    assert "start-image-scan" not in program.verbs


def test_an_algorithm_that_exists_stays_and_so_does_its_image(program):
    existing = [{"AlgorithmName": name} for name in ("cnn-kmeans-7-8-9", "lstm-ad-7-8-91")]
    program.answers["list-algorithms"] = [{"AlgorithmSummaryList": existing}]
    assert program.run("--create") == ""
    assert "# cnn-kmeans-7-8-9 exists: it stays, and so does the image of this version." in program.printed
    assert program.verbs == [*LOOK[:2], *CREATE, "describe-algorithm", "describe-algorithm"]


REASON = {"Name": "samples", "Status": "Failed", "FailureReason": "No data."}
FAILED = VALID | {"AlgorithmStatus": "Failed", "AlgorithmStatusDetails": {"ValidationStatuses": [REASON]}}
STOPS = [
    ("head-bucket", "404.", "404. The bucket must exist, belong to account 210987654321, and be open to"),
    ("head-bucket", {"BucketRegion": "us-east-2"}, "The bucket is in us-east-2: SageMaker reads data of"),
    ("image", None, "its version is unknown, not 7.8.9."),
    ("image", LABELS | {VERSION: "7.8.8"}, "its version is 7.8.8, not 7.8.9. Build it with: scripts/build --build-arg"),
    ("image", LABELS | {REVISION: f"{HEAD}-dirty"}, "it was built from files that are in no commit: commit them"),
    ("image", LABELS | {REVISION: "a1b2"}, "it was built from commit a1b2, and its sources have changed since."),
    ("image", LABELS | {"seriesbox.torch-build": "cpu"}, "its build of torch is cpu, but pages and instances are for"),
    ("describe-images", {}, "ECR does not show the image that was pushed: run the same command again."),
    ("describe-images", {"imageDetails": [{"imageManifestMediaType": "OCI"}]}, "The image was pushed as OCI, but"),
    (SCAN[1], "ValidationException", "ValidationException"),
    (SCAN[2], SCANNED | {"imageScanFindings": {"findingSeverityCounts": {"HIGH": 2}}}, "The image's scan found 2 HIGH"),
    (SCAN[2], SCANNED | {"imageScanFindings": {}}, "The image's scan is COMPLETE, but counts no findings"),
    (SCAN[2], {"imageScanStatus": {"status": "FAILED"}}, "The image's scan ended as FAILED: no reason is given."),
    ("create-algorithm", "There is no such role.", "There is no such role."),
    ("describe-algorithm", FAILED, "lstm-ad-7-8-9 ended as Failed: No data. Correct that in a new version"),
    ("describe-algorithm", VALID | {"AlgorithmStatus": "Deleting"}, "lstm-ad-7-8-9 is being deleted: run the same"),
]


@pytest.mark.parametrize(("verb", "answer", "sentence"), STOPS, ids=[f"{verb}: {text}" for verb, _, text in STOPS])
def test_the_first_failure_stops_it_with_a_sentence(program, verb, answer, sentence):
    program.answers[verb] = [answer]
    assert sentence in program.run("lstm-ad", "--create")
    assert program.verbs[-1] == verb


def test_all_algorithms_are_waited_for_even_if_the_first_is_invalid(program):
    program.answers["describe-algorithm"] = [VALID | {"AlgorithmStatus": "Failed"}]
    assert program.run("--create").count("ended as Failed: no reason is given.") == len(ALGORITHMS)


def test_what_is_unfinished_is_asked_for_again(program):
    program.answers[SCAN[2]] = ["ScanNotFoundException", {"imageScanStatus": {"status": "IN_PROGRESS"}}, SCANNED]
    program.answers["describe-algorithm"] = [VALID | {"AlgorithmStatus": "InProgress"}, VALID]
    assert program.run("lstm-ad", "--create") == ""
    for state in ("imageScanStatus.status is IN_PROGRESS", "AlgorithmStatus is InProgress"):
        assert f"# Waiting: {state}, 0 min" in program.printed
    assert [program.verbs.count(verb) for verb in (SCAN[2], "describe-algorithm")] == [3, 2]


def test_waiting_has_an_end_and_who_interrupts_it_is_told_how_to_go_on(program, monkeypatch):
    program.answers["describe-algorithm"] = [{"AlgorithmStatus": "InProgress"}]
    monkeypatch.setattr("time.sleep", lambda _: exec("raise KeyboardInterrupt"))
    assert program.run("--create").endswith("run the same command again to see it end.")
    monkeypatch.setattr(publish, "VALIDATION_HOURS", 0)
    assert program.run("lstm-ad", "--create").startswith("AlgorithmStatus is still InProgress after 0 hours: look into")


@pytest.mark.parametrize(
    ("option", "values", "sentence"),
    [
        ("account", ["12", "٢١٠٩٨٧٦٥٤٣٢١"], "The account must be twelve digits, not "),
        ("region", ["", "cn-north-1", "us-gov-west-1", "zz-nowhere-9"], "The region must be a region of SageMaker"),
        ("role", ["", "/x", "a role", "arn:aws:iam::123456789012:role/x"], "The role must be a role of account"),
        ("bucket", ["s3://b", "a..b", "192.168.1.1", "A-bucket", "ab"], "The bucket must be the name of a bucket"),
        ("image", [""], "The image must be one that Docker has, such as seriesbox:gpu, not ''."),
        ("version", ["seven"], "The version must be numbers with dots between them, not 'seven'."),
        ("version", ["7" * 70], "Invalid value for parameter AlgorithmName"),
        ("to", ["/dev/null/here"], "Not a directory"),
    ],
)
def test_an_argument_that_cannot_be_right_is_named(program, option, values, sentence):
    for value in values:
        assert sentence in program.run("lstm-ad", f"--{option}", value, "--create")
        assert (program.verbs, list(program.folder.iterdir())) == ([], [])


@pytest.mark.parametrize("path", ["", "service-role/", "one/two/"])
def test_the_role_is_a_name_with_its_path_or_an_arn(path):
    arn = f"arn:aws:iam::{SELLER.account}:role/{path}Validator"
    for role in (f"{path}Validator", arn):
        seller = Seller(SELLER.account, SELLER.region, role, SELLER.bucket)
        assert (seller.faults(), seller.role_arn) == ([], arn)


def test_nothing_begins_before_the_repository_is_public(program, monkeypatch):
    monkeypatch.setattr(publish, "REPOSITORY", "https://github.com/OWNER/seriesbox")
    assert program.run("--create").startswith("Pages need public links: publish the repository")
    assert not program.verbs


def test_an_image_is_current_for_every_commit_with_its_sources():
    assert checks.is_current("HEAD^{tree}")
    assert not checks.is_current("4b825dc642cb6eb9a060e54bf8d69288fbee4904")  # git's name for a tree without files


def test_commands_are_run_by_a_shell_and_a_failing_one_stops_it():
    assert shell.Shell(True).ask("""echo '{"a": 1}' | cat""") == {"a": 1}
    shell.Shell(True).run("echo 'An error occurred (Exists): no' >&2; false", accept="Exists")
    for command, sentence in {
        "echo 'An error occurred (Exists): no' >&2; false | cat": "failed: An error occurred (Exists): no",
        "aws_that_is_not_installed": "command not found",
        "echo Hello": "`echo Hello` did not answer with JSON, but with: Hello",
    }.items():
        with pytest.raises(shell.PublishError, match=re.escape(sentence)):
            shell.Shell(True).ask(command)
    shell.Shell(False).run("touch /nowhere/at/all")
