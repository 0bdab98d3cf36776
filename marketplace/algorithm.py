"""The CreateAlgorithm request of each listing, from what the code declares.

`.venv/bin/python -m marketplace.algorithm` renews the documents that are kept beside it, whose seller is nobody.
"""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketplace import instances
from marketplace.folder import FOLDER
from marketplace.profile import profile
from marketplace.seller import Seller
from marketplace.shapes import Json
from marketplace.words import words
from seriesbox import metrics
from seriesbox.algorithm import ALGORITHMS, estimator, predictor
from seriesbox.hyperparameters import Declaration
from seriesbox.sagemaker.channels import MODES
from seriesbox.sagemaker.serving.negotiation import CSV, FORMATS, JSON_LINES

NUMBERS: dict[str, tuple[type, re.Pattern[str]]] = {  # and how AWS takes them, more strictly than Python
    "Integer": (int, re.compile("-?[0-9]+")),
    "Continuous": (float, re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")),
}
TYPES = {"int": "Integer", "float": "Continuous", "str": "Categorical"}


NOBODY = Seller("123456789012", "us-east-1", "SageMakerValidation", "seriesbox-samples")


def document(name: str) -> Path:
    """Where the request is kept that nobody would make."""
    return FOLDER / name / "algorithm.json"


def written(request: Json) -> str:
    """As it is kept."""
    return json.dumps(request, indent=2) + "\n"


def request(name: str, seller: Seller) -> Json:
    """All that CreateAlgorithm is to be given for the algorithm of this name."""
    return {
        "AlgorithmName": f"{name}-{seller.version.replace('.', '-')}",
        "AlgorithmDescription": words(name)["Short description"],
        "TrainingSpecification": {
            "TrainingImage": seller.image,
            "SupportedHyperParameters": hyperparameters(name),
            "SupportedTrainingInstanceTypes": instances.TRAINING,
            "SupportsDistributedTraining": True,
            "MetricDefinitions": [{"Name": each, "Regex": metrics.regex(each)} for each in estimator(name).metrics],
            "TrainingChannels": channels(),
            "SupportedTuningJobObjectiveMetrics": [
                {"Type": better, "MetricName": each} for each, better in estimator(name).metrics.items()
            ],
        },
        "InferenceSpecification": {
            "Containers": [{"Image": seller.image}],
            "SupportedTransformInstanceTypes": instances.TRANSFORM,
            "SupportedRealtimeInferenceInstanceTypes": instances.REAL_TIME,
            "SupportedContentTypes": list(FORMATS),
            "SupportedResponseMIMETypes": list(FORMATS),
        },
        "ValidationSpecification": {
            "ValidationRole": seller.role_arn,
            "ValidationProfiles": [profile(name, f"s3://{seller.bucket}/{name}")],
        },
        "CertifyForMarketplace": True,
    }


def hyperparameters(name: str) -> list[Json]:
    """`model`, which leaves no choice, so that nobody need set it; then those of the algorithm."""
    return [
        {
            "Name": "model",
            "Description": "The algorithm.",
            "Type": "Categorical",
            "Range": {"CategoricalParameterRangeSpecification": {"Values": [name]}},
            "IsTunable": False,
            "IsRequired": False,
            "DefaultValue": name,
        },
        *map(_hyperparameter, predictor(name).Hyperparameters.declarations()),
    ]


def _hyperparameter(declared: Declaration) -> Json:
    kind, values = TYPES[declared.type], [_text(value) for value in declared.values]
    limits = {"Values": values} if kind == "Categorical" else dict(zip(("MinValue", "MaxValue"), values, strict=True))
    return {
        "Name": declared.name,
        "Description": declared.description,
        "Type": kind,
        "Range": {f"{kind}ParameterRangeSpecification": limits},
        "IsTunable": declared.tunable,
        "IsRequired": False,
        "DefaultValue": _text(declared.default),
    }


def values(declared: Json) -> list[str]:
    """Of a hyperparameter: every word that it takes, or the lowest and the highest number."""
    (limits,) = declared["Range"].values()
    return limits["Values"] if "Values" in limits else [limits["MinValue"], limits["MaxValue"]]


def _text(value: int | float | str) -> str:
    """Without an exponent, which not all who read the document may know."""
    return value if isinstance(value, str) else f"{Decimal(str(value)):f}"


def value_of(kind: str, text: str) -> Any:
    """What the text of a value stands for, where values are of a kind such as `Integer`; None where it is none."""
    if kind not in NUMBERS:
        return text
    number, written = NUMBERS[kind]
    return number(text) if written.fullmatch(text) else None


def channels() -> list[Json]:
    """Of both algorithms; whether a file is compressed, its content tells."""
    data, model = [CSV, JSON_LINES], ["application/x-sagemaker-model", "application/x-tar"]
    return [
        _channel("training", "The data that the model learns from.", data, ["None", "Gzip"], required=True),
        _channel("validation", "Other data, which the model is scored on after each epoch.", data, ["None", "Gzip"]),
        _channel(
            "model",
            "model.tar.gz of an earlier job; training starts from it. Give the hyperparameters that shape the network "
            "the same values as in that job.",
            model,
            ["None"],
        ),
    ]


def _channel(name: str, description: str, types: list[str], compressions: list[str], required: bool = False) -> Json:
    return {
        "Name": name,
        "Description": description,
        "IsRequired": required,
        "SupportedContentTypes": types,
        "SupportedCompressionTypes": compressions,
        "SupportedInputModes": list(MODES),
    }


if __name__ == "__main__":
    for name in ALGORITHMS:
        document(name).write_text(written(request(name, NOBODY)))
