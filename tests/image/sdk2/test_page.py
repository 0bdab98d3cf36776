"""The Python code of the product pages, run as it is typed, by version 2 of the SDK. No engine is needed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import sagemaker
from aws import ARN, AWS, FOLDER, NAMES, NO_TELEMETRY, REGION, document
from botocore.awsrequest import AWSResponse
from moto import mock_aws


@pytest.fixture(params=NAMES)
def name(request) -> str:
    return request.param


@pytest.fixture
def samples(name) -> Path:
    return FOLDER / name / "samples"


@pytest.fixture
def aws(samples, monkeypatch) -> Iterator[AWS]:
    """The account of a buyer who works in the algorithm's folder; an endpoint answers the request that is there."""
    monkeypatch.chdir(samples.parent)
    monkeypatch.setattr("time.sleep", lambda _: None)  # the SDK asks again and again whether something is ready
    with mock_aws():
        boto_session = boto3.Session("nobody", "nothing", region_name=REGION)
        aws, runtime = AWS(boto_session), boto_session.client("sagemaker-runtime")

        def answer(params: dict, **_: Any) -> tuple[AWSResponse, dict]:
            assert params["body"] == (samples / "request.csv").read_bytes()
            body = (samples / "response.csv").open("rb")
            return AWSResponse(None, 200, {}, None), {"Body": body, "ContentType": "text/csv"}

        runtime.meta.events.register("before-call.sagemaker-runtime.InvokeEndpoint", answer)
        session = sagemaker.Session(
            boto_session,
            sagemaker_client=aws.client,
            sagemaker_runtime_client=runtime,
            sagemaker_config=NO_TELEMETRY,
        )
        monkeypatch.setattr("sagemaker.estimator.Session", lambda: session)
        yield aws


@pytest.fixture
def left(aws) -> set[tuple[str, str]]:
    """The kinds and names of resources that were created and not deleted."""
    left = set()

    def count(params: dict, model: Any, **_: Any) -> None:
        verb, kind = re.fullmatch("(Create|Delete|[A-Z][a-z]+)(.*)", model.name).groups()
        if verb == "Create":
            left.add((kind, params[f"{kind}Name"]))
        if verb == "Delete":
            left.remove((kind, params[f"{kind}Name"]))

    aws.client.meta.events.register("provide-client-params.sagemaker", count)
    return left


def blocks(name: str) -> list[str]:
    """Return the blocks of Python code, with the ARN of the buyer's own subscription."""
    found = re.findall(r"```python\n(.*?)```", (FOLDER / name / "page.md").read_text(), re.DOTALL)
    return [re.sub('algorithm_arn=".*"', f'algorithm_arn="{ARN}:algorithm/{name}"', block) for block in found]


def test_the_code_trains_answers_and_leaves_nothing_but_records_and_packages(name, samples, left):
    train, use, delete, _ = blocks(name)
    names: dict[str, Any] = {}
    for block in (train, use, delete):
        exec(block, names)
    expected = [line.split(",") for line in (samples / "response.csv").read_text().splitlines()]
    assert names["answer"] == expected
    assert {kind for kind, _ in left} == {"TrainingJob", "TransformJob", "ModelPackage"}


def test_an_endpoint_on_a_gpu_is_given_the_driver(name, aws):
    train, use, _, on_gpu = blocks(name)
    use, deployed = re.subn("predictor = estimator.deploy.*\n", on_gpu, use)
    assert deployed == 1
    names: dict[str, Any] = {}
    for block in (train, use):
        exec(block, names)
    (variant,) = aws.asked["CreateEndpointConfig"]["ProductionVariants"]
    assert variant["InferenceAmiVersion"] in on_gpu
    offered = document(name)["InferenceSpecification"]["SupportedRealtimeInferenceInstanceTypes"]
    assert variant["InstanceType"] in offered


def test_the_estimator_itself_takes_no_driver(name, aws):
    """Were this to change, the pages could be simpler."""
    train, _, _, on_gpu = blocks(name)
    driver = re.search("inference_ami_version=.*?(?=[,)])", on_gpu)[0]
    names: dict[str, Any] = {}
    exec(train, names)
    with pytest.raises(TypeError, match="inference_ami_version"):
        exec(f"estimator.deploy(1, 'ml.g5.xlarge', {driver})", names)
