"""The code of docs/operations.md, run as it is typed, by version 2 of the SDK. No engine is needed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import sagemaker
from aws import ARN, AWS, NO_TELEMETRY, REGION, ROLE
from moto import mock_aws
from sagemaker.estimator import Estimator
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession

DOCUMENT = (Path(__file__).parents[3] / "docs/operations.md").read_text()
IMAGE, DATA = "123456789012.dkr.ecr.us-east-1.amazonaws.com/seriesbox:latest", "s3://notebook"
MACHINE = "ml.m5.xlarge"

Json = dict[str, Any]


class Account(AWS):
    """An account with a registry, which keeps the configuration of every endpoint."""

    def __init__(self, session: boto3.Session) -> None:
        super().__init__(session)
        self.endpoints: list[Json] = []

    def _answers(self, operation: str, asked: Json) -> Json:
        match operation:
            case "Search":
                return {"Results": []}
            case "CreateModelPackageGroup":
                return {"ModelPackageGroupArn": f"{ARN}:model-package-group/{asked['ModelPackageGroupName']}"}
            case "CreateModelPackage":
                return {"ModelPackageArn": f"{ARN}:model-package/{asked['ModelPackageGroupName']}/1"}
            case "DescribeModelPackage":
                return {"ModelPackageStatus": "Completed"}
            case "CreateEndpointConfig":
                self.endpoints.append(asked)
        return super()._answers(operation, asked)


@pytest.fixture
def account_and_names(monkeypatch) -> Iterator[tuple[Account, Json]]:
    """Run the code, and return the requests to AWS and the names that the code has bound."""
    monkeypatch.setattr("time.sleep", lambda _: None)  # the SDK asks again and again whether something is ready
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)  # of what has no session
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    with mock_aws():
        boto_session = boto3.Session("nobody", "nothing", region_name=REGION)
        account = Account(boto_session)
        session = sagemaker.Session(boto_session, sagemaker_client=account.client, sagemaker_config=NO_TELEMETRY)
        estimator = Estimator(IMAGE, ROLE, 1, MACHINE, sagemaker_session=session)
        estimator.fit({"training": DATA}, wait=False)
        in_pipelines = PipelineSession(boto_session, account.client, sagemaker_config=NO_TELEMETRY)
        names = {"estimator": estimator, "pipeline_session": in_pipelines, "image_uri": IMAGE, "role": ROLE}
        names |= dict.fromkeys(("bucket", "data", "training", "validation"), DATA)
        exec(code, names)
        yield account, names


def test_the_code_asks_for_what_the_table_says(account_and_names):
    account, names = account_and_names
    asked, formats = account.asked, names["formats"]
    assert asked["CreateTransformJob"]["DataProcessing"] == {"InputFilter": "$[1:]", "JoinSource": "Input"}
    assert asked["CreateModelPackage"]["InferenceSpecification"]["SupportedContentTypes"] == formats
    asynchronous, serverless, capturing = account.endpoints
    assert asynchronous["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"] == f"{DATA}/answers"
    assert serverless["ProductionVariants"][0]["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    as_text = capturing["DataCaptureConfig"]["CaptureContentTypeHeader"]
    assert as_text["CsvContentTypes"] + as_text["JsonContentTypes"] == formats
    pipeline = Pipeline("p", steps=[names["step"]], sagemaker_session=names["pipeline_session"])
    metrics = json.loads(pipeline.definition())["Steps"][0]["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"]
    assert metrics == [names["loss"]]
    path = names["good_enough"].to_request()["LeftValue"].expr["Get"]
    assert path == "Steps.Train.FinalMetricDataList['valid_loss'].Value"
