"""What the two jobs must be by which SageMaker tries an algorithm: a training and a batch job on the samples."""

from collections.abc import Iterator
from typing import Any

from marketplace.algorithm import value_of, values
from marketplace.folder import samples_folder
from marketplace.shapes import Json
from seriesbox.algorithm import predictor
from seriesbox.sagemaker.serving.negotiation import CSV

PROFILE = "ValidationSpecification.ValidationProfiles[0]"
TRAIN, TRANSFORM = f"{PROFILE}.TrainingJobDefinition", f"{PROFILE}.TransformJobDefinition"
CHANNELS = ["training", "validation"]
LEAST_SECONDS = 600  # the training takes some: a job that SageMaker stops is a validation that failed


def faults(request: Json, name: str) -> Iterator[str]:
    """What is wrong with the jobs of a request to list the algorithm called `name`, all else being right."""
    (profile,) = request["ValidationSpecification"]["ValidationProfiles"]
    yield from _training(request["TrainingSpecification"], profile["TrainingJobDefinition"], name)
    yield from _transform(request["InferenceSpecification"], profile["TransformJobDefinition"], name)


def _training(offered: Json, job: Json, name: str) -> Iterator[str]:
    declared = {each["Name"]: each for each in offered["SupportedHyperParameters"]}
    for each, value in job["HyperParameters"].items():
        if each not in declared:
            yield f"{TRAIN}.HyperParameters.{each}: there is no such hyperparameter."
        elif not _within(declared[each], value):
            yield f"{TRAIN}.HyperParameters.{each}: {value} is not in the range."

    yield from _unlike("File", job["TrainingInputMode"], f"{TRAIN}.TrainingInputMode")
    given = job["InputDataConfig"]
    yield from _unlike(CHANNELS, [data["ChannelName"] for data in given], f"{TRAIN}.InputDataConfig: the channels")
    for index, data in enumerate(given):
        path = f"{TRAIN}.InputDataConfig[{index}]"
        yield from _sample(data, name, data["ChannelName"], path)
        source = data["DataSource"]["S3DataSource"]
        yield from _unlike("FullyReplicated", source["S3DataDistributionType"], f"{path}.S3DataDistributionType")

    machine, seconds = job["ResourceConfig"], job["StoppingCondition"]["MaxRuntimeInSeconds"]
    yield from _machine(machine, offered["SupportedTrainingInstanceTypes"], f"{TRAIN}.ResourceConfig")
    if seconds < LEAST_SECONDS:
        yield f"{TRAIN}.StoppingCondition.MaxRuntimeInSeconds: {seconds}, but {LEAST_SECONDS} are needed."


def _transform(offered: Json, job: Json, name: str) -> Iterator[str]:
    yield from _sample(job["TransformInput"], name, "batch", f"{TRANSFORM}.TransformInput")
    yield from _unlike(CSV, job["TransformOutput"]["Accept"], f"{TRANSFORM}.TransformOutput.Accept")
    machine, machines = job["TransformResources"], offered["SupportedTransformInstanceTypes"]
    yield from _machine(machine, machines, f"{TRANSFORM}.TransformResources")
    cut = "Line" if predictor(name).rows_are_independent else "None"
    for place, key in (("TransformInput", "SplitType"), ("TransformOutput", "AssembleWith")):
        yield from _unlike(cut, job[place][key], f"{TRANSFORM}.{place}.{key}")


def _sample(data: Json, name: str, sample: str, path: str) -> Iterator[str]:
    """The data are one of the samples, as it is."""
    source, place = data["DataSource"]["S3DataSource"], f"/{name}/samples/{sample}/"
    yield from _unlike("S3Prefix", source["S3DataType"], f"{path}.S3DataType")
    yield from _unlike(CSV, data["ContentType"], f"{path}.ContentType")
    yield from _unlike("None", data["CompressionType"], f"{path}.CompressionType")
    if not source["S3Uri"].startswith("s3://") or not source["S3Uri"].endswith(place):
        yield f"{path}.S3Uri: {source['S3Uri']} does not end with {place}, where the samples are."
    elif not any((samples_folder(name) / sample).glob("*.csv")):
        yield f"{path}.S3Uri: there is no sample in marketplace{place}."


def _machine(machine: Json, offered: list[str], path: str) -> Iterator[str]:
    yield from _unlike(1, machine["InstanceCount"], f"{path}.InstanceCount")
    if machine["InstanceType"] not in offered:
        yield f"{path}.InstanceType: {machine['InstanceType']} is not offered."


def _unlike(right: Any, given: Any, path: str) -> Iterator[str]:
    if given != right:
        yield f"{path}: {given}, where {right} is right."


def _within(declared: Json, text: str) -> bool:
    if declared["Type"] == "Categorical":
        return text in values(declared)
    value, low, high = (value_of(declared["Type"], each) for each in [text, *values(declared)])
    return value is not None and low <= value <= high
