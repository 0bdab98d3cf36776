"""Every rule for a request, and a request that breaks it."""

import copy
import json
import re
from collections.abc import Iterable, Iterator

import pytest

from listing import rules, shapes
from listing.algorithm import document

CREATE = shapes.operation("CreateAlgorithm").input_shape
ABSENT = object()
METRIC = "TrainingSpecification.MetricDefinitions[0]"
CHANNELS = "TrainingSpecification.TrainingChannels"
CLUSTERS, ALGORITHM = (f"TrainingSpecification.SupportedHyperParameters[{index}]" for index in (1, 2))
PROFILE = "ValidationSpecification.ValidationProfiles[0]"
TRAIN, TRANSFORM = f"{PROFILE}.TrainingJobDefinition", f"{PROFILE}.TransformJobDefinition"
LIMITS = "Range.IntegerParameterRangeSpecification"
PLACE = "DataSource.S3DataSource.S3Uri"
GZIPPED_MODEL = {
    "ChannelName": "model",
    "ContentType": "application/x-tar",
    "CompressionType": "Gzip",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/cnn-kmeans/samples/training/"}},
}

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
SPECIFICATION, INFERENCE = "TrainingSpecification", "InferenceSpecification"
MODEL = f"{SPECIFICATION}.SupportedHyperParameters[0]"
KERNEL = f"{SPECIFICATION}.SupportedHyperParameters[5]"
OBJECTIVE = f"{SPECIFICATION}.SupportedTuningJobObjectiveMetrics[0]"
OF_MEANING = [
    ("what buyers need is there", f"{CLUSTERS}.Description", ABSENT, f"{CLUSTERS}.Description is missing."),
    # Hyperparameters
    ("train takes every name", f"{CLUSTERS}.Name", "cluster", "see cluster, clusters."),
    ("every name that train takes is there", CLUSTERS, ABSENT, "see clusters."),
    ("model is the first", f"{CLUSTERS}.Name", "model", "SupportedHyperParameters: the names are not"),
    (
        "model leaves no choice",
        f"{MODEL}.Range.CategoricalParameterRangeSpecification.Values[1]",
        "lstm-ad",
        "(model): the range is cnn-kmeans, lstm-ad, `train` takes cnn-kmeans.",
    ),
    ("nor does tuning", f"{MODEL}.IsTunable", True, "(model): tuning may not vary it."),
    ("the range is of the type", f"{CLUSTERS}.Type", "Continuous", "the type is Continuous, the range is Integer"),
    ("the default is that of train", f"{CLUSTERS}.DefaultValue", "9", "the default is 9, that of `train` is 8."),
    ("it is in its range", f"{CLUSTERS}.DefaultValue", "1", "(clusters): the default is 1, that of"),
    ("and a number", f"{CLUSTERS}.DefaultValue", "eight", "(clusters): the default is eight, that of"),
    ("or one of the words", f"{ALGORITHM}.DefaultValue", "k-means", "(algorithm): the default is k-means, that of"),
    ("what has one is not required", f"{CLUSTERS}.IsRequired", True, "(clusters): what has a default is not required."),
    ("train takes the lower end", f"{KERNEL}.{LIMITS}.MinValue", "0", "the range is 0, 100, `train` takes 1 to 100."),
    ("and the upper one", f"{CLUSTERS}.{LIMITS}.MaxValue", "2000", "(clusters): the range is 2, 2000, `train` takes"),
    ("neither is shut out", f"{CLUSTERS}.{LIMITS}.MaxValue", "999", "(clusters): the range is 2, 999, `train` takes"),
    ("the lower end is the lower one", f"{CLUSTERS}.{LIMITS}.MinValue", "1001", "(clusters): the range is 1001, 1000"),
    ("what train lets tuning vary is tunable", f"{CLUSTERS}.IsTunable", False, "(clusters): tuning may vary it."),
    # Metrics
    ("the metrics are those of the log", f"{METRIC}.Name", "loss", "the metrics are not train_loss, train_score"),
    ("all of them", METRIC, ABSENT, "the metrics are not train_loss, train_score"),
    ("an expression is one", f"{METRIC}.Regex", "(", "(train_loss): the expression cannot be read"),
    ("it has one group", f"{METRIC}.Regex", "train_(loss): ([0-9.]+)", "(train_loss): the expression has 2 groups"),
    ("it finds the log's numbers", f"{METRIC}.Regex", "train_loss=([0-9.]+)", "(train_loss): the expression finds []"),
    ("and numbers only", f"{METRIC}.Regex", "(train_loss)", "(train_loss): the expression finds ['train_loss']"),
    ("whole ones", f"{METRIC}.Regex", "train_loss: (-?[0-9]+)", "(train_loss): the expression finds ['0']"),
    ("with their signs", f"{METRIC}.Regex", "train_loss: -?([0-9.]+)", "(train_loss): the expression finds ['12.25"),
    ("of its own metric", f"{METRIC}.Regex", "train_score: (-?[0-9.]+)", "(train_loss): the expression finds ['"),
    ("and of no other", f"{METRIC}.Regex", "_loss: (-?[0-9.]+)", "(train_loss): the expression finds ['0.50000000', '"),
    (
        "what is tuned by is a metric",
        f"{OBJECTIVE}.MetricName",
        "loss",
        "[0]: Minimize loss, where no metric is right.",
    ),
    (
        "in the direction that is better",
        f"{OBJECTIVE}.Type",
        "Maximize",
        "Maximize train_loss, where Minimize is right",
    ),
    ("every metric may be", OBJECTIVE, ABSENT, "SupportedTuningJobObjectiveMetrics: they are not all metrics"),
    # Channels
    ("train reads the channels", f"{CHANNELS}[0].Name", "train", "the channels are not training, validation, model"),
    ("all of them", f"{CHANNELS}[2]", ABSENT, "the channels are not training, validation, model"),
    ("training is required", f"{CHANNELS}[0].IsRequired", False, "IsRequired: False for training, where True is right"),
    ("the others are not", f"{CHANNELS}[1].IsRequired", True, "IsRequired: True for validation, where False is right"),
    ("their modes are those it reads", f"{CHANNELS}[0].SupportedInputModes", ["Pipe"], "['Pipe'] for training, where"),
    ("so are their types", f"{CHANNELS}[0].SupportedContentTypes", ["text/tsv"], "['text/tsv'] for training, where"),
    ("and compressions", f"{CHANNELS}[0].SupportedCompressionTypes", ["Gzip"], "['Gzip'] for training, where"),
    # What is offered
    (
        "requests may be of any format",
        f"{INFERENCE}.SupportedContentTypes",
        ["text/csv"],
        "these are not text/csv, app",
    ),
    (
        "and answers",
        f"{INFERENCE}.SupportedResponseMIMETypes",
        ["text/csv"],
        "these are not text/csv, application/json",
    ),
    ("several machines may train", f"{SPECIFICATION}.SupportsDistributedTraining", False, "several machines do train"),
    (
        "no machine is there twice",
        f"{INFERENCE}.SupportedTransformInstanceTypes",
        ["ml.m5.xlarge", "ml.m5.xlarge"],
        "SupportedTransformInstanceTypes: one is there twice.",
    ),
    # The seller
    ("one image does both", f"{INFERENCE}.Containers[0].Image", "x/y:z", "it is not the image that trains."),
    ("it is in a registry of AWS", f"{SPECIFICATION}.TrainingImage", "x/y:z", "x/y:z is no image in Amazon ECR"),
    (
        "of the account of the role",
        "ValidationSpecification.ValidationRole",
        "arn:aws:iam::999999999999:role/x",
        "is of another account than the image",
    ),
    ("the Marketplace is meant", "CertifyForMarketplace", False, "CertifyForMarketplace: false"),
    # The jobs that validate
    ("the profile names hyperparameters", f"{TRAIN}.HyperParameters.k", "3", "HyperParameters.k: there is no such"),
    ("in their ranges", f"{TRAIN}.HyperParameters.clusters", "1", "HyperParameters.clusters: 1 is not in the range."),
    ("numbers are numbers", f"{TRAIN}.HyperParameters.lr", "low", "HyperParameters.lr: low is not in the range."),
    ("words are those there are", f"{TRAIN}.HyperParameters.algorithm", "x", "algorithm: x is not in the range."),
    ("it has the required channels", f"{TRAIN}.InputDataConfig[0]", ABSENT, "the channel training is required"),
    ("and no others", f"{TRAIN}.InputDataConfig[1].ChannelName", "test", "there is no channel test."),
    ("in their content types", f"{TRAIN}.InputDataConfig[0].ContentType", "text/tsv", "text/tsv is none of the Suppor"),
    ("in their compression", f"{TRAIN}.InputDataConfig[1]", GZIPPED_MODEL, "Gzip is none of the SupportedCompressionT"),
    ("in their modes", f"{TRAIN}.TrainingInputMode", "Pipe", "Pipe is none of the SupportedInputModes of the channel"),
    (
        "with samples",
        f"{TRAIN}.InputDataConfig[0].{PLACE}",
        "s3://bucket/data",
        "is no folder of cnn-kmeans's samples.",
    ),
    ("on their machines", f"{TRAIN}.ResourceConfig.InstanceType", "ml.p2.xlarge", "training is not offered on it."),
    ("its batch job asks as it may", f"{TRANSFORM}.TransformInput.ContentType", "text/tsv", "requests are not taken"),
    ("and is answered so", f"{TRANSFORM}.TransformOutput.Accept", "text/tsv", "there are no answers in it."),
    ("for samples too", f"{TRANSFORM}.TransformInput.{PLACE}", "s3://x/cnn-kmeans/samples/none/", "is no folder of"),
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
# What a request may do without: AWS' default is as good, or it is one of several.
OPTIONAL = (
    r"InstanceTypes\[\d+\]",
    r"TrainingChannels\[2\]\.SupportedContentTypes\[\d\]",  # nothing reads what the model's is said to be
    r"HyperParameters\.[a-z-]+",
    r"InputDataConfig\[1\]",
    r"CompressionType",
    r"S3DataDistributionType",
    r"SplitType",
    r"AssembleWith",
)
# What may be another word or number: it is the seller's, or says how the algorithm is tried.
FREE = (
    r"AlgorithmName",
    r"Description",
    r"TrainingChannels\[2\]\.SupportedContentTypes\[\d\]",
    r"ProfileName",
    r"S3OutputPath",
    r"VolumeSizeInGB",
    r"InstanceCount",
    r"MaxRuntimeInSeconds",
)


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
def test_what_cannot_work_is_found(path, value, fault):
    assert said(found("cnn-kmeans", changed("cnn-kmeans", path, value)), fault)


@cases(OF_SERIES)
def test_what_cuts_a_series_is_found_where_a_file_is_one(path, value, fault):
    assert said(found("lstm-ad", changed("lstm-ad", path, value)), fault)
    assert not found("cnn-kmeans", changed("cnn-kmeans", path, value))


def found(name: str, request: dict) -> list[str]:
    assert not shapes.faults(CREATE, request)
    return rules.faults(request, name)


def test_whatever_is_taken_away_is_missed(name):
    silent = [path for path, _ in parts(json.loads(document(name).read_text())) if not any_found(name, path, ABSENT)]
    assert {matching(path, OPTIONAL) for path in silent} == {*OPTIONAL}


def test_whatever_is_changed_is_noticed(name):
    silent = [
        path
        for path, value in parts(json.loads(document(name).read_text()))
        if isinstance(value, str | int) and not any_found(name, path, another(value))
    ]
    assert {matching(path, FREE) for path in silent} == {*FREE}


def another(value: str | int) -> str | int:
    """A value of the same type."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return "s3://x" if value.startswith("s3:") else "x"


def any_found(name: str, path: str, value: object) -> bool:
    request = changed(name, path, value)
    return bool(shapes.faults(CREATE, request) or rules.faults(request, name))


def matching(path: str, patterns: tuple[str, ...]) -> str:
    (pattern,) = [each for each in patterns if re.search(f"{each}$", path)] or [path]
    return pattern


def parts(part: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Everything there is within, and its path."""
    steps: Iterable = ()
    if isinstance(part, dict):
        steps = ((f"{path}.{key}".lstrip("."), value) for key, value in part.items())
    elif isinstance(part, list):
        steps = ((f"{path}[{index}]", value) for index, value in enumerate(part))
    for inner, value in steps:
        yield inner, value
        yield from parts(value, inner)


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
