"""`scripts/create-algorithm` says which of its conditions does not hold."""

import pytest
from program import HEAD, LABELS, REVISION, SCAN, SCANNED, VALID, VERSION

from marketplace import publish

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


def test_nothing_begins_before_the_repository_is_public(program, monkeypatch):
    monkeypatch.setattr(publish, "REPOSITORY", "https://github.com/OWNER/seriesbox")
    assert program.run("--create").startswith("Pages need public links: publish the repository")
    assert not program.verbs
