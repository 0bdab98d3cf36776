"""What AWS lets be left out of a CreateAlgorithm request, and buyers, tuning or the Marketplace need."""

from collections.abc import Iterator
from typing import Any

from listing.shapes import Json

HYPERPARAMETER = ["Description", "Range", "IsTunable", "IsRequired", "DefaultValue"]
TRIAL = "ValidationSpecification.ValidationProfiles[]"
NEEDED = {  # by where it is; `[]` stands for every item
    "": ["AlgorithmDescription", "InferenceSpecification", "ValidationSpecification", "CertifyForMarketplace"],
    "TrainingSpecification": [
        "SupportedHyperParameters",
        "SupportsDistributedTraining",
        "MetricDefinitions",
        "SupportedTuningJobObjectiveMetrics",
    ],
    "TrainingSpecification.SupportedHyperParameters[]": HYPERPARAMETER,
    "TrainingSpecification.TrainingChannels[]": ["Description", "IsRequired", "SupportedCompressionTypes"],
    "InferenceSpecification": [
        "SupportedTransformInstanceTypes",
        "SupportedRealtimeInferenceInstanceTypes",
        "SupportedContentTypes",
        "SupportedResponseMIMETypes",
    ],
    "InferenceSpecification.Containers[]": ["Image"],
    TRIAL: ["TransformJobDefinition"],
    f"{TRIAL}.TrainingJobDefinition": ["HyperParameters"],
    f"{TRIAL}.TrainingJobDefinition.InputDataConfig[]": ["ContentType"],
    f"{TRIAL}.TrainingJobDefinition.InputDataConfig[].DataSource": ["S3DataSource"],
    f"{TRIAL}.TrainingJobDefinition.ResourceConfig": ["InstanceType", "InstanceCount", "VolumeSizeInGB"],
    f"{TRIAL}.TrainingJobDefinition.StoppingCondition": ["MaxRuntimeInSeconds"],
    f"{TRIAL}.TransformJobDefinition.TransformInput": ["ContentType"],
    f"{TRIAL}.TransformJobDefinition.TransformOutput": ["Accept"],
}


def missing(request: Json) -> Iterator[str]:
    """A sentence for all that is needed and not there."""
    for place, members in NEEDED.items():
        for path, part in _parts(request, place):
            yield from (f"{path}.{each} is missing.".lstrip(".") for each in members if each not in part)


def _parts(part: Any, place: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """What is at a place, and the path of each."""
    if not place:
        yield path, part
        return
    step, _, rest = place.partition(".")
    name = step.removesuffix("[]")
    if name in part:
        path = f"{path}.{name}".lstrip(".")
        items = [(f"{path}[{index}]", item) for index, item in enumerate(part[name])]
        for inner, item in items if step.endswith("[]") else [(path, part[name])]:
            yield from _parts(item, rest, inner)
