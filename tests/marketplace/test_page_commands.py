"""The commands on the pages are AWS', and do what the pages say."""

import json
import re
import shlex
import subprocess

import command_line
import pytest

from marketplace import instances
from marketplace.aws_model import faults, operation
from marketplace.files import FOLDER, published
from marketplace.markdown import sections

PAGES = {name: (FOLDER / name / "page.md").read_text() for name in published()}


@pytest.fixture
def calls(name, monkeypatch) -> list[list[str]]:
    """The page's commands in the words that a shell makes of them, in the folder where the page wants them typed."""
    typed = re.findall(r"```\n(.*?)```", sections(sections(PAGES[name])["Input"], level=3)["With the CLI"], re.DOTALL)
    aws = 'date() { echo 1767225600; }; aws() { printf "%q " aws "$@" >&3; echo >&3; echo Completed; }'
    script = "\n".join(["exec 3>&1 >/dev/null", aws, *typed])
    done = subprocess.run(["bash", "-euc", script], stdout=subprocess.PIPE, text=True, check=True)
    monkeypatch.chdir(FOLDER / name)
    return [shlex.split(line) for line in done.stdout.splitlines()]


def test_the_commands_fit_aws_wait_for_what_they_begin_and_delete_what_they_make(name, calls):
    *calls, emptied = calls
    assert emptied == ["aws", "s3", "rm", "--recursive", f"s3://amzn-s3-demo-bucket/{name}/"]
    asked = [command_line.read(call) for call in calls]
    operations = [made for made, _ in asked]
    for begun in ("TrainingJob", "ModelPackage", "TransformJob", "Endpoint"):
        assert operations[operations.index(f"Create{begun}") + 1] == f"Describe{begun}"
    created, deleted = (
        {(made[6:], given[f"{made[6:]}Name"]) for made, given in asked if made.startswith(verb)}
        for verb in ("Create", "Delete")
    )
    records = {kind for kind, _ in created - deleted}  # which cannot be deleted
    assert records == {"TrainingJob", "TransformJob"}
    assert deleted < created


def test_the_same_job_may_use_spot_instances_and_the_same_endpoint_a_gpu(name, calls):
    asked = dict(map(command_line.read, calls[:-1]))
    (spot,) = re.findall(r"```json\n(.*?)```", PAGES[name], re.DOTALL)
    assert not faults(operation("CreateTrainingJob").input_shape, asked["CreateTrainingJob"] | json.loads(spot))
    (typed,) = re.findall(r"```\n('\[.*?)```", PAGES[name], re.DOTALL)
    (variant,) = json.loads(shlex.split(typed.replace("'$NAME'", name))[0])
    endpoint = asked["CreateEndpointConfig"] | {"ProductionVariants": [variant]}
    assert not faults(operation("CreateEndpointConfig").input_shape, endpoint)
    assert variant["InstanceType"] in instances.GPUS
