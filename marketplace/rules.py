"""What a CreateAlgorithm request must be beyond its shapes: what the code does, neither more nor less.

SageMaker would find some of this out too: hours later, when it validates the algorithm, or when a buyer uses it.
"""

import re
from collections.abc import Iterator

from marketplace import members, trial
from marketplace.algorithm import TYPES, value_of, values
from marketplace.shapes import Json
from seriesbox import metrics
from seriesbox.algorithm import estimator, predictor
from seriesbox.hyperparameters import Declaration
from seriesbox.sagemaker.channels import CHANNELS, MODES
from seriesbox.sagemaker.serving.negotiation import CSV, FORMATS, JSON_LINES

TRAINING, INFERENCE, VALIDATION = "TrainingSpecification", "InferenceSpecification", "ValidationSpecification"
LOGGED = (0.5, -12.25, 1.5e-7, 1234567.0)  # values that a metric may have
CPU = re.compile(r"ml\.[mcr][0-9][ai]?\.[0-9]*xlarge")  # x86; a `g` there would be ARM
GPU = re.compile(r"ml\.g(4dn|5|6)\.[0-9]*xlarge")  # NVIDIA's that CUDA 13 knows
MACHINES = {
    f"{TRAINING}.SupportedTrainingInstanceTypes": (CPU, GPU),
    f"{INFERENCE}.SupportedRealtimeInferenceInstanceTypes": (CPU, GPU),
    f"{INFERENCE}.SupportedTransformInstanceTypes": (CPU,),  # no driver for CUDA 13 can be chosen for batch jobs
}
ECR_IMAGE = re.compile(r"([0-9]{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[^:@]+:[^:@]+")


def faults(request: Json, name: str) -> list[str]:
    """All that is wrong with the request, whose shapes are right, to list the algorithm called `name`: where, what."""
    # Each step relies on those before it.
    return list(members.faults(request)) or _of_the_offer(request, name) or list(trial.faults(request, name))


def _of_the_offer(request: Json, name: str) -> list[str]:
    rules = (_names, _hyperparameters, _metrics, _objectives, _channels, _formats, _machines, _image)
    return [fault for rule in rules for fault in rule(request, name)]


def _names(request: Json, name: str) -> Iterator[str]:
    """The algorithm's name tells its version, and everything is described."""
    _, _, version = request[TRAINING]["TrainingImage"].rpartition(":")
    if request["AlgorithmName"] != (right := f"{name}-{version.replace('.', '-')}"):
        yield f"AlgorithmName: {request['AlgorithmName']}, where {right} is right for the image's tag."
    described = {"AlgorithmDescription": request["AlgorithmDescription"]}
    for key in ("SupportedHyperParameters", "TrainingChannels"):
        described |= {f"{TRAINING}.{key} ({each['Name']})": each["Description"] for each in request[TRAINING][key]}
    yield from (f"{path}: the description is empty." for path, words in described.items() if not words.strip())


def _hyperparameters(request: Json, name: str) -> Iterator[str]:
    """They are those that `train` takes, as it takes them; `model` leaves no choice."""
    path, given = f"{TRAINING}.SupportedHyperParameters", request[TRAINING]["SupportedHyperParameters"]
    choice = Declaration("model", "str", name, (name,), "", tunable=False, lasting=True)
    declared = [choice, *predictor(name).Hyperparameters.declarations()]
    names, right = [each["Name"] for each in given], [each.name for each in declared]
    if names != right:
        odd = sorted({*names} ^ {*right}) or names
        yield f"{path}: the names are not `model` and those that `train` takes, in their order: see {', '.join(odd)}."
        return
    for index, (each, declaration) in enumerate(zip(given, declared, strict=True)):
        yield from (f"{path}[{index}] ({each['Name']}): {fault}" for fault in _otherwise(each, declaration))


def _otherwise(given: Json, declared: Declaration) -> Iterator[str]:
    """What is not as the code declares it."""
    kind = TYPES[declared.type]
    if given["Type"] != kind or list(given["Range"]) != [f"{kind}ParameterRangeSpecification"]:
        yield f"the type is {given['Type']}, the range is {', '.join(given['Range'])}: both must be {kind}."
        return
    if [value_of(kind, value) for value in values(given)] != [*declared.values]:
        yield f"the range is {', '.join(values(given))}, `train` takes {declared.range}."
    if value_of(kind, given["DefaultValue"]) != declared.default:
        yield f"the default is {given['DefaultValue']}, that of `train` is {declared.default}."
    if given["IsTunable"] != declared.tunable:
        yield f"tuning may{' not' * (not declared.tunable)} vary it."
    if given["IsRequired"]:
        yield "what has a default is not required."


def _metrics(request: Json, name: str) -> Iterator[str]:
    """They are those of the log; every expression finds its metric's value in a line, and nothing else."""
    expected = estimator(name).metrics
    path, given = f"{TRAINING}.MetricDefinitions", request[TRAINING]["MetricDefinitions"]
    if [each["Name"] for each in given] != [*expected]:
        yield f"{path}: the metrics are not {', '.join(expected)}, in this order."
    for index, metric in enumerate(given):
        place = f"{path}[{index}] ({metric['Name']})"
        try:
            expression = re.compile(metric["Regex"])
        except re.error as error:
            yield f"{place}: the expression cannot be read: {error}."
            continue
        if expression.groups != 1:
            yield f"{place}: the expression has {expression.groups} groups, one must hold the value."
            continue
        for value in LOGGED:
            others = {each: value + number for number, each in enumerate(expected, 1)}
            line = metrics.line(7, others | {metric["Name"]: value})
            if [value_of("Continuous", each) for each in expression.findall(line)] != [value]:
                yield f"{place}: the expression finds {expression.findall(line)} in `{line}`."
                break


def _objectives(request: Json, name: str) -> Iterator[str]:
    """Every metric may be tuned by, in the direction that is better."""
    expected, key = estimator(name).metrics, "SupportedTuningJobObjectiveMetrics"
    path, given = f"{TRAINING}.{key}", request[TRAINING][key]
    for index, objective in enumerate(given):
        better = expected.get(objective["MetricName"])
        if objective["Type"] != better:
            reason = f"{better} is right" if better else "there is no such metric"
            yield f"{path}[{index}]: {objective['Type']} {objective['MetricName']}, but {reason}."
    if [each["MetricName"] for each in given] != [*expected]:
        yield f"{path}: they are not all metrics, once each."


def _channels(request: Json, _: str) -> Iterator[str]:
    """They are those that `train` reads, in the forms and modes that it reads them in."""
    path, given = f"{TRAINING}.TrainingChannels", request[TRAINING]["TrainingChannels"]
    if [each["Name"] for each in given] != [*CHANNELS]:
        yield f"{path}: the channels are not {', '.join(CHANNELS)}, in this order."
        return
    for index, channel in enumerate(given):
        data = channel["Name"] != "model"
        right: Json = {
            "IsRequired": channel["Name"] == "training",
            "SupportedInputModes": [*MODES],
            "SupportedCompressionTypes": ["None", "Gzip"] if data else ["None"],
        }
        if data:
            right["SupportedContentTypes"] = [CSV, JSON_LINES]
        for key, value in right.items():
            if channel[key] != value:
                yield f"{path}[{index}].{key}: {channel[key]} for {channel['Name']}, where {value} is right."


def _formats(request: Json, _: str) -> Iterator[str]:
    """Requests and answers may be in every format."""
    for key in ("SupportedContentTypes", "SupportedResponseMIMETypes"):
        if request[INFERENCE][key] != [*FORMATS]:
            yield f"{INFERENCE}.{key}: these are not {', '.join(FORMATS)}, in this order."


def _machines(request: Json, _: str) -> Iterator[str]:
    """Each is there once, and is one on which the image computes as its buyer expects; several may train."""
    for path, kinds in MACHINES.items():
        specification, _, key = path.partition(".")
        machines = request[specification][key]
        if not machines:
            yield f"{path}: there is none."
        for machine in machines:
            if machines.count(machine) > 1:
                yield f"{path}: {machine} is there twice."
            if not any(kind.fullmatch(machine) for kind in kinds):
                yield f"{path}: {machine} has another processor than the image is made for."
    if not request[TRAINING]["SupportsDistributedTraining"]:
        yield f"{TRAINING}.SupportsDistributedTraining: false, but several machines can train one model."


def _image(request: Json, _: str) -> Iterator[str]:
    """One image does both, in the registry of the account that owns the role; and it is meant for the Marketplace."""
    image, role = request[TRAINING]["TrainingImage"], request[VALIDATION]["ValidationRole"]
    if [container["Image"] for container in request[INFERENCE]["Containers"]] != [image]:
        yield f"{INFERENCE}.Containers: they are not one, with the image that trains."
    if not (address := ECR_IMAGE.fullmatch(image)):
        yield f"{TRAINING}.TrainingImage: {image} is no image in Amazon ECR, with its tag."
    elif f"::{address[1]}:" not in role:
        yield f"{VALIDATION}.ValidationRole: {role} is of another account than the image."
    if not request["CertifyForMarketplace"]:
        yield "CertifyForMarketplace: false, and what is created so can never be listed."
