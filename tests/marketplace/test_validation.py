"""Every rule for a request, and a request that breaks it."""

import copy
import json
import re
from collections.abc import Iterable, Iterator

import pytest
from botocore.model import Shape

from marketplace import rules, shapes
from marketplace.algorithm import document

CREATE = shapes.operation("CreateAlgorithm").input_shape
ABSENT = object()
SPECIFICATION, INFERENCE = "TrainingSpecification", "InferenceSpecification"
CHANNELS = f"{SPECIFICATION}.TrainingChannels"
MODEL, CLUSTERS, ALGORITHM, KERNEL = (f"{SPECIFICATION}.SupportedHyperParameters[{index}]" for index in (0, 1, 2, 5))
LIMITS, WORDS = "Range.IntegerParameterRangeSpecification", "CategoricalParameterRangeSpecification"
METRIC = f"{SPECIFICATION}.MetricDefinitions[0]"
OBJECTIVE = f"{SPECIFICATION}.SupportedTuningJobObjectiveMetrics[0]"
TRAINING_MACHINES = f"{SPECIFICATION}.SupportedTrainingInstanceTypes"
REALTIME, BATCH = "SupportedRealtimeInferenceInstanceTypes", "SupportedTransformInstanceTypes"
OTHERS_ROLE = "arn:aws:iam::999999999999:role/x"
PROFILE = "ValidationSpecification.ValidationProfiles[0]"
TRAIN, TRANSFORM = f"{PROFILE}.TrainingJobDefinition", f"{PROFILE}.TransformJobDefinition"
PLACE, TYPE = "DataSource.S3DataSource.S3Uri", "DataSource.S3DataSource.S3DataType"

# Of botocore's model: the rule, what is put where, and what is said.
OF_SHAPES = [
    ("a required member is there", "AlgorithmName", ABSENT, "AlgorithmName is missing."),
    ("a required member of an item is there", f"{CHANNELS}[1].Name", ABSENT, f"{CHANNELS}[1].Name is missing."),
    ("no member is unknown", "TrainingSpecification.Image", "x", "TrainingSpecification.Image is unknown"),
    ("an object is an object", "InferenceSpecification", [], "InferenceSpecification: [] is not an object."),
    ("a list is a list", CHANNELS, {}, f"{CHANNELS}: {{}} is not a list."),
    ("a map is an object", f"{TRAIN}.HyperParameters", "x", f"{TRAIN}.HyperParameters: 'x' is not an object."),
    ("a text is a text", f"{CLUSTERS}.DefaultValue", 8, f"{CLUSTERS}.DefaultValue: 8 is not a string."),
    ("a text in a map is a text", f"{TRAIN}.HyperParameters.lr", 1, f"{TRAIN}.HyperParameters.lr: 1 is not a string."),
    ("a number is no text", f"{TRAIN}.ResourceConfig.InstanceCount", "1", "InstanceCount: '1' is not a whole number."),
    ("a number is not true", f"{TRAIN}.ResourceConfig.InstanceCount", True, "InstanceCount: True is not a whole numb"),
    ("a boolean is a boolean", "CertifyForMarketplace", "true", "CertifyForMarketplace: 'true' is not true or false."),
    ("a word is one of the enumeration", f"{CHANNELS}[0].SupportedInputModes[0]", "Fast", "'Fast' is none of Pipe, F"),
    (
        "a machine is one of the enumeration",
        "InferenceSpecification.SupportedTransformInstanceTypes[0]",
        "ml.m5.tiny",
        "'ml.m5.tiny' is none of",
    ),
    ("a text matches its pattern", "AlgorithmName", "cnn_kmeans", "AlgorithmName: 'cnn_kmeans' does not match [a-zA-Z"),
    ("a text matches its pattern to the end", "AlgorithmName", "cnn-kmeans-", "'cnn-kmeans-' does not match"),
    ("a pattern may name classes of Unicode", "AlgorithmDescription", "a\tb", r"'a\tb' does not match"),
    ("a text is not too long", f"{METRIC}.Regex", "x" * 501, f"{METRIC}.Regex: 501 characters, but 500 is the most."),
    ("a text is not too short", f"{PROFILE}.ProfileName", "", "ProfileName: 0 characters, but 1 is the least."),
    ("a list is not too long", f"{CHANNELS}", [{}] * 9, f"{CHANNELS}: 9 items, but 8 is the most."),
    ("a list is not too short", CHANNELS, [], f"{CHANNELS}: 0 items, but 1 is the least."),
    ("a map is not too large", f"{TRAIN}.HyperParameters", {str(i): "" for i in range(101)}, "101 entries, but 100 is"),
    (
        "a map's key is not too long",
        f"{TRAIN}.HyperParameters",
        {"x" * 257: ""},
        "257 characters, but 256 is the most.",
    ),
    ("a number is not too small", f"{TRAIN}.StoppingCondition.MaxRuntimeInSeconds", 0, "0, but 1 is the least."),
    ("a number is not too large", f"{TRAIN}.ResourceConfig.KeepAlivePeriodInSeconds", 21601, "21601, but 21600 is the"),
]

# Of ours.
OF_MEANING = [
    ("what buyers need is there", f"{CLUSTERS}.Description", ABSENT, f"{CLUSTERS}.Description is missing."),
    ("nothing is there that nobody has tried", f"{TRANSFORM}.MaxPayloadInMB", 1000, "MaxPayloadInMB: nobody has tried"),
    (
        "the name tells algorithm and version",
        "AlgorithmName",
        "x",
        "x, where cnn-kmeans-0-2-0 is right for the image's",
    ),
    ("the algorithm is described", "AlgorithmDescription", " ", "AlgorithmDescription: the description is empty."),
    ("a hyperparameter is described", f"{CLUSTERS}.Description", "", "(clusters): the description is empty."),
    ("a hyperparameter is one of `train`'s", f"{CLUSTERS}.Name", "cluster", "see cluster, clusters."),
    ("a hyperparameter of `train`'s is there", CLUSTERS, ABSENT, "see clusters."),
    ("`model` is the first and only one", f"{CLUSTERS}.Name", "model", "SupportedHyperParameters: the names are not"),
    (
        "`model` has one value",
        f"{MODEL}.Range.{WORDS}.Values[1]",
        "lstm-ad",
        "(model): the range is cnn-kmeans, lstm-ad,",
    ),
    ("`model` is not tuned", f"{MODEL}.IsTunable", True, "(model): tuning may not vary it."),
    ("a range is of its type", f"{CLUSTERS}.Type", "Continuous", "the type is Continuous, the range is Integer"),
    ("a default is that of `train`", f"{CLUSTERS}.DefaultValue", "9", "the default is 9, that of `train` is 8."),
    ("a default lies in its range", f"{CLUSTERS}.DefaultValue", "1", "(clusters): the default is 1, that of"),
    ("a default is a number", f"{CLUSTERS}.DefaultValue", "eight", "(clusters): the default is eight, that of"),
    ("a number is written as AWS reads it", f"{CLUSTERS}.DefaultValue", "0_8", "(clusters): the default is 0_8, that"),
    (
        "a default is one of the words",
        f"{ALGORITHM}.DefaultValue",
        "k-means",
        "(algorithm): the default is k-means, th",
    ),
    (
        "with a default none is required",
        f"{CLUSTERS}.IsRequired",
        True,
        "(clusters): what has a default is not required.",
    ),
    ("`train` takes the lower end", f"{KERNEL}.{LIMITS}.MinValue", "0", "the range is 0, 100, `train` takes 1 to 100."),
    ("`train` takes the upper end", f"{CLUSTERS}.{LIMITS}.MaxValue", "2000", "the range is 2, 2000, `train` takes"),
    ("`train` takes nothing beyond", f"{CLUSTERS}.{LIMITS}.MaxValue", "999", "the range is 2, 999, `train` takes"),
    ("the lower end is the lower one", f"{CLUSTERS}.{LIMITS}.MinValue", "1001", "the range is 1001, 1000"),
    ("what may be tuned is tunable", f"{CLUSTERS}.IsTunable", False, "(clusters): tuning may vary it."),
    ("a metric is one of the log", f"{METRIC}.Name", "loss", "the metrics are not train_loss, train_score"),
    ("a metric of the log is there", METRIC, ABSENT, "the metrics are not train_loss, train_score"),
    ("an expression can be read", f"{METRIC}.Regex", "(", "(train_loss): the expression cannot be read"),
    ("an expression has one group", f"{METRIC}.Regex", "train_(loss): ([0-9.]+)", "the expression has 2 groups"),
    (
        "an expression finds its value",
        f"{METRIC}.Regex",
        "train_loss=([0-9.]+)",
        "(train_loss): the expression finds []",
    ),
    ("an expression finds a number", f"{METRIC}.Regex", "(train_loss)", "the expression finds ['train_loss']"),
    ("an expression finds all digits", f"{METRIC}.Regex", "train_loss: (-?[0-9]+)", "the expression finds ['0']"),
    ("an expression finds the sign", f"{METRIC}.Regex", "train_loss: -?([0-9.]+)", "the expression finds ['12.25"),
    ("an expression is of its own metric", f"{METRIC}.Regex", "train_score: (-?[0-9.]+)", "the expression finds ['"),
    ("an expression finds no other metric", f"{METRIC}.Regex", "_loss: (-?[0-9.]+)", "finds ['0.50000000', '"),
    ("an objective is a metric", f"{OBJECTIVE}.MetricName", "loss", "[0]: Minimize loss, but there is no such metric."),
    ("an objective has its better direction", f"{OBJECTIVE}.Type", "Maximize", "Maximize train_loss, but Minimize is"),
    ("every metric may be the objective", OBJECTIVE, ABSENT, "ObjectiveMetrics: they are not all metrics"),
    (
        "a channel is one that `train` reads",
        f"{CHANNELS}[0].Name",
        "train",
        "the channels are not training, validation",
    ),
    (
        "every channel that `train` reads is there",
        f"{CHANNELS}[2]",
        ABSENT,
        "the channels are not training, validation",
    ),
    ("`training` is required", f"{CHANNELS}[0].IsRequired", False, "IsRequired: False for training, where True"),
    (
        "the other channels are not required",
        f"{CHANNELS}[1].IsRequired",
        True,
        "IsRequired: True for validation, where",
    ),
    ("a channel's modes are those it is read in", f"{CHANNELS}[0].SupportedInputModes", ["Pipe"], "['Pipe'] for train"),
    (
        "a channel's types are those it is read in",
        f"{CHANNELS}[0].SupportedContentTypes",
        ["text/tsv"],
        "['text/tsv'] f",
    ),
    (
        "a channel's compressions are read",
        f"{CHANNELS}[0].SupportedCompressionTypes",
        ["Gzip"],
        "['Gzip'] for training",
    ),
    (
        "requests may be of every format",
        f"{INFERENCE}.SupportedContentTypes",
        ["text/csv"],
        "these are not text/csv, a",
    ),
    (
        "answers may be of every format",
        f"{INFERENCE}.SupportedResponseMIMETypes",
        ["text/csv"],
        "these are not text/csv",
    ),
    ("several machines may train", f"{SPECIFICATION}.SupportsDistributedTraining", False, "several machines can train"),
    ("endpoints have machines", f"{INFERENCE}.{REALTIME}", [], f"{REALTIME}: there is none."),
    ("no machine is there twice", f"{INFERENCE}.{REALTIME}", ["ml.m5.xlarge"] * 2, "ml.m5.xlarge is there twice."),
    ("no machine is of ARM", f"{INFERENCE}.{REALTIME}", ["ml.m6g.xlarge"], "ml.m6g.xlarge has another processor"),
    ("no machine's GPU is too old for CUDA", f"{TRAINING_MACHINES}[0]", "ml.p3.2xlarge", "ml.p3.2xlarge has another"),
    ("no GPU is offered that batch cannot use", f"{INFERENCE}.{BATCH}[0]", "ml.g5.xlarge", "ml.g5.xlarge has another"),
    (
        "one image trains and serves",
        f"{INFERENCE}.Containers[0].Image",
        "x/y:z",
        "Containers: they are not one, with the",
    ),
    (
        "one container serves",
        f"{INFERENCE}.Containers[1]",
        {"Image": "x/y:z"},
        "Containers: they are not one, with the",
    ),
    (
        "the image is in Amazon ECR",
        f"{SPECIFICATION}.TrainingImage",
        "x/y:0.2.0",
        "x/y:0.2.0 is no image in Amazon ECR",
    ),
    (
        "the role is of the image's account",
        "ValidationSpecification.ValidationRole",
        OTHERS_ROLE,
        "is of another account",
    ),
    ("it is meant for the Marketplace", "CertifyForMarketplace", False, "CertifyForMarketplace: false"),
    ("the job's hyperparameters are there", f"{TRAIN}.HyperParameters.k", "3", "HyperParameters.k: there is no such"),
    ("the job's values are in their ranges", f"{TRAIN}.HyperParameters.clusters", "1", "1 is not in the range."),
    ("the job's numbers are numbers", f"{TRAIN}.HyperParameters.lr", "low", "low is not in the range."),
    ("the job's words are those there are", f"{TRAIN}.HyperParameters.algorithm", "x", "x is not in the range."),
    ("the job trains on files", f"{TRAIN}.TrainingInputMode", "Pipe", "TrainingInputMode: Pipe, where File is right."),
    (
        "the job has its channels",
        f"{TRAIN}.InputDataConfig[1]",
        ABSENT,
        "['training'], where ['training', 'validation']",
    ),
    ("the job's data are CSV", f"{TRAIN}.InputDataConfig[0].ContentType", "text/tsv", "text/tsv, where text/csv is"),
    ("the job's data are not compressed", f"{TRAIN}.InputDataConfig[0].CompressionType", "Gzip", "Gzip, where None is"),
    ("the job's data are a folder", f"{TRAIN}.InputDataConfig[0].{TYPE}", "ManifestFile", "where S3Prefix is right."),
    (
        "the job's data are its samples",
        f"{TRAIN}.InputDataConfig[0].{PLACE}",
        "s3://bucket/data",
        "does not end with /cnn",
    ),
    (
        "the job's machine is offered",
        f"{TRAIN}.ResourceConfig.InstanceType",
        "ml.m5.large",
        "ml.m5.large is not offered.",
    ),
    ("the job may take its time", f"{TRAIN}.StoppingCondition.MaxRuntimeInSeconds", 1, "1, but 600 are needed."),
    (
        "the batch job's data are CSV",
        f"{TRANSFORM}.TransformInput.ContentType",
        "application/json",
        "where text/csv is",
    ),
    (
        "the batch job is answered in CSV",
        f"{TRANSFORM}.TransformOutput.Accept",
        "application/json",
        "where text/csv is",
    ),
    (
        "the batch job's data are its samples",
        f"{TRANSFORM}.TransformInput.{PLACE}",
        "s3://x/y/",
        "does not end with /cnn",
    ),
    ("the batch job is split by line", f"{TRANSFORM}.TransformInput.SplitType", "RecordIO", "RecordIO, where Line is"),
    (
        "the batch job's machine is offered",
        f"{TRANSFORM}.TransformResources.InstanceType",
        "ml.m5.large",
        "not offered.",
    ),
]
OF_SERIES = [
    ("a series is not cut", f"{TRANSFORM}.TransformInput.SplitType", "Line", "SplitType: Line, where None is right."),
    (
        "a series is not put together",
        f"{TRANSFORM}.TransformOutput.AssembleWith",
        "Line",
        "AssembleWith: Line, where N",
    ),
]
# What may be left out, or be another word, number or machine: it is the seller's, or one of several.
FREE = (
    r"InstanceTypes\[\d+\]",
    r"Description",
    r"TrainingChannels\[2\]\.SupportedContentTypes(\[\d\])?",  # nothing reads what the model's type is said to be
    r"HyperParameters\.[a-z-]+",
    r"ProfileName",
    r"S3OutputPath",
    r"VolumeSizeInGB",
    r"MaxRuntimeInSeconds",
    r"InstanceType",
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


def test_whatever_is_taken_away_changed_or_added_is_noticed(name):
    request = json.loads(document(name).read_text())
    changes = [(path, other) for path, shape, value in parts(CREATE, request) for other in others(shape, value)]
    silent = {path for path, value in [*changes, *additions(CREATE, request)] if not noticed(name, path, value)}
    assert {matching(path) for path in silent} == {*FREE}


def noticed(name: str, path: str, value: object) -> bool:
    request = changed(name, path, value)
    return bool(shapes.faults(CREATE, request) or rules.faults(request, name))


def matching(path: str) -> str:
    """What allows a change to a path to go unnoticed; the path itself where nothing does."""
    return next((each for each in FREE if re.search(rf"{each}$", path)), path)


def parts(shape: Shape, value: object, path: str = "") -> Iterator[tuple[str, Shape, object]]:
    """Everything there is within, its path and its shape."""
    within: Iterable = ()
    match shape.type_name:
        case "structure":
            within = ((f"{path}.{key}".lstrip("."), shape.members[key], item) for key, item in value.items())
        case "list":
            within = ((f"{path}[{index}]", shape.member, item) for index, item in enumerate(value))
        case "map":
            within = ((f"{path}.{key}", shape.value, item) for key, item in value.items())
    for inner, of, item in within:
        yield inner, of, item
        yield from parts(of, item, inner)


def others(shape: Shape, value: object) -> Iterator[object]:
    """Nothing, and values that AWS allows there too: each word of an enumeration, or one of the same type."""
    yield ABSENT
    if words := shape.metadata.get("enum"):
        # Of the machines one of each kind: with GPUs that are new enough, too old, and of ARM.
        yield from ["ml.g5.xlarge", "ml.p3.2xlarge", "ml.m6g.xlarge"] if len(words) > 20 else {*words} - {value}
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from {1, value + 1} - {value}
    elif isinstance(value, str):
        yield from ("s3://x" if value.startswith("s3:") else "x", "")
    elif isinstance(value, list):
        yield from ([], [*value, *value[:1]])


def additions(shape: Shape, request: object) -> Iterator[tuple[str, object]]:
    """Every member that AWS knows and the request has not, with something that it may be."""
    for path, of, value in [("", shape, request), *parts(shape, request)]:
        if of.type_name == "structure":
            for key in of.members.keys() - value.keys():
                yield f"{path}.{key}".lstrip("."), something(of.members[key])


def something(shape: Shape) -> object:
    """The least that fits a shape."""
    match shape.type_name:
        case "structure":
            return {key: something(shape.members[key]) for key in shape.required_members}
        case "list":
            return [something(shape.member)] * shape.metadata.get("min", 0)
        case "map":
            return {}
        case "boolean":
            return True
        case "string":
            return shape.metadata.get("enum", ["s3://x/y"])[0]
        case _:
            return shape.metadata.get("min", 1)


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
