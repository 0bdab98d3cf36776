"""The pages say what the code does, and have all that the Marketplace wants."""

import ast
import json
import re
import shlex
import subprocess
from itertools import chain
from pathlib import Path
from string import Template

import botocore.session
import numpy as np
import pytest

from marketplace import algorithm, effects, eula, examples, fields, instances, shapes
from marketplace.algorithm import NOBODY
from marketplace.aws import Call
from marketplace.examples import Until, Waiter
from marketplace.facts import MEASURED, facts, least_rows
from marketplace.fields import FIELDS, sections
from marketplace.folder import FOLDER
from marketplace.page import REPOSITORY, TEMPLATE, document, page, placeholder
from marketplace.words import words
from seriesbox.algorithm import ALGORITHMS, estimator, predictor
from seriesbox.group import Group
from seriesbox.tables.table import Table

PROJECT = FOLDER.parent
KEPT = {name: document(name).read_text() for name in ALGORITHMS}
JOURNEY = examples.training, examples.model, examples.transform, examples.endpoint, examples.removal
STEPS = {name: [step for part in JOURNEY for step in part(name)] for name in ALGORITHMS}
EVERY_STEP = list(chain(*STEPS.values()))
BY_HAND = [TEMPLATE, FOLDER / "effects.py", *FOLDER.glob("*/words.md")]
# The numbers that may be written by hand, and what they are. All others must be facts, which follow the code.
NO_FIGURES = {
    f"### {NOBODY.version}\n": "the version that the release notes are of",
    "Apache-2.0": "a licence",
    "CC0-1.0": "a licence",
    "NeurIPS 2019": "where a paper appeared",
    "https://arxiv.org/abs/1901.10738": "a paper",
    "ESANN 2015": "where a paper appeared",
    "https://www.esann.org/sites/default/files/proceedings/legacy/es2015-56.pdf": "a paper",
    "version 2 of the SDK": "the only one with an AlgorithmEstimator",
    "SDK for Python, version 2": "the same",
    "ShardedByS3Key": "a name of AWS'",
    "checkpoint_s3_uri": "a name of the SDK's",
    "instance_count=1": "an example of one machine",
    "deploy(1,": "the same",
    "transformer(1,": "the same",
    "99th percentile": "what the fact is called",
    "UTF-8": "a charset",
    "files in S3": "a service",
    "these two:": "lines of an example",
    "lowest one in a thousand": "advice",
    "float32": "a type",
    "label_size=0": "a parameter of one value",
    "`MaxPayloadInMB` 0": "AWS' way to say that there is no limit",
    "Its status is 400": "a status of HTTP",
    "; 413 where": "a status of HTTP",
    "; 415 or 406 where": "statuses of HTTP",
    "[0.1, null, 0.3]": "an example of data",
    "[[1, 2, null], [3, 4]]": "an example of data",
    "[1, 2, null]": "an example of data",
    "[[1, 2], [3, 4]]": "an example of data",
    "`0.0`, `1.0`": "numbers of clusters",
    "from -1 to 1": "the range of a silhouette",
}

NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|fifty|hundred|thousand|million|"
    "twice|double|doubles|half|quarter|thirds?|fifths?|tenths?"
)


def test_the_pages_are_those_of_the_code(name):
    assert page(name) == KEPT[name], ".venv/bin/python -m marketplace.page"


def test_the_eula_is_plain_text_that_ends_with_the_license():
    assert eula.EULA.read_text() == eula.text(), ".venv/bin/python -m marketplace.page"
    assert eula.text().isascii()
    assert "[" not in eula.ABOUT  # names that are still to be filled in
    assert eula.text().endswith(eula.LICENSE.read_text())


def test_the_pages_have_every_field(name):
    assert fields.faults(KEPT[name]) == []


@pytest.mark.parametrize("heading", FIELDS)
def test_a_field_that_is_missing_empty_or_too_long_is_caught(heading):
    kept, field = KEPT["cnn-kmeans"], FIELDS[heading]
    words = sections(kept)[heading]
    whole = f"## {heading}\n\n{words}\n"
    assert whole in kept
    assert fields.faults(kept.replace(whole, "")) == [f"{heading} is missing."]
    assert fields.faults(kept.replace(whole, f"## {heading}\n\n")) == [f"{heading} is empty."]
    (fault,) = fields.faults(kept.replace(whole, whole[:-1] + "x" * (field.characters + 1)))
    assert fault.endswith(f"characters, but {field.characters} is the most.")


@pytest.mark.parametrize(("heading", "detail"), [(each, detail) for each in FIELDS for detail in FIELDS[each].details])
def test_a_detail_that_is_missing_or_empty_is_caught(heading, detail):
    kept = KEPT["cnn-kmeans"]
    words = sections(sections(kept)[heading], level=3)[detail]
    before, after = kept.split(f"## {heading}\n", 1)
    whole = f"### {detail}\n\n{words}"
    assert whole in after
    for instead in ("", f"### {detail}\n\n"):
        broken = f"{before}## {heading}\n" + after.replace(whole, instead, 1)
        assert fields.faults(broken) == [f"{heading}: {detail} is missing or empty."]


def test_too_many_items_and_fields_of_ones_own_are_caught():
    assert fields.faults(KEPT["lstm-ad"].replace("- Structured", "- Structured\n- Audio\n- Video")) == [
        "Categories: 4 items, but 3 is the most."
    ]
    assert fields.faults(KEPT["lstm-ad"] + "\n## Price\n\nNone\n") == ["Price: there is no such field."]


def test_every_hyperparameter_has_its_effect():
    declared = {each["Name"] for name in ALGORITHMS for each in algorithm.hyperparameters(name)}
    assert declared == effects.EFFECTS.keys()


def test_every_metric_has_its_meaning():
    assert {metric for name in ALGORITHMS for metric in estimator(name).metrics} == effects.METRICS.keys()


def test_no_fact_is_gathered_for_nothing(name):
    texts = [TEMPLATE, *FOLDER.glob("*/words.md")]
    used = {each for text in texts for each in Template(text.read_text()).get_identifiers()}
    assert facts(name, REPOSITORY).keys() - used == set()


def test_the_headings_of_the_words_are_those_that_the_template_wants(name):
    wanted = set(Template(TEMPLATE.read_text()).get_identifiers())
    given = [placeholder(heading) for heading in words(name)]
    assert sorted(given) == sorted(wanted - facts(name, REPOSITORY).keys())


def by_hand(text: str) -> list[str]:
    """The lines with numbers, in digits or as words, that are neither facts nor allowed."""
    text = re.sub(r"\$\w+", "", text)
    for phrase in sorted(NO_FIGURES, key=len, reverse=True):
        text = text.replace(phrase, "")
    return [line for line in text.splitlines() if re.search(rf"\d|\b({NUMBERS})\b", line, re.IGNORECASE)]


@pytest.mark.parametrize("text", BY_HAND, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_figure_is_written_by_hand(text: Path):
    assert by_hand(text.read_text()) == []
    for figure in ("It takes 60 seconds.", "Five times as long", "the first four fifths"):
        assert by_hand(f"{text.read_text()}\n{figure}") == [figure]


def test_what_may_be_written_by_hand_is_written_somewhere():
    assert [phrase for phrase in NO_FIGURES if not any(phrase in text.read_text() for text in BY_HAND)] == []


def test_the_release_notes_are_of_this_version(name):
    assert list(sections(words(name)["Release notes"], level=3)) == [NOBODY.version]


def test_the_algorithm_is_described_as_on_its_page(name):
    described = algorithm.request(name, NOBODY)["AlgorithmDescription"]
    assert described == sections(KEPT[name])["Short description"]


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda step: step.command(NOBODY.region)[:60])
def test_the_calls_fit_what_aws_takes(step):
    match step:
        case Waiter():
            waiters = botocore.session.get_session().get_waiter_model("sagemaker")
            call = Call("sagemaker", waiters.get_waiter(step.name).operation, step.parameters)
        case Until():
            call = step.call
            states = shapes.operation(call.operation).output_shape.members[step.status].metadata["enum"]
            assert set(states) - set(step.ended) == {"Pending", "InProgress", "Deleting"}
        case _:
            call = step
    given = {name: value for name, value in call.parameters.items() if name != "Body"}
    in_a_file = ["Body is missing."] if len(given) < len(call.parameters) else []
    assert shapes.faults(shapes.operation(call.operation, call.service).input_shape, given) == in_a_file
    assert not re.search("--[a-z-]+ true", step.command(NOBODY.region))  # flags have no value


def test_what_is_typed_are_the_calls(name):
    typed = re.findall(r"```\n(.*?)```", sections(sections(KEPT[name])["Input"], level=3)["With the CLI"], re.DOTALL)
    shell = f"""
        date() {{ echo {examples.STARTED}; }}
        aws() {{ printf "%q " aws "$@" >&3; echo >&3; echo Completed; }}
        {"".join(typed)}
    """
    run = subprocess.run(["bash", "-euc", f"exec 3>&1 >/dev/null\n{shell}"], capture_output=True, text=True, check=True)
    calls = [
        shlex.split(each)
        for step in STEPS[name]
        for each in [step.call.command(NOBODY.region) if isinstance(step, Until) else step.command(NOBODY.region)]
    ]
    made = [shlex.split(line) for line in run.stdout.splitlines()]
    *made, emptied = made
    assert [each[: len(call)] for each, call in zip(made, calls, strict=True)] == calls
    assert [each[len(call) :] for each, call in zip(made, calls, strict=True) if len(each) > len(call)] == [
        ["--query", "ModelPackageStatus", "--output", "text"],
        ["response.csv"],
    ]
    assert emptied == ["aws", "s3", "rm", "--recursive", f"{examples.place(name)}/"]


def test_every_file_that_an_example_names_is_there(name):
    shown = "".join(re.findall(r"```\w*\n(.*?)```", KEPT[name], re.DOTALL))
    named = re.findall(r'open\("(.*?)"\)|fileb://(\S+)|s3 cp --recursive (\S+)', shown)
    assert len(named) == 3
    assert all((FOLDER / name / "".join(each)).exists() for each in named)
    assert all((FOLDER / name / each).is_file() for each in re.findall(r"`(samples/\S+?)`", KEPT[name]))


def test_an_endpoint_on_a_gpu_gets_the_driver_that_the_image_needs(name):
    config, *_ = examples.endpoint(name)
    given = config.parameters | {"ProductionVariants": [examples.gpu_variant(name)]}
    assert shapes.faults(shapes.operation(config.operation).input_shape, given) == []
    assert examples.gpu_variant(name)["InstanceType"] in instances.GPUS
    variant = shapes.operation(config.operation).input_shape.members["ProductionVariants"].member
    about = variant.members["InferenceAmiVersion"].documentation
    named = re.split("<dt>", about)[1:]
    (with_driver,) = (each for each in named if f"NVIDIA driver version: {instances.DRIVER}" in each)
    assert with_driver.startswith(instances.INFERENCE_AMI)
    batch = shapes.operation("CreateTransformJob").input_shape.members["TransformResources"]
    drivers = re.findall(r"NVIDIA driver version: (\d+)", batch.members["TransformAmiVersion"].documentation)
    assert drivers
    assert max(map(int, drivers)) < instances.DRIVER


def test_gpus_are_offered_where_there_is_a_driver_for_them(name):
    inference = algorithm.request(name, NOBODY)["InferenceSpecification"]
    assert set(instances.GPUS) <= set(inference["SupportedRealtimeInferenceInstanceTypes"])
    assert not set(instances.GPUS) & set(inference["SupportedTransformInstanceTypes"])


def test_every_instance_that_is_offered_is_explained(name):
    families = set(
        re.findall(r"`(ml\.\w+)`", sections(sections(KEPT[name])["Usage instructions"], level=3)["Instance types"])
    )
    assert {each.rpartition(".")[0] for each in instances.TRAINING} == families


def test_what_is_begun_is_waited_for_before_it_is_used(name):
    """AWS answers these calls at once, and makes what they ask for afterwards."""
    asked = [step.operation if isinstance(step, Call) else "" for step in STEPS[name]]
    for operation in ("CreateTrainingJob", "CreateModelPackage", "CreateTransformJob", "CreateEndpoint"):
        assert asked[asked.index(operation) + 1] == ""


def test_what_is_made_is_deleted_but_for_the_records_of_jobs(name):
    made, deleted = (
        {
            (kind, step.parameters[f"{kind}Name"])
            for step in STEPS[name]
            if isinstance(step, Call) and step.operation.startswith(verb)
            for kind in [step.operation.removeprefix(verb)]
        }
        for verb in ("Create", "Delete")
    )
    assert made - deleted == {("TrainingJob", examples.own(name)), ("TransformJob", examples.own(name))}
    assert deleted < made


def test_a_job_on_spot_instances_fits_what_aws_takes(name):
    call, _ = examples.training(name)
    job = call.parameters | examples.spot(name)
    assert shapes.faults(shapes.operation(call.operation).input_shape, job) == []
    assert job["StoppingCondition"]["MaxRuntimeInSeconds"] <= job["StoppingCondition"]["MaxWaitTimeInSeconds"]


def test_the_python_code_names_what_is_declared(name):
    given = {}
    for block in re.findall(r"```python\n(.*?)```", KEPT[name], re.DOTALL):
        for call in (node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            given[called] = call
    told = {word.arg: ast.literal_eval(word.value) for word in given["AlgorithmEstimator"].keywords}
    assert told["instance_type"] in instances.TRAINING
    assert told["algorithm_arn"] == examples.arn(name)
    assert told["hyperparameters"].keys() <= {each["Name"] for each in algorithm.hyperparameters(name)}
    predictor(name).Hyperparameters.parse(told["hyperparameters"])
    (channels,) = given["fit"].args
    assert {key.value for key in channels.keys} <= {each["Name"] for each in algorithm.channels()}
    for called, offered in (("deploy", instances.REAL_TIME), ("transformer", instances.TRANSFORM)):
        assert ast.literal_eval(given[called].args[1]) in offered
    assert {"delete_model", "delete_endpoint"} <= given.keys()
    cut = {word.arg for called in ("transformer", "transform") for word in given[called].keywords}
    assert predictor(name).rows_are_independent == ({"split_type", "assemble_with"} <= cut)


def test_the_figures_were_measured_in_the_image_that_is_listed():
    image = json.loads(MEASURED.read_text())["image"]
    assert image["seriesbox"] == NOBODY.version
    assert image["torch"].rpartition("+cu")[2].startswith(str(instances.CUDA))


def test_the_least_rows_are_the_least_that_the_code_takes(name):
    training, prediction = least_rows(name)
    defaults = predictor(name).Hyperparameters()
    series = np.random.default_rng(0).normal(size=(training, 3))

    def faults(rows: int, validation: int) -> list:
        return estimator(name).faults(defaults, Group(), [Table.of(series[:rows])], [Table.of(series[:validation])])

    assert faults(training, prediction) == []
    if name == "lstm-ad":  # too few series for the clusters are told from all files together: tests/cnn_kmeans
        assert len(faults(training - 1, prediction - 1)) == 2


@pytest.mark.parametrize("link", sorted({*re.findall(rf"{REPOSITORY}/blob/main/(\S+)", "".join(KEPT.values()))}))
def test_every_link_into_the_project_leads_somewhere(link):
    file, _, heading = link.partition("#")
    assert (PROJECT / file).exists()
    if heading:
        headings = re.findall("^#+ (.*)$", (PROJECT / file).read_text(), re.MULTILINE)
        assert heading in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings]
