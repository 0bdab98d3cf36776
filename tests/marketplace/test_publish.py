"""`scripts/create-algorithm`: the commands that it prints, and what it makes of the answers."""

import json
import shlex

import command_line
from program import CREATE, LOOK, PUSH, SCAN, SCANNED, SELLER, VALID

from marketplace import publish
from marketplace.files import published, samples_folder
from marketplace.request import request


def test_without_create_the_same_commands_are_printed_and_none_is_run(program):
    assert (program.run(), program.verbs) == ("", [])
    printed = [line for line in program.printed if line.startswith(("aws", "docker"))]
    for name in published():
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


def test_all_algorithms_are_waited_for_even_if_the_first_is_invalid(program):
    program.answers["describe-algorithm"] = [VALID | {"AlgorithmStatus": "Failed"}]
    assert program.run("--create").count("ended as Failed: no reason is given.") == len(published())


def test_what_is_unfinished_is_asked_for_again(program):
    program.answers[SCAN[2]] = ["ScanNotFoundException", {"imageScanStatus": {"status": "IN_PROGRESS"}}, SCANNED]
    program.answers["describe-algorithm"] = [VALID | {"AlgorithmStatus": "InProgress"}, VALID]
    assert program.run("lstm-ad", "--create") == ""
    for state in ("imageScanStatus.status is IN_PROGRESS", "AlgorithmStatus is InProgress"):
        assert f"# Waiting: {state}, 0 min" in program.printed
    assert [program.verbs.count(verb) for verb in (SCAN[2], "describe-algorithm")] == [3, 2]


def test_waiting_has_an_end_and_an_interruption_says_how_to_continue(program, monkeypatch):
    program.answers["describe-algorithm"] = [{"AlgorithmStatus": "InProgress"}]
    monkeypatch.setattr("time.sleep", lambda _: exec("raise KeyboardInterrupt"))
    assert program.run("--create").endswith("run the same command again to see it end.")
    monkeypatch.setattr(publish, "VALIDATION_HOURS", 0)
    assert program.run("lstm-ad", "--create").startswith("AlgorithmStatus is still InProgress after 0 hours: look into")
