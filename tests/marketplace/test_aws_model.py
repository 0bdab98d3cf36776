"""AWS' model is applied in full: each kind of fault in a request is found."""

import copy
import json
import re

import pytest
import regex

from marketplace.aws_model import faults, operation
from marketplace.files import FOLDER

CREATE = operation("CreateAlgorithm").input_shape
TRAINING, INFERENCE = "TrainingSpecification", "InferenceSpecification"
CHANNELS, DESCRIPTION = f"{TRAINING}.TrainingChannels", "AlgorithmDescription"
JOB = "ValidationSpecification.ValidationProfiles[0].TrainingJobDefinition"
COUNT, SECONDS = f"{JOB}.ResourceConfig.InstanceCount", f"{JOB}.StoppingCondition.MaxRuntimeInSeconds"
MISSING = object()
FAULTS = {
    "missing": ("AlgorithmName", MISSING, 'Missing required parameter in input: "AlgorithmName"'),
    "missing in a list": (f"{CHANNELS}[1].Name", MISSING, f'in {CHANNELS}[1]: "Name"'),
    "unknown": (f"{TRAINING}.Image", "x", 'Unknown parameter in TrainingSpecification: "Image"'),
    "no structure": (INFERENCE, [], "Invalid type for parameter InferenceSpecification"),
    "no list": (CHANNELS, {}, f"Invalid type for parameter {CHANNELS}"),
    "no map": (f"{JOB}.HyperParameters", "x", f"Invalid type for parameter {JOB}.HyperParameters"),
    "no string": (DESCRIPTION, 8, f"Invalid type for parameter {DESCRIPTION}"),
    "no string in a map": (f"{JOB}.HyperParameters.lr", 1, f"Invalid type for parameter {JOB}.HyperParameters.lr"),
    "no string in a list": (f"{INFERENCE}.SupportedContentTypes[0]", 1, "SupportedContentTypes[0], value: 1"),
    "text for a number": (COUNT, "1", f"Invalid type for parameter {COUNT}"),
    "boolean for a number": (COUNT, True, f"{COUNT}: True is no integer"),
    "text for a boolean": ("CertifyForMarketplace", "true", "Invalid type for parameter CertifyForMarketplace"),
    "enumeration": (f"{CHANNELS}[0].SupportedInputModes[0]", "Fast", "'Fast' is none of Pipe, File, FastFile"),
    "machine": (f"{INFERENCE}.SupportedTransformInstanceTypes[0]", "ml.m5.tiny", "'ml.m5.tiny' is none of"),
    "pattern": ("AlgorithmName", "cnn_kmeans", "'cnn_kmeans' does not match"),
    "end of the pattern": ("AlgorithmName", "cnn-kmeans-", "'cnn-kmeans-' does not match"),
    "Unicode class": (DESCRIPTION, "a\tb", r"'a\tb' does not match"),
    "long string": (f"{TRAINING}.MetricDefinitions[0].Regex", "x" * 501, "Regex: 501 is more than 500"),
    "short string": (f"{JOB[:-22]}.ProfileName", "", "ProfileName, value: 0, valid min length: 1"),
    "long list": (CHANNELS, [{}] * 9, f"{CHANNELS}: 9 is more than 8"),
    "short list": (CHANNELS, [], f"{CHANNELS}, value: 0, valid min length: 1"),
    "large map": (f"{JOB}.HyperParameters", {str(i): "" for i in range(101)}, "101 is more than 100"),
    "long key": (f"{JOB}.HyperParameters", {"x" * 257: ""}, "257 is more than 256"),
    "small number": (SECONDS, 0, f"{SECONDS}, value: 0, valid min value: 1"),
    "large number": (f"{JOB}.ResourceConfig.KeepAlivePeriodInSeconds", 21601, "21601 is more than 21600"),
}


@pytest.mark.parametrize(("path", "value", "fault"), FAULTS.values(), ids=FAULTS)
def test_every_kind_of_fault_is_found(path, value, fault):
    assert fault in faults(CREATE, _changed(path, value))


def _changed(path: str, value: object) -> dict:
    """Return a sound request with one value replaced or taken away."""
    (file, *_) = sorted(FOLDER.glob("*/algorithm.json"))
    inner = changed = json.loads(file.read_text())
    *way, last = (int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path))
    for step in way:
        inner = inner[step]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = copy.deepcopy(value)
    return changed


def test_other_letters_are_letters():
    assert not faults(CREATE, _changed(DESCRIPTION, "Zeitreihen für Ärzte, 時系列"))


def test_all_faults_are_found_together():
    request = _changed("AlgorithmName", MISSING) | {DESCRIPTION: "x" * 1025, "CertifyForMarketplace": 1}
    assert len(faults(CREATE, request).splitlines()) == 3


def test_every_pattern_can_be_read_but_those_of_athena():
    model = operation("CreateAlgorithm").service_model
    athena = {"AthenaCatalog", "Catalog", "Database", "TableName"}  # which have half characters in their ranges
    patterns = [model.shape_for(name).metadata.get("pattern", "") for name in set(model.shape_names) - athena]
    assert len(list(filter(regex.compile, filter(None, patterns)))) > 400
