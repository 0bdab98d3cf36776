"""SageMaker's API as the subscriber of an algorithm sees it.

SageMaker's local mode runs the jobs. What it does not know, since it takes images and no algorithms, is added here and
known from the algorithm's CreateAlgorithm request. Every request is checked by AWS' own model of it.
"""

import re
from copy import deepcopy
from io import StringIO
from types import SimpleNamespace
from typing import Any

import sagemaker.local.image
from aws import described_package, description
from engine import IMAGE
from sagemaker.local import LocalSession
from sagemaker.local.local_session import LocalSagemakerClient
from tuning import random_search

from marketplace.aws_model import faults, operation

LOCAL = "local"  # the only machine there is

Json = dict[str, Any]


class Client(LocalSagemakerClient):
    """SageMaker's API as that account sees it."""

    def __init__(self, session: LocalSession, name: str):
        super().__init__(session)
        self.algorithm = description(name)
        self.trainings: dict[str, Json] = {}
        self.tunings: dict[str, Json] = {}
        self.packages: dict[str, Json] = {}
        self.left: set[str] = set()  # created and not deleted
        self.log = StringIO()  # what containers print; metrics are read from it
        sagemaker.local.image.sys = SimpleNamespace(stdout=self.log)

    def describe_algorithm(self, **request: str) -> Json:
        return self.algorithm

    def create_training_job(self, **request: Any) -> None:
        check("CreateTrainingJob", request)
        name, asked, printed = request["TrainingJobName"], deepcopy(request), len(self.log.getvalue())
        asked["AlgorithmSpecification"]["TrainingImage"] = IMAGE
        asked["ResourceConfig"]["InstanceType"] = LOCAL
        asked["Environment"] = {"OMP_NUM_THREADS": "1"}  # several threads on a busy machine wait for each other
        super().create_training_job(**asked)
        self.trainings[name] = {
            **super().describe_training_job(name),
            **request,
            "OutputDataConfig": {"KmsKeyId": "", **request["OutputDataConfig"]},
            "FinalMetricDataList": self.metrics(self.log.getvalue()[printed:]),
        }

    def metrics(self, log: str) -> list[Json]:
        """The last value of every metric that a log has."""
        definitions = self.algorithm["TrainingSpecification"]["MetricDefinitions"]
        found = {each["Name"]: re.findall(each["Regex"], log) for each in definitions}
        return [{"MetricName": name, "Value": float(values[-1])} for name, values in found.items() if values]

    def describe_training_job(self, **request: str) -> Json:
        return self.trainings[request["TrainingJobName"]]

    def list_tags(self, **request: str) -> Json:
        return {"Tags": []}

    def create_hyper_parameter_tuning_job(self, **request: Any) -> None:
        """Random search, one training after the other."""
        check("CreateHyperParameterTuningJob", request)
        training = dict(request["TrainingJobDefinition"])
        training["ResourceConfig"] = training.pop("HyperParameterTuningResourceConfig")
        static, job = training.pop("StaticHyperParameters"), request["HyperParameterTuningJobName"]

        def train(name: str, tuned: dict[str, str]) -> list[Json]:
            self.create_training_job(**training, TrainingJobName=name, HyperParameters=static | tuned)
            return self.trainings[name]["FinalMetricDataList"]

        self.tunings[job] = random_search(job, request["HyperParameterTuningJobConfig"], train)

    def describe_hyper_parameter_tuning_job(self, **request: str) -> Json:
        return self.tunings[request["HyperParameterTuningJobName"]]

    def list_training_jobs_for_hyper_parameter_tuning_job(self, **request: Any) -> Json:
        return self.tunings[request["HyperParameterTuningJobName"]]

    def create(self, kind: str, request: Json) -> None:
        """Check and count what is created."""
        check(f"Create{kind}", request)
        self.left.add(f"{kind} {request[f'{kind}Name']}")

    def delete(self, kind: str, request: Json) -> None:
        """Check and count what is deleted, which must be there."""
        check(f"Delete{kind}", request)
        self.left.remove(f"{kind} {request[f'{kind}Name'].rpartition('/')[2]}")

    def create_model_package(self, **request: Any) -> None:
        self.create("ModelPackage", request)
        self.packages[request["ModelPackageName"]] = request

    def describe_model_package(self, **request: str) -> Json:
        name = request["ModelPackageName"].rpartition("/")[2]
        return described_package(name, self.packages[name])

    def create_model(self, **request: Any) -> None:
        self.create("Model", request)
        (container,) = request["Containers"]
        (source,) = self.packages[container["ModelPackageName"]]["SourceAlgorithmSpecification"]["SourceAlgorithms"]
        model = {"Image": IMAGE, "ModelDataUrl": source["ModelDataUrl"], "Environment": {}}
        super().create_model(request["ModelName"], model)

    def create_transform_job(self, **request: Any) -> None:
        check("CreateTransformJob", request)
        machines = request["TransformResources"] | {"InstanceType": LOCAL}
        super().create_transform_job(**request | {"TransformResources": machines})

    def create_endpoint_config(self, **request: Any) -> None:
        self.create("EndpointConfig", request)
        (variant,) = request["ProductionVariants"]
        super().create_endpoint_config(request["EndpointConfigName"], [variant | {"InstanceType": LOCAL}])

    def create_endpoint(self, **request: Any) -> None:
        self.create("Endpoint", request)
        super().create_endpoint(**request)

    def delete_endpoint(self, **request: str) -> None:
        self.delete("Endpoint", request)
        super().delete_endpoint(**request)

    def delete_endpoint_config(self, **request: str) -> None:
        self.delete("EndpointConfig", request)
        super().delete_endpoint_config(**request)

    def delete_model(self, **request: str) -> None:
        self.delete("Model", request)
        super().delete_model(**request)

    def delete_model_package(self, **request: str) -> None:
        self.delete("ModelPackage", request)


def check(name: str, request: Json) -> None:
    """Fail unless this is what the operation takes."""
    assert not (wrong := faults(operation(name).input_shape, request)), wrong
