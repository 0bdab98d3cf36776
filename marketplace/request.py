"""The CreateAlgorithm request of each algorithm, from what the code declares.

`.venv/bin/python -m marketplace.request` renews `NAME/algorithm.json`, the requests of an example seller.
"""

import json
from decimal import Decimal
from typing import Any

from marketplace import instances
from marketplace.aws_model import Json
from marketplace.files import FOLDER, published, texts
from marketplace.profile import validation_profile
from marketplace.seller import Seller
from seriesbox import metrics
from seriesbox.algorithm import estimator_class, predictor_class
from seriesbox.formats.content_type import CSV, JSON_LINES, TEXTS
from seriesbox.hyperparameters import Declaration
from seriesbox.sagemaker.training.channels import MODES

EXAMPLE_SELLER = Seller("123456789012", "us-east-1", "SageMakerValidation", "seriesbox-samples")
TYPES = {"int": "Integer", "float": "Continuous", "str": "Categorical"}


def request(name: str, seller: Seller) -> Json:
    """Return the parameters of CreateAlgorithm for the algorithm called `name`."""
    estimator = estimator_class(name)
    objectives = {**estimator.metrics, **estimator.test_metrics}
    return {
        "AlgorithmName": seller.algorithm(name),
        "AlgorithmDescription": texts(name)["Short description"],
        "TrainingSpecification": {
            "TrainingImage": seller.image,
            "SupportedHyperParameters": hyperparameters(name),
            "SupportedTrainingInstanceTypes": instances.TRAINING,
            "SupportsDistributedTraining": True,
            "MetricDefinitions": [{"Name": metric, "Regex": metrics.regex(metric)} for metric in objectives],
            "TrainingChannels": channels(),
            "SupportedTuningJobObjectiveMetrics": [
                {"Type": objective, "MetricName": metric} for metric, objective in objectives.items()
            ],
        },
        "InferenceSpecification": {
            "Containers": [{"Image": seller.image}],
            "SupportedTransformInstanceTypes": instances.TRANSFORM,
            "SupportedRealtimeInferenceInstanceTypes": instances.REAL_TIME,
            "SupportedContentTypes": list(TEXTS),
            "SupportedResponseMIMETypes": list(TEXTS),
        },
        "ValidationSpecification": {
            "ValidationRole": seller.role_arn,
            "ValidationProfiles": [validation_profile(name, f"s3://{seller.bucket}/{name}")],
        },
        "CertifyForMarketplace": True,
    }


def hyperparameters(name: str) -> list[Json]:
    """Return `model`, which has only one value and may be left out, and the algorithm's own hyperparameters."""
    model = Declaration("model", "str", name, (name,), "The algorithm.", tunable=False, inherited=True)
    return [_hyperparameter(each) for each in (model, *predictor_class(name).Hyperparameters.declarations())]


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


def _text(value: Any) -> str:
    """Return a value as text, without an exponent, which not every reader of the request may know."""
    return value if isinstance(value, str) else f"{Decimal(str(value)):f}"


def channels() -> list[Json]:
    """Return the channels of a training job, the same for every algorithm."""
    data = {"SupportedContentTypes": [CSV, JSON_LINES], "SupportedCompressionTypes": ["None", "Gzip"]}
    model = {
        "SupportedContentTypes": ["application/x-sagemaker-model", "application/x-tar"],
        "SupportedCompressionTypes": ["None"],
    }
    earlier_model = "model.tar.gz of an earlier job; training starts from it."
    described = [
        ("training", "The data that the model learns from.", True, data),
        ("validation", "Other data, which the model is scored on after each epoch.", False, data),
        ("test", "Data to judge the model by, a label in the first column.", False, data),
        ("model", earlier_model, False, model),
    ]
    return [
        {"Name": name, "Description": text, "IsRequired": required, **files, "SupportedInputModes": list(MODES)}
        for name, text, required, files in described
    ]


def document(request: Json) -> str:
    """Return a request as the text of a file."""
    return json.dumps(request, indent=2) + "\n"


if __name__ == "__main__":
    for name in published():
        (FOLDER / name / "algorithm.json").write_text(document(request(name, EXAMPLE_SELLER)))
