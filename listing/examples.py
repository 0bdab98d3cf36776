"""A buyer's calls of AWS: the jobs are those that SageMaker validates, so that they are known to work."""

from collections.abc import Iterator

from listing import instances
from listing.algorithm import NOBODY, request
from listing.aws import Call
from listing.profile import profile
from seriesbox.sagemaker.serving.negotiation import CSV

BUCKET, ROLE = "amzn-s3-demo-bucket", f"arn:aws:iam::{NOBODY.account}:role/SageMaker"
ISOLATED = {"EnableNetworkIsolation": True}  # as products of Marketplace must be


def arn(name: str) -> str:
    """Of the algorithm; a buyer has another one."""
    return _arn("algorithm", request(name, NOBODY)["AlgorithmName"])


def place(name: str) -> str:
    """Where the samples are, and what comes of them."""
    return f"s3://{BUCKET}/{name}"


def training(name: str) -> Call:
    """The job that trains."""
    job = profile(name, place(name))["TrainingJobDefinition"]
    job["OutputDataConfig"]["S3OutputPath"] = f"{place(name)}/models"
    product = {"AlgorithmName": arn(name), "TrainingInputMode": job.pop("TrainingInputMode")}
    names = {"TrainingJobName": name, "RoleArn": ROLE, "AlgorithmSpecification": product}
    return Call("sagemaker", "CreateTrainingJob", {**names, **job, **ISOLATED})


def model(name: str) -> Iterator[Call]:
    """What makes a model of the job's artifact."""
    artifact = f"{place(name)}/models/{name}/output/model.tar.gz"
    source = {"SourceAlgorithms": [{"AlgorithmName": arn(name), "ModelDataUrl": artifact}]}
    yield Call("sagemaker", "CreateModelPackage", {"ModelPackageName": name, "SourceAlgorithmSpecification": source})
    container = {"ModelPackageName": _arn("model-package", name)}
    names = {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    yield Call("sagemaker", "CreateModel", {**names, **ISOLATED})


def transform(name: str) -> Call:
    """The batch job."""
    job = profile(name, place(name))["TransformJobDefinition"]
    job["TransformOutput"]["S3OutputPath"] = f"{place(name)}/answers"
    return Call("sagemaker", "CreateTransformJob", {"TransformJobName": name, "ModelName": name, **job})


def endpoint(name: str) -> Iterator[Call]:
    """What makes an endpoint of the model, and asks it."""
    machine = {"InstanceType": instances.VALIDATION, "InitialInstanceCount": 1}
    variant = {"VariantName": "all", "ModelName": name, **machine}
    yield Call("sagemaker", "CreateEndpointConfig", {"EndpointConfigName": name, "ProductionVariants": [variant]})
    yield Call("sagemaker", "CreateEndpoint", {"EndpointName": name, "EndpointConfigName": name})
    asked = {"ContentType": CSV, "Accept": CSV, "Body": "fileb://request.csv"}
    yield Call("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": name, **asked})


def shown(call: Call) -> str:
    """As one types it, an option to a line."""
    answer = " \\\n  response.csv" if call.operation == "InvokeEndpoint" else ""
    return call.command(NOBODY.region).replace(" --", " \\\n  --") + answer


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{NOBODY.region}:{NOBODY.account}:{kind}/{name}"
