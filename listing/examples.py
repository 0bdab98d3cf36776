"""A buyer's calls of AWS, from the training to cleaning up.

The jobs are those that SageMaker validates, so they are known to work.
"""

from collections.abc import Iterator
from typing import NamedTuple

from listing import instances
from listing.algorithm import NOBODY, request
from listing.aws import Call
from listing.profile import profile
from listing.shapes import Json
from listing.until import Until
from seriesbox.sagemaker.serving.negotiation import CSV

BUCKET, ROLE = "amzn-s3-demo-bucket", f"arn:aws:iam::{NOBODY.account}:role/SageMaker"
ISOLATED = {"EnableNetworkIsolation": True}  # as products of Marketplace must be
# Marketplace holds MaxWaitTimeInSeconds at this, and SageMaker lets MaxRuntimeInSeconds be no more than that: "Service
# restrictions and quotas for machine learning products" in the AWS Marketplace Seller Guide.
SPOT_SECONDS = 3600


class Waiter(NamedTuple):
    """One that the command line has: it returns when what a call has begun is done."""

    name: str
    parameters: Json

    def command(self, region: str) -> str:
        """As it is typed."""
        return Call("sagemaker wait", self.name, self.parameters).command(region)


Step = Call | Waiter | Until


def arn(name: str) -> str:
    """Of the algorithm; a buyer has another one."""
    return _arn("algorithm", request(name, NOBODY)["AlgorithmName"])


def place(name: str) -> str:
    """Where the samples are, and what comes of them."""
    return f"s3://{BUCKET}/{name}"


def upload(name: str) -> str:
    """What copies the samples there, from the repository's folder."""
    return f"aws s3 cp --recursive listing/{name}/samples {place(name)}/samples"


def training(name: str) -> Iterator[Step]:
    """The job that trains."""
    job = profile(name, place(name))["TrainingJobDefinition"]
    job["OutputDataConfig"]["S3OutputPath"] = f"{place(name)}/models"
    product = {"AlgorithmName": arn(name), "TrainingInputMode": job.pop("TrainingInputMode")}
    names = {"TrainingJobName": name, "RoleArn": ROLE, "AlgorithmSpecification": product}
    yield Call("sagemaker", "CreateTrainingJob", {**names, **job, **ISOLATED})
    yield Waiter("TrainingJobCompletedOrStopped", {"TrainingJobName": name})


def spot(name: str) -> Json:
    """What the same job has on spot instances, in place of what it has of these names."""
    return {
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": f"{place(name)}/checkpoints"},
        "StoppingCondition": {"MaxRuntimeInSeconds": SPOT_SECONDS, "MaxWaitTimeInSeconds": SPOT_SECONDS},
    }


def model(name: str) -> Iterator[Step]:
    """What makes a model of the job's artifact."""
    artifact = f"{place(name)}/models/{name}/output/model.tar.gz"
    source = {"SourceAlgorithms": [{"AlgorithmName": arn(name), "ModelDataUrl": artifact}]}
    package = {"ModelPackageName": name}
    yield Call("sagemaker", "CreateModelPackage", {**package, "SourceAlgorithmSpecification": source})
    yield Until(Call("sagemaker", "DescribeModelPackage", package), "ModelPackageStatus", ("Completed", "Failed"))
    container = {"ModelPackageName": _arn("model-package", name)}
    names = {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    yield Call("sagemaker", "CreateModel", {**names, **ISOLATED})


def transform(name: str) -> Iterator[Step]:
    """The batch job."""
    job = profile(name, place(name))["TransformJobDefinition"]
    job["TransformOutput"]["S3OutputPath"] = f"{place(name)}/answers"
    yield Call("sagemaker", "CreateTransformJob", {"TransformJobName": name, "ModelName": name, **job})
    yield Waiter("TransformJobCompletedOrStopped", {"TransformJobName": name})


def endpoint(name: str) -> Iterator[Step]:
    """What makes an endpoint of the model, and asks it."""
    machine = {"InstanceType": instances.VALIDATION, "InitialInstanceCount": 1}
    variant = {"VariantName": "all", "ModelName": name, **machine}
    yield Call("sagemaker", "CreateEndpointConfig", {"EndpointConfigName": name, "ProductionVariants": [variant]})
    yield Call("sagemaker", "CreateEndpoint", {"EndpointName": name, "EndpointConfigName": name})
    yield Waiter("EndpointInService", {"EndpointName": name})
    asked = {"ContentType": CSV, "Accept": CSV, "Body": "fileb://request.csv"}
    yield Call("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": name, **asked})


def removal(name: str) -> Iterator[Step]:
    """What leaves nothing of these, but for the jobs' records and the files in the bucket."""
    for kind in ("Endpoint", "EndpointConfig", "Model", "ModelPackage"):
        yield Call("sagemaker", f"Delete{kind}", {f"{kind}Name": name})


def shown(steps: Iterator[Step]) -> str:
    """As one types them, an option to a line."""
    return "\n".join(map(_shown, steps))


def _shown(step: Step) -> str:
    answer = " \\\n  response.csv" if isinstance(step, Call) and step.operation == "InvokeEndpoint" else ""
    return step.command(NOBODY.region).replace(" --", " \\\n  --") + answer


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{NOBODY.region}:{NOBODY.account}:{kind}/{name}"
