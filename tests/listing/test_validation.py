"""Every rule for a request, and a request that breaks it."""

import copy
import json
import re

import pytest

from listing import rules, shapes
from listing.algorithm import document
from seriesbox.algorithm import predictor

CREATE = shapes.operation("CreateAlgorithm").input_shape
ABSENT = object()
METRIC = "TrainingSpecification.MetricDefinitions[0]"
CHANNELS = "TrainingSpecification.TrainingChannels"
CLUSTERS, ALGORITHM = (f"TrainingSpecification.SupportedHyperParameters[{index}]" for index in (1, 2))
PROFILE = "ValidationSpecification.ValidationProfiles[0]"
TRAIN, TRANSFORM = f"{PROFILE}.TrainingJobDefinition", f"{PROFILE}.TransformJobDefinition"
LIMITS = "Range.IntegerParameterRangeSpecification"

# Of botocore's model: the rule, what is put where, and what is said.
OF_SHAPES = [
    ("what is required is there", "AlgorithmName", ABSENT, "AlgorithmName is missing."),
    ("deep down too", f"{CHANNELS}[1].Name", ABSENT, f"{CHANNELS}[1].Name is missing."),
    ("nothing is there that is unknown", "TrainingSpecification.Image", "x", "TrainingSpecification.Image is unknown"),
    ("an object is an object", "InferenceSpecification", [], "InferenceSpecification: [] is not an object."),
    ("a list is a list", CHANNELS, {}, f"{CHANNELS}: {{}} is not a list."),
    ("a map is a map", f"{TRAIN}.HyperParameters", "x", f"{TRAIN}.HyperParameters: 'x' is not an object."),
    ("a string is a string", f"{CLUSTERS}.DefaultValue", 8, f"{CLUSTERS}.DefaultValue: 8 is not a string."),
    ("and so in maps", f"{TRAIN}.HyperParameters.lr", 1, f"{TRAIN}.HyperParameters.lr: 1 is not a string."),
    ("a number is a number", f"{TRAIN}.ResourceConfig.InstanceCount", "1", "InstanceCount: '1' is not a whole number."),
    ("true is none", f"{TRAIN}.ResourceConfig.InstanceCount", True, "InstanceCount: True is not a whole number."),
    ("a boolean is one", "CertifyForMarketplace", "true", "CertifyForMarketplace: 'true' is not true or false."),
    ("words are those there are", f"{CHANNELS}[0].SupportedInputModes[0]", "Fast", "'Fast' is none of Pipe, File, Fas"),
    ("machines too", "InferenceSpecification.SupportedTransformInstanceTypes[0]", "ml.m5.tiny", "'ml.m5.tiny' is none"),
    ("patterns are matched", "AlgorithmName", "cnn_kmeans", "AlgorithmName: 'cnn_kmeans' does not match [a-zA-Z0-9]"),
    ("to the end", "AlgorithmName", "cnn-kmeans-", "AlgorithmName: 'cnn-kmeans-' does not match"),
    ("by Unicode's properties too", "AlgorithmDescription", "a\tb", r"AlgorithmDescription: 'a\tb' does not match"),
    ("strings end", f"{METRIC}.Regex", "x" * 501, f"{METRIC}.Regex: 501 characters, but 500 is the most."),
    ("strings have a least length", f"{PROFILE}.ProfileName", "", "ProfileName: 0 characters, but 1 is the least."),
    ("lists end", f"{CHANNELS}", [{}] * 9, f"{CHANNELS}: 9 items, but 8 is the most."),
    ("lists have a least length", CHANNELS, [], f"{CHANNELS}: 0 items, but 1 is the least."),
    ("maps end", f"{TRAIN}.HyperParameters", {str(i): "" for i in range(101)}, "101 entries, but 100 is the most."),
    ("so do their keys", f"{TRAIN}.HyperParameters", {"x" * 257: ""}, "257 characters, but 256 is the most."),
    ("numbers have a least", f"{TRAIN}.StoppingCondition.MaxRuntimeInSeconds", 0, "0, but 1 is the least."),
    ("and a most", f"{TRAIN}.ResourceConfig.KeepAlivePeriodInSeconds", 21601, "21601, but 21600 is the most."),
]

# Of ours.
OF_MEANING = [
    ("train takes every name", f"{CLUSTERS}.Name", "cluster", "see cluster, clusters."),
    ("every name that train takes is there", CLUSTERS, ABSENT, "see clusters."),
    ("model is the first", f"{CLUSTERS}.Name", "model", "SupportedHyperParameters: the names are not"),
    (
        "model leaves no choice",
        "TrainingSpecification.SupportedHyperParameters[0].Range.CategoricalParameterRangeSpecification.Values[1]",
        "lstm-ad",
        "(model): its default must be its only value.",
    ),
    ("the range is of the type", f"{CLUSTERS}.Type", "Continuous", "the type is Continuous, the range is Integer"),
    ("there is a default", f"{CLUSTERS}.DefaultValue", ABSENT, "(clusters): there is no default."),
    ("what has one is not required", f"{CLUSTERS}.IsRequired", True, "(clusters): what has a default is not required."),
    ("it is in its range", f"{CLUSTERS}.DefaultValue", "1", "(clusters): the default 1 is not in the range."),
    ("and a number", f"{CLUSTERS}.DefaultValue", "eight", "(clusters): the default eight is not in the range."),
    ("or one of the words", f"{ALGORITHM}.DefaultValue", "k-means", "(algorithm): the default k-means is not in"),
    (
        "a range has a lower and an upper end",
        f"{CLUSTERS}.{LIMITS}.MaxValue",
        "1",
        "the range has its ends the wrong",
    ),
    ("an expression is one", f"{METRIC}.Regex", "(", "(train_loss): the expression cannot be read"),
    ("it has one group", f"{METRIC}.Regex", "train_(loss): ([0-9.]+)", "(train_loss): the expression has 2 groups"),
    (
        "it finds the log's numbers",
        f"{METRIC}.Regex",
        "train_loss=([0-9.]+)",
        "the expression finds no number in the log",
    ),
    ("and numbers only", f"{METRIC}.Regex", "(train_loss)", "(train_loss): the expression finds no number in the log."),
    (
        "what is tuned by is a metric",
        "TrainingSpecification.SupportedTuningJobObjectiveMetrics[0].MetricName",
        "loss",
        "SupportedTuningJobObjectiveMetrics[0]: loss is none of the metrics.",
    ),
    ("one image does both", "InferenceSpecification.Containers[0].Image", "x/y:z", "it is not the image that trains."),
    ("the profile names hyperparameters", f"{TRAIN}.HyperParameters.k", "3", "HyperParameters.k: there is no such"),
    ("in their ranges", f"{TRAIN}.HyperParameters.clusters", "1", "HyperParameters.clusters: 1 is not in the range."),
    ("it has the required channels", f"{TRAIN}.InputDataConfig[0]", ABSENT, "the channel training is required"),
    ("and no others", f"{TRAIN}.InputDataConfig[1].ChannelName", "test", "there is no channel test."),
    ("in their content types", f"{TRAIN}.InputDataConfig[0].ContentType", "text/tsv", "text/tsv is none of the Suppor"),
    ("in their compression", f"{CHANNELS}[0].SupportedCompressionTypes", ["Gzip"], "None is none of the SupportedComp"),
    ("in their modes", f"{TRAIN}.TrainingInputMode", "Pipe", "Pipe is none of the SupportedInputModes of the channel"),
    ("on their machines", f"{TRAIN}.ResourceConfig.InstanceType", "ml.p2.xlarge", "training is not offered on it."),
    (
        "its batch job asks as it may",
        f"{TRANSFORM}.TransformInput.ContentType",
        "text/tsv",
        "requests are not taken in",
    ),
    ("and is answered so", f"{TRANSFORM}.TransformOutput.Accept", "text/tsv", "there are no answers in it."),
    ("there too", f"{TRANSFORM}.TransformResources.InstanceType", "ml.p2.xlarge", "batch jobs are not offered on it."),
]
OF_SERIES = [
    ("a series is not cut", f"{TRANSFORM}.TransformInput.SplitType", "Line", "SplitType: rows depend on each other"),
    (
        "nor put together",
        f"{TRANSFORM}.TransformOutput.AssembleWith",
        "Line",
        "AssembleWith: rows depend on each other",
    ),
]


def changed(name: str, path: str, value: object) -> dict:
    """The request for an algorithm with something put, or taken away, where messages would say it is."""
    request = json.loads(document(name).read_text())
    *way, last = (int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path))
    inner = request
    for step in way:
        inner = inner[step]
    if value is ABSENT:
        del inner[last]
    elif isinstance(inner, list):
        inner[last:] = [copy.deepcopy(value), *inner[last + 1 :]]
    else:
        inner[last] = copy.deepcopy(value)
    return request


def cases(rules_and_breaches):
    return pytest.mark.parametrize(
        ("path", "value", "fault"), [pytest.param(*rest, id=rule) for rule, *rest in rules_and_breaches]
    )


def said(faults: list[str], fault: str) -> bool:
    return any(fault in each for each in faults)


@cases(OF_SHAPES)
def test_what_does_not_fit_the_shapes_is_found(path, value, fault):
    assert said(shapes.faults(CREATE, changed("cnn-kmeans", path, value)), fault)


@cases(OF_MEANING)
def test_what_cannot_work_is_found(path, value, fault, logs):
    assert said(found("cnn-kmeans", changed("cnn-kmeans", path, value), logs), fault)


@cases(OF_SERIES)
def test_what_cuts_a_series_is_found_where_a_file_is_one(path, value, fault, logs):
    assert said(found("lstm-ad", changed("lstm-ad", path, value), logs), fault)
    assert not found("cnn-kmeans", changed("cnn-kmeans", path, value), logs)


def found(name: str, request: dict, logs: dict[str, str]) -> list[str]:
    assert not shapes.faults(CREATE, request)
    return rules.faults(
        request, predictor(name).Hyperparameters.names(), logs[name], predictor(name).rows_are_independent
    )


def test_all_faults_are_said_together():
    request = changed("cnn-kmeans", "AlgorithmName", ABSENT)
    request["AlgorithmDescription"] = "x" * 1025
    request["CertifyForMarketplace"] = 1
    assert len(shapes.faults(CREATE, request)) == 3


def test_every_pattern_is_tried_but_two_that_are_none():
    unreadable = set()
    for operation in ("CreateAlgorithm", "CreateTrainingJob", "CreateHyperParameterTuningJob", "CreateTransformJob"):
        unreadable |= unreadable_in(shapes.operation(operation).input_shape)
    assert not unreadable
    package = unreadable_in(shapes.operation("CreateModelPackage").input_shape)
    assert package == {"CustomerMetadataKey", "CustomerMetadataValue"}


def unreadable_in(shape, seen=None) -> set[str]:
    """The names of the shapes, of a shape and all within, whose patterns are not tried."""
    seen = set() if seen is None else seen
    if shape.name in seen:
        return set()
    seen.add(shape.name)
    assert shape.type_name in shapes.TYPES
    pattern = shape.metadata.get("pattern")
    within = {
        "structure": lambda: shape.members.values(),
        "list": lambda: [shape.member],
        "map": lambda: [shape.key, shape.value],
    }
    own = {shape.name} if pattern and shapes.expression(pattern) is None else set()
    return own.union(*(unreadable_in(each, seen) for each in within.get(shape.type_name, list)()))
