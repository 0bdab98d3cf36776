"""What a CreateAlgorithm request consists of, object by object.

AWS' model of it has many more members, and requires few. Here every one is needed that buyers, tuning or the
Marketplace rely on, and none may be there that nobody has tried.
"""

from collections.abc import Iterator
from typing import Any

from marketplace.shapes import Json

TRAINING, INFERENCE = "TrainingSpecification", "InferenceSpecification"
PROFILE = "ValidationSpecification.ValidationProfiles[]"
TRAIN, TRANSFORM = f"{PROFILE}.TrainingJobDefinition", f"{PROFILE}.TransformJobDefinition"
CHANNEL = f"{TRAIN}.InputDataConfig[]"

MEMBERS = {  # by where an object is; `[]` stands for every item of a list
    "": "AlgorithmName AlgorithmDescription TrainingSpecification InferenceSpecification ValidationSpecification "
    "CertifyForMarketplace",
    TRAINING: "TrainingImage SupportedHyperParameters SupportedTrainingInstanceTypes SupportsDistributedTraining "
    "MetricDefinitions TrainingChannels SupportedTuningJobObjectiveMetrics",
    f"{TRAINING}.SupportedHyperParameters[]": "Name Description Type Range IsTunable IsRequired DefaultValue",
    f"{TRAINING}.MetricDefinitions[]": "Name Regex",
    f"{TRAINING}.TrainingChannels[]": "Name Description IsRequired SupportedContentTypes SupportedCompressionTypes "
    "SupportedInputModes",
    f"{TRAINING}.SupportedTuningJobObjectiveMetrics[]": "Type MetricName",
    INFERENCE: "Containers SupportedTransformInstanceTypes SupportedRealtimeInferenceInstanceTypes "
    "SupportedContentTypes SupportedResponseMIMETypes",
    f"{INFERENCE}.Containers[]": "Image",
    "ValidationSpecification": "ValidationRole ValidationProfiles",
    PROFILE: "ProfileName TrainingJobDefinition TransformJobDefinition",
    TRAIN: "TrainingInputMode HyperParameters InputDataConfig OutputDataConfig ResourceConfig StoppingCondition",
    CHANNEL: "ChannelName DataSource ContentType CompressionType",
    f"{CHANNEL}.DataSource": "S3DataSource",
    f"{CHANNEL}.DataSource.S3DataSource": "S3DataType S3Uri S3DataDistributionType",
    f"{TRAIN}.OutputDataConfig": "S3OutputPath",
    f"{TRAIN}.ResourceConfig": "InstanceType InstanceCount VolumeSizeInGB",
    f"{TRAIN}.StoppingCondition": "MaxRuntimeInSeconds",
    TRANSFORM: "TransformInput TransformOutput TransformResources",
    f"{TRANSFORM}.TransformInput": "DataSource ContentType CompressionType SplitType",
    f"{TRANSFORM}.TransformInput.DataSource": "S3DataSource",
    f"{TRANSFORM}.TransformInput.DataSource.S3DataSource": "S3DataType S3Uri",
    f"{TRANSFORM}.TransformOutput": "S3OutputPath Accept AssembleWith",
    f"{TRANSFORM}.TransformResources": "InstanceType InstanceCount",
}


def faults(request: Json) -> Iterator[str]:
    """A sentence for every member that is missing, and for every one too many."""
    for place, members in MEMBERS.items():
        for path, part in _objects(request, place):
            for member in members.split():
                if member not in part:
                    yield f"{path}.{member} is missing.".lstrip(".")
            for member in sorted(part.keys() - members.split()):
                yield f"{path}.{member}: nobody has tried it, leave it out.".lstrip(".")


def _objects(part: Any, place: str, path: str = "") -> Iterator[tuple[str, Json]]:
    """The objects at a place, and the path of each."""
    if not place:
        yield path, part
        return
    step, _, rest = place.partition(".")
    name = step.removesuffix("[]")
    if name in part:
        path = f"{path}.{name}".lstrip(".")
        items = [(f"{path}[{index}]", item) for index, item in enumerate(part[name])]
        for inner, item in items if step.endswith("[]") else [(path, part[name])]:
            yield from _objects(item, rest, inner)
