"""What the jobs must be by which SageMaker tries an algorithm: such as buyers could ask for, on the samples."""

from collections.abc import Iterator

from listing.algorithm import value_of, values
from listing.folder import samples_folder
from listing.shapes import Json
from seriesbox.algorithm import predictor

TRAINING, INFERENCE = "TrainingSpecification", "InferenceSpecification"
PROFILE = "ValidationSpecification.ValidationProfiles[0]"
TRAIN, TRANSFORM = f"{PROFILE}.TrainingJobDefinition", f"{PROFILE}.TransformJobDefinition"


def faults(request: Json, name: str) -> Iterator[str]:
    """What is wrong with the jobs of a request that has all that is needed."""
    (profile,) = request["ValidationSpecification"]["ValidationProfiles"]
    yield from _training(request[TRAINING], profile["TrainingJobDefinition"], name)
    yield from _transform(request[INFERENCE], profile["TransformJobDefinition"], name)


def _training(offered: Json, job: Json, name: str) -> Iterator[str]:
    declared = {each["Name"]: each for each in offered["SupportedHyperParameters"]}
    for each, value in job["HyperParameters"].items():
        if each not in declared:
            yield f"{TRAIN}.HyperParameters.{each}: there is no such hyperparameter."
        elif not _within(declared[each], value):
            yield f"{TRAIN}.HyperParameters.{each}: {value} is not in the range."

    channels = {each["Name"]: each for each in offered["TrainingChannels"]}
    given = {each["ChannelName"]: each for each in job["InputDataConfig"]}
    if "training" not in given:
        yield f"{TRAIN}.InputDataConfig: the channel training is required, and missing."
    for channel, data in given.items():
        if channel not in channels:
            yield f"{TRAIN}.InputDataConfig: there is no channel {channel}."
            continue
        for chosen, supported in (
            (data["ContentType"], "SupportedContentTypes"),
            (data.get("CompressionType", "None"), "SupportedCompressionTypes"),
            (job["TrainingInputMode"], "SupportedInputModes"),
        ):
            if chosen not in channels[channel][supported]:
                yield f"{TRAIN}.InputDataConfig: {chosen} is none of the {supported} of the channel {channel}."
        yield from _uploaded(data, name, f"{TRAIN}.InputDataConfig ({channel})")
    if job["ResourceConfig"]["InstanceType"] not in offered["SupportedTrainingInstanceTypes"]:
        yield f"{TRAIN}.ResourceConfig.InstanceType: training is not offered on it."


def _transform(offered: Json, job: Json, name: str) -> Iterator[str]:
    if job["TransformInput"]["ContentType"] not in offered["SupportedContentTypes"]:
        yield f"{TRANSFORM}.TransformInput.ContentType: requests are not taken in it."
    if job["TransformOutput"]["Accept"] not in offered["SupportedResponseMIMETypes"]:
        yield f"{TRANSFORM}.TransformOutput.Accept: there are no answers in it."
    if job["TransformResources"]["InstanceType"] not in offered["SupportedTransformInstanceTypes"]:
        yield f"{TRANSFORM}.TransformResources.InstanceType: batch jobs are not offered on it."
    if not predictor(name).rows_are_independent:
        for place, key in (("TransformInput", "SplitType"), ("TransformOutput", "AssembleWith")):
            if job[place].get(key, "None") != "None":
                yield f"{TRANSFORM}.{place}.{key}: rows depend on each other, so it must be None."
    yield from _uploaded(job["TransformInput"], name, f"{TRANSFORM}.TransformInput")


def _uploaded(data: Json, name: str, path: str) -> Iterator[str]:
    place = data["DataSource"]["S3DataSource"]["S3Uri"]
    _, _, sample = place.partition(f"/{name}/samples/")
    if not sample or not any((samples_folder(name) / sample).glob("*.csv")):
        yield f"{path}: {place} is no folder of {name}'s samples."


def _within(declared: Json, text: str) -> bool:
    if declared["Type"] == "Categorical":
        return text in values(declared)
    value, low, high = (value_of(declared["Type"], each) for each in [text, *values(declared)])
    return value is not None and low <= value <= high
