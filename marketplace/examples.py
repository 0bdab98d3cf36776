"""The calls of AWS that a page shows to its buyer: from the training job to the cleaning up.

The training job and the batch job are those of the validation profile, which SageMaker runs before there is a listing.
A buyer types all of them in the folder of the listing, where the samples are.
"""

import json
import shlex
from collections.abc import Iterator
from typing import NamedTuple

from marketplace import instances
from marketplace.algorithm import NOBODY, request
from marketplace.aws import Call
from marketplace.profile import profile
from marketplace.shapes import Json
from marketplace.until import Until
from seriesbox.sagemaker.serving.negotiation import CSV

BUCKET, ROLE = "amzn-s3-demo-bucket", f"arn:aws:iam::{NOBODY.account}:role/SageMaker"
ISOLATED = {"EnableNetworkIsolation": True}  # as products of Marketplace must be
# Marketplace holds MaxWaitTimeInSeconds at this, and SageMaker lets MaxRuntimeInSeconds be no more than that: "Service
# restrictions and quotas for machine learning products" in the AWS Marketplace Seller Guide.
SPOT_SECONDS = 3600
SAMPLES, REQUEST = "samples", "samples/request.csv"
STARTED = 1767225600  # what `date +%s` says at an example's time


class Waiter(NamedTuple):
    """One of the command line's waiters, by name: it returns when what a call has begun is done."""

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
    """The folder in S3 with the samples, the models and the answers."""
    return f"s3://{BUCKET}/{name}"


def upload(name: str) -> str:
    """The command that copies the samples there."""
    return f"aws s3 cp --recursive {SAMPLES} {place(name)}/{SAMPLES}"


def emptying(name: str) -> str:
    """The command that deletes all of that folder."""
    return f"aws s3 rm --recursive {place(name)}/"


def own(name: str) -> str:
    """What all that one buyer makes is called. The name of a job can be used once, so the shell adds the time."""
    return f"{name}-{STARTED}"


def naming(name: str) -> str:
    """How a shell makes that name."""
    return f"NAME={name}-$(date +%s)"


def training(name: str) -> Iterator[Step]:
    """The job that trains."""
    job = profile(name, place(name))["TrainingJobDefinition"]
    job["OutputDataConfig"]["S3OutputPath"] = f"{place(name)}/models"
    product = {"AlgorithmName": arn(name), "TrainingInputMode": job.pop("TrainingInputMode")}
    names = {"TrainingJobName": own(name), "RoleArn": ROLE, "AlgorithmSpecification": product}
    yield Call("sagemaker", "CreateTrainingJob", {**names, **job, **ISOLATED})
    yield Waiter("TrainingJobCompletedOrStopped", {"TrainingJobName": own(name)})


def spot(name: str) -> Json:
    """The parameters in which the same job differs on spot instances."""
    return {
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": f"{place(name)}/checkpoints"},
        "StoppingCondition": {"MaxRuntimeInSeconds": SPOT_SECONDS, "MaxWaitTimeInSeconds": SPOT_SECONDS},
    }


def model(name: str) -> Iterator[Step]:
    """The model of what the job has left, by way of a package, which a product needs."""
    artifact = f"{place(name)}/models/{own(name)}/output/model.tar.gz"
    source = {"SourceAlgorithms": [{"AlgorithmName": arn(name), "ModelDataUrl": artifact}]}
    package = {"ModelPackageName": own(name)}
    yield Call("sagemaker", "CreateModelPackage", {**package, "SourceAlgorithmSpecification": source})
    yield Until(Call("sagemaker", "DescribeModelPackage", package), "ModelPackageStatus", ("Completed", "Failed"))
    container = {"ModelPackageName": _arn("model-package", own(name))}
    names = {"ModelName": own(name), "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    yield Call("sagemaker", "CreateModel", {**names, **ISOLATED})


def transform(name: str) -> Iterator[Step]:
    """The batch job."""
    job = profile(name, place(name))["TransformJobDefinition"]
    job["TransformOutput"]["S3OutputPath"] = f"{place(name)}/answers"
    yield Call("sagemaker", "CreateTransformJob", {"TransformJobName": own(name), "ModelName": own(name), **job})
    yield Waiter("TransformJobCompletedOrStopped", {"TransformJobName": own(name)})


def variant(name: str) -> Json:
    """The machine of the endpoint."""
    return {
        "VariantName": "all",
        "ModelName": own(name),
        "InstanceType": instances.VALIDATION,
        "InitialInstanceCount": 1,
    }


def gpu_variant(name: str) -> Json:
    """One that has a GPU, and the driver for it."""
    return variant(name) | {"InstanceType": instances.GPU_ENDPOINT, "InferenceAmiVersion": instances.INFERENCE_AMI}


def endpoint(name: str) -> Iterator[Step]:
    """The endpoint of the model, and a request to it."""
    config = {"EndpointConfigName": own(name)}
    yield Call("sagemaker", "CreateEndpointConfig", {**config, "ProductionVariants": [variant(name)]})
    yield Call("sagemaker", "CreateEndpoint", {"EndpointName": own(name), **config})
    yield Waiter("EndpointInService", {"EndpointName": own(name)})
    asked = {"ContentType": CSV, "Accept": CSV, "Body": f"fileb://{REQUEST}"}
    yield Call("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": own(name), **asked})


def removal(name: str) -> Iterator[Step]:
    """What deletes all of these but the records of the jobs, which stay."""
    for kind in ("Endpoint", "EndpointConfig", "Model", "ModelPackage"):
        yield Call("sagemaker", f"Delete{kind}", {f"{kind}Name": own(name)})


def shown(name: str, steps: Iterator[Step]) -> str:
    """As one types them, an option to a line; `$NAME` is the shell's variable for the own name."""
    return "\n".join(_typed(step, own(name)) for step in steps)


def on_gpu(name: str) -> str:
    """The value of `--production-variants` for an endpoint on a GPU, as one types it."""
    return _with_variable(shlex.quote(json.dumps([gpu_variant(name)])), own(name))


def _typed(step: Step, own: str) -> str:
    answer = " \\\n  response.csv" if isinstance(step, Call) and step.operation == "InvokeEndpoint" else ""
    return _with_variable(step.command(NOBODY.region).replace(" --", " \\\n  --") + answer, own)


def _with_variable(command: str, own: str) -> str:
    parts = command.split("'")  # every other one was quoted, and there the shell puts no variable in: the quotes end
    return "'".join(part.replace(own, "'$NAME'" if place % 2 else "$NAME") for place, part in enumerate(parts))


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{NOBODY.region}:{NOBODY.account}:{kind}/{name}"
