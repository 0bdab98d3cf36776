"""What a CreateAlgorithm request must be beyond its shapes.

SageMaker would find most of this out too: hours later, when it validates the algorithm, or when a buyer tunes it.
"""

import math
import re
from collections.abc import Collection, Iterator

from listing.shapes import Json

TRAINING, INFERENCE = "TrainingSpecification", "InferenceSpecification"
PROFILE = "ValidationSpecification.ValidationProfiles[0]"


def faults(request: Json, accepted: Collection[str], log: str, rows_are_independent: bool) -> list[str]:
    """All that is wrong with a request whose shapes are right: where, and what.

    accepted: the hyperparameters that `train` takes, `model` aside. log: what it prints.
    rows_are_independent: whether a file may be cut by line.
    """
    return [
        *_hyperparameters(request, accepted),
        *_metrics(request, log),
        *_images(request),
        *_training_profile(request),
        *_transform_profile(request, rows_are_independent),
    ]


def _hyperparameters(request: Json, accepted: Collection[str]) -> Iterator[str]:
    """Names are those that `train` takes, `model` leaves no choice, ranges have two ends and hold their defaults."""
    path, declared = f"{TRAINING}.SupportedHyperParameters", request[TRAINING]["SupportedHyperParameters"]
    names = [each["Name"] for each in declared]
    if names != ["model", *accepted]:
        odd = sorted({"model", *accepted} ^ set(names)) or names
        yield f"{path}: the names are not `model` and those that `train` takes, in their order: see {', '.join(odd)}."
    for index, each in enumerate(declared):
        place = f"{path}[{index}] ({each['Name']})"
        if list(each["Range"]) != [f"{each['Type']}ParameterRangeSpecification"]:
            yield f"{place}: the type is {each['Type']}, the range is {', '.join(each['Range'])}."
            continue
        if "DefaultValue" not in each:
            yield f"{place}: there is no default."
        elif each["IsRequired"]:
            yield f"{place}: what has a default is not required."
        elif not _within(each, each["DefaultValue"]):
            yield f"{place}: the default {each['DefaultValue']} is not in the range."
        if _ends(each) and not _within(each, _ends(each)[0]):
            yield f"{place}: the range has its ends the wrong way round."
        if each["Name"] == "model" and each["Range"] != _only(each.get("DefaultValue")):
            yield f"{place}: its default must be its only value."


def _metrics(request: Json, log: str) -> Iterator[str]:
    """Every expression finds a number in what is printed; what can be tuned by is printed."""
    metrics = request[TRAINING]["MetricDefinitions"]
    for index, metric in enumerate(metrics):
        place = f"{TRAINING}.MetricDefinitions[{index}] ({metric['Name']})"
        try:
            expression = re.compile(metric["Regex"])
        except re.error as error:
            yield f"{place}: the expression cannot be read: {error}."
            continue
        if expression.groups != 1:
            yield f"{place}: the expression has {expression.groups} groups, one must hold the value."
        elif not any(map(_is_number, expression.findall(log))):
            yield f"{place}: the expression finds no number in the log."
    for index, objective in enumerate(request[TRAINING]["SupportedTuningJobObjectiveMetrics"]):
        if objective["MetricName"] not in [metric["Name"] for metric in metrics]:
            place = f"{TRAINING}.SupportedTuningJobObjectiveMetrics[{index}]"
            yield f"{place}: {objective['MetricName']} is none of the metrics."


def _images(request: Json) -> Iterator[str]:
    """What trains also serves: one image was tried."""
    for index, container in enumerate(request[INFERENCE]["Containers"]):
        if container["Image"] != request[TRAINING]["TrainingImage"]:
            yield f"{INFERENCE}.Containers[{index}].Image: it is not the image that trains."


def _training_profile(request: Json) -> Iterator[str]:
    """The job that validates is one that a buyer could ask for."""
    path, job = f"{PROFILE}.TrainingJobDefinition", _profile(request)["TrainingJobDefinition"]
    declared = {each["Name"]: each for each in request[TRAINING]["SupportedHyperParameters"]}
    for name, value in job["HyperParameters"].items():
        if name not in declared:
            yield f"{path}.HyperParameters.{name}: there is no such hyperparameter."
        elif not _within(declared[name], value):
            yield f"{path}.HyperParameters.{name}: {value} is not in the range."

    channels = {each["Name"]: each for each in request[TRAINING]["TrainingChannels"]}
    given = {each["ChannelName"]: each for each in job["InputDataConfig"]}
    for name, channel in channels.items():
        if channel["IsRequired"] and name not in given:
            yield f"{path}.InputDataConfig: the channel {name} is required, and missing."
    for name, data in given.items():
        if name not in channels:
            yield f"{path}.InputDataConfig: there is no channel {name}."
            continue
        for chosen, supported in (
            (data["ContentType"], "SupportedContentTypes"),
            (data["CompressionType"], "SupportedCompressionTypes"),
            (job["TrainingInputMode"], "SupportedInputModes"),
        ):
            if chosen not in channels[name][supported]:
                yield f"{path}.InputDataConfig: {chosen} is none of the {supported} of the channel {name}."
    if job["ResourceConfig"]["InstanceType"] not in request[TRAINING]["SupportedTrainingInstanceTypes"]:
        yield f"{path}.ResourceConfig.InstanceType: training is not offered on it."


def _transform_profile(request: Json, rows_are_independent: bool) -> Iterator[str]:
    """The same of the batch job; and no file is cut whose rows depend on each other."""
    path, job = f"{PROFILE}.TransformJobDefinition", _profile(request)["TransformJobDefinition"]
    offered = request[INFERENCE]
    if job["TransformInput"]["ContentType"] not in offered["SupportedContentTypes"]:
        yield f"{path}.TransformInput.ContentType: requests are not taken in it."
    if job["TransformOutput"]["Accept"] not in offered["SupportedResponseMIMETypes"]:
        yield f"{path}.TransformOutput.Accept: there are no answers in it."
    if job["TransformResources"]["InstanceType"] not in offered["SupportedTransformInstanceTypes"]:
        yield f"{path}.TransformResources.InstanceType: batch jobs are not offered on it."
    if not rows_are_independent:
        for place, key in (("TransformInput", "SplitType"), ("TransformOutput", "AssembleWith")):
            if job[place].get(key, "None") != "None":
                yield f"{path}.{place}.{key}: rows depend on each other, so it must be None."


def _profile(request: Json) -> Json:
    return request["ValidationSpecification"]["ValidationProfiles"][0]


def _only(value: str | None) -> Json:
    return {"CategoricalParameterRangeSpecification": {"Values": [value]}}


def _ends(declared: Json) -> list[str]:
    """The lowest and the highest value of a number."""
    (limits,) = declared["Range"].values()
    return [limits["MinValue"], limits["MaxValue"]] if "MinValue" in limits else []


def _within(declared: Json, value: str) -> bool:
    if ends := _ends(declared):
        number = int if declared["Type"] == "Integer" else float
        try:
            return number(ends[0]) <= number(value) <= number(ends[1])
        except ValueError:
            return False
    return value in declared["Range"]["CategoricalParameterRangeSpecification"]["Values"]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
