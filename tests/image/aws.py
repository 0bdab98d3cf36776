"""A stand-in for AWS that knows the algorithms by their CreateAlgorithm requests, and checks what it is asked."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

from marketplace import aws_model

Json = dict[str, Any]

ACCOUNT, REGION = "123456789012", "us-east-1"
FOLDER = Path(__file__).parents[2] / "marketplace"
NAMES = sorted(file.parent.name for file in FOLDER.glob("*/algorithm.json"))
ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
MODEL = "s3://notebook/models/model.tar.gz"
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/nobody"  # a name alone would be looked up
NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


def document(name: str) -> Json:
    """Return the CreateAlgorithm request of an algorithm."""
    return json.loads((FOLDER / name / "algorithm.json").read_text())


def description(name: str) -> Json:
    """Return the answer of DescribeAlgorithm to a buyer."""
    return document(name) | {
        "AlgorithmArn": f"{ARN}:algorithm/{name}",
        "CreationTime": CREATED,
        "AlgorithmStatus": "Completed",
        "AlgorithmStatusDetails": {},
        "ProductId": "prod-1234567890123",
    }


class AWS:
    """A client of SageMaker, and what it was asked last, operation by operation."""

    def __init__(self, session: boto3.Session) -> None:
        self.client = session.client("sagemaker")
        self.asked: dict[str, Json] = {}
        self.client.meta.events.register("provide-client-params.sagemaker", self._ask)
        self.client.meta.events.register("before-call.sagemaker", self._answer)

    def _ask(self, params: Json, model: Any, **_: Any) -> None:
        self.take(model.name, params)

    def _answer(self, model: Any, **_: Any) -> tuple[AWSResponse, Json]:
        return AWSResponse(None, 200, {}, None), self.answer(model.name)

    def take(self, operation: str, asked: Json) -> None:
        """Keep a request, which must be one that AWS takes."""
        assert not (wrong := aws_model.faults(aws_model.operation(operation).input_shape, asked)), wrong
        self.asked[operation] = asked

    def answer(self, operation: str) -> Json:
        """The answer to the last request for an operation."""
        answer = self._answers(operation, self.asked[operation])
        if shape := aws_model.operation(operation).output_shape:  # a deletion has no answer
            assert not (wrong := aws_model.faults(shape, answer)), wrong
        return answer

    def _answers(self, operation: str, asked: Json) -> Json:
        match operation:
            case "DescribeAlgorithm":
                return description(asked["AlgorithmName"].rpartition("/")[2])
            case "CreateTrainingJob":
                return {"TrainingJobArn": f"{ARN}:training-job/{asked['TrainingJobName']}"}
            case "DescribeTrainingJob":
                return described_training(self.asked["CreateTrainingJob"])
            case "CreateHyperParameterTuningJob":
                job = asked["HyperParameterTuningJobName"]
                return {"HyperParameterTuningJobArn": f"{ARN}:hyper-parameter-tuning-job/{job}"}
            case "CreateModelPackage":
                return {"ModelPackageArn": f"{ARN}:model-package/{asked['ModelPackageName']}"}
            case "DescribeModelPackage":
                return described_package(asked["ModelPackageName"], self.asked["CreateModelPackage"])
            case "CreateModel":
                return {"ModelArn": f"{ARN}:model/{asked['ModelName']}"}
            case "DescribeModel":
                return described(self.asked["CreateModel"], ModelArn=f"{ARN}:model/{asked['ModelName']}")
            case "CreateTransformJob":
                return {"TransformJobArn": f"{ARN}:transform-job/{asked['TransformJobName']}"}
            case "DescribeTransformJob":
                arn = f"{ARN}:transform-job/{asked['TransformJobName']}"
                job = self.asked["CreateTransformJob"]
                return described(job, TransformJobArn=arn, TransformJobStatus="Completed")
            case "CreateEndpointConfig":
                return {"EndpointConfigArn": f"{ARN}:endpoint-config/{asked['EndpointConfigName']}"}
            case "CreateEndpoint":
                return {"EndpointArn": f"{ARN}:endpoint/{asked['EndpointName']}"}
            case "DescribeEndpointConfig":
                arn = f"{ARN}:endpoint-config/{asked['EndpointConfigName']}"
                return described(self.asked["CreateEndpointConfig"], EndpointConfigArn=arn)
            case "DescribeEndpoint":
                return {
                    **{key: self.asked["CreateEndpoint"][key] for key in ("EndpointName", "EndpointConfigName")},
                    "EndpointArn": f"{ARN}:endpoint/{asked['EndpointName']}",
                    "EndpointStatus": "InService",
                    "CreationTime": CREATED,
                    "LastModifiedTime": CREATED,
                }
            case "DeleteModel" | "DeleteModelPackage" | "DeleteEndpoint" | "DeleteEndpointConfig":
                return {}
        raise AssertionError(f"{operation} was not expected")


def described(asked: Json, **known: str) -> Json:
    """Return the request, with what AWS adds to it in a description."""
    return asked | known | {"CreationTime": CREATED}


def described_training(asked: Json) -> Json:
    """A job that has ended."""
    return {
        "TrainingJobName": asked["TrainingJobName"],
        "TrainingJobArn": f"{ARN}:training-job/{asked['TrainingJobName']}",
        "ModelArtifacts": {"S3ModelArtifacts": MODEL},
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "AlgorithmSpecification": asked["AlgorithmSpecification"],
        "ResourceConfig": asked["ResourceConfig"],
        "StoppingCondition": asked["StoppingCondition"],
        "CreationTime": CREATED,
    }


def described_package(name: str, asked: Json) -> Json:
    """A model package, by its name or ARN, that was made from an algorithm."""
    algorithm = asked["SourceAlgorithmSpecification"]["SourceAlgorithms"][0]["AlgorithmName"].rpartition("/")[2]
    inference = document(algorithm)["InferenceSpecification"]
    containers = [container | {"ProductId": "prod-1234567890123"} for container in inference["Containers"]]
    name = name.rpartition("/")[2]
    return {
        "ModelPackageName": name,
        "ModelPackageArn": f"{ARN}:model-package/{name}",
        "CreationTime": CREATED,
        "InferenceSpecification": inference | {"Containers": containers},
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
    }
