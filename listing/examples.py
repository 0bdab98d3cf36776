"""A buyer's calls of AWS: the jobs are those that SageMaker validates, so that they are known to work."""

import json
from collections.abc import Iterator
from typing import Any

from botocore import xform_name

from listing import algorithm, instances
from listing.algorithm import NOBODY, Json
from seriesbox.sagemaker.serving.negotiation import CSV

BUCKET, ROLE = "amzn-s3-demo-bucket", f"arn:aws:iam::{NOBODY.account}:role/SageMaker"
ISOLATED = {"EnableNetworkIsolation": True}  # as products of Marketplace must be
Call = tuple[str, str, Json]  # service, operation, request


def arn(name: str) -> str:
    """Of the algorithm; a buyer has another one."""
    return _arn("algorithm", algorithm.request(name, NOBODY)["AlgorithmName"])


def place(name: str) -> str:
    """Where the samples are, and what comes of them."""
    return f"s3://{BUCKET}/{name}"


def training(name: str) -> Call:
    """The job that trains."""
    job = {**_profile(name)["TrainingJobDefinition"], "OutputDataConfig": {"S3OutputPath": f"{place(name)}/model"}}
    product = {"AlgorithmName": arn(name), "TrainingInputMode": job.pop("TrainingInputMode")}
    names = {"TrainingJobName": name, "RoleArn": ROLE, "AlgorithmSpecification": product}
    return "sagemaker", "CreateTrainingJob", {**names, **job, **ISOLATED}


def model(name: str) -> Iterator[Call]:
    """What makes a model of the job's artifact."""
    _, _, job = training(name)
    artifact = f"{job['OutputDataConfig']['S3OutputPath']}/{name}/output/model.tar.gz"
    source = {"SourceAlgorithms": [{"AlgorithmName": arn(name), "ModelDataUrl": artifact}]}
    yield "sagemaker", "CreateModelPackage", {"ModelPackageName": name, "SourceAlgorithmSpecification": source}
    container = {"ModelPackageName": _arn("model-package", name)}
    names = {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    yield "sagemaker", "CreateModel", {**names, **ISOLATED}


def transform(name: str) -> Call:
    """The batch job."""
    job = dict(_profile(name)["TransformJobDefinition"])
    job["TransformOutput"] = {**job["TransformOutput"], "S3OutputPath": f"{place(name)}/answers"}
    return "sagemaker", "CreateTransformJob", {"TransformJobName": name, "ModelName": name, **job}


def endpoint(name: str) -> Iterator[Call]:
    """What makes an endpoint of the model, and asks it."""
    machine = {"InstanceType": instances.VALIDATION, "InitialInstanceCount": 1}
    variant = {"VariantName": "all", "ModelName": name, **machine}
    yield "sagemaker", "CreateEndpointConfig", {"EndpointConfigName": name, "ProductionVariants": [variant]}
    yield "sagemaker", "CreateEndpoint", {"EndpointName": name, "EndpointConfigName": name}
    request = {"ContentType": CSV, "Accept": CSV, "Body": "fileb://request.csv"}
    yield "sagemaker-runtime", "InvokeEndpoint", {"EndpointName": name, **request}


def command(call: Call) -> str:
    """As one types it for the AWS CLI. InvokeEndpoint's answer goes to a file."""
    service, operation, request = call
    lines = [f"aws {service} {xform_name(operation, '-')}"]
    lines += [f"--{xform_name(name, '-')}{_argument(value)}" for name, value in request.items()]
    if operation == "InvokeEndpoint":
        lines.append("response.csv")
    return " \\\n  ".join(lines)


def _argument(value: Any) -> str:
    if value is True:  # a flag
        return ""
    return f" {value}" if isinstance(value, str) else f" '{json.dumps(value)}'"


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{NOBODY.region}:{NOBODY.account}:{kind}/{name}"


def _profile(name: str) -> Json:
    return algorithm.profile(name, place(name))
