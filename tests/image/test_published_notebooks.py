"""The published products' own code, given our algorithms: what it asks AWS for. No engine is needed, and no image."""

from collections.abc import Iterator

import boto3
import pytest
import sagemaker
from aws import ARN, AWS, MODEL, NO_TELEMETRY, REGION, ROLE, description, document
from moto import mock_aws
from sagemaker.algorithm import AlgorithmEstimator
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.tuner import HyperparameterTuner

import demo.cnn_kmeans.archive
import demo.lstm_ad.archive
from marketplace.aws_model import faults, operation

PUBLISHED = {
    "cnn-kmeans": demo.cnn_kmeans.archive.HYPERPARAMETERS,
    "lstm-ad": demo.lstm_ad.archive.HYPERPARAMETERS,
}
MACHINE = "ml.m5.2xlarge"
TRAINING, VALIDATION, TEST = (f"s3://notebook/{name}.csv" for name in ("train", "valid", "test"))

# As the published notebooks have them; LSTM-AD's is of a version whose `context-length` was called `sequence-length`.
RANGES = {
    "cnn-kmeans": {
        "algorithm": CategoricalParameter(["lloyd", "elkan"]),
        "blocks": IntegerParameter(1, 10),
        "filters": IntegerParameter(4, 40),
        "kernel-size": CategoricalParameter([3, 5, 7]),
        "reduced-size": IntegerParameter(10, 20),
        "output-size": IntegerParameter(20, 40),
        "negative-samples": CategoricalParameter([1, 5, 10]),
        "lr": ContinuousParameter(0.0001, 0.01),
        "batch-size": CategoricalParameter([64, 128]),
        "epochs": CategoricalParameter([50, 100]),
    },
    "lstm-ad": {
        "num-layers": IntegerParameter(1, 4),
        "context-length": CategoricalParameter([50, 100]),
        "hidden-size": IntegerParameter(128, 512),
        "dropout": ContinuousParameter(0.1, 0.9),
        "lr": ContinuousParameter(0.0001, 0.01),
        "batch-size": CategoricalParameter([32, 64]),
        "epochs": CategoricalParameter([100, 200]),
    },
}
OBJECTIVES = {"cnn-kmeans": ("valid_score", "Maximize"), "lstm-ad": ("valid_mse", "Minimize")}


@pytest.fixture(params=PUBLISHED)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def session_and_aws() -> Iterator[tuple[sagemaker.Session, AWS]]:
    """SageMaker is ours, everything else moto's."""
    with mock_aws():
        boto_session = boto3.Session("nobody", "nothing", region_name=REGION)
        aws = AWS(boto_session)
        yield sagemaker.Session(boto_session, sagemaker_client=aws.client, sagemaker_config=NO_TELEMETRY), aws


@pytest.fixture(autouse=True)
def _nothing_takes_time(monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # the SDK asks every five seconds whether a package is ready


@pytest.fixture
def session(session_and_aws) -> sagemaker.Session:
    return session_and_aws[0]


@pytest.fixture
def aws(session_and_aws) -> AWS:
    session_and_aws[1].asked.clear()
    return session_and_aws[1]


@pytest.fixture
def estimator(name, session) -> AlgorithmEstimator:
    return estimator_of(name, session)


def estimator_of(name: str, session: sagemaker.Session, **options) -> AlgorithmEstimator:
    """As the published notebooks make it, with some arguments changed."""
    published = {
        "algorithm_arn": f"{ARN}:algorithm/{name}",
        "role": ROLE,
        "instance_count": 1,
        "instance_type": MACHINE,
        "input_mode": "File",
        "sagemaker_session": session,
        "hyperparameters": PUBLISHED[name],
    }
    return AlgorithmEstimator(**published | options)


def declared(name: str) -> dict[str, dict]:
    return {each["Name"]: each for each in document(name)["TrainingSpecification"]["SupportedHyperParameters"]}


def defaults(name: str) -> dict[str, str]:
    return {each: about["DefaultValue"] for each, about in declared(name).items()}


def texts(hyperparameters: dict) -> dict[str, str]:
    return {each: str(value) for each, value in hyperparameters.items()}


def test_what_describes_an_algorithm_is_what_aws_would_answer(name):
    assert not faults(operation("DescribeAlgorithm").output_shape, description(name))


def test_a_training_job_gets_what_it_was_given_and_defaults(name, estimator, aws):
    estimator.fit({"training": TRAINING}, wait=False)
    asked = aws.asked["CreateTrainingJob"]
    assert asked["AlgorithmSpecification"] == {"TrainingInputMode": "File", "AlgorithmName": f"{ARN}:algorithm/{name}"}
    assert asked["HyperParameters"] == defaults(name) | texts(PUBLISHED[name])
    assert asked["HyperParameters"]["model"] == name
    assert channels(asked) == {"training": TRAINING}
    assert asked["ResourceConfig"]["InstanceType"] == MACHINE
    assert asked["EnableNetworkIsolation"]


def test_validation_and_an_earlier_model_may_be_given(name, estimator, aws):
    data = TrainingInput(TRAINING, content_type="text/csv", compression="Gzip", input_mode="FastFile")
    estimator.fit({"training": data, "validation": VALIDATION, "model": MODEL}, wait=False)
    assert channels(aws.asked["CreateTrainingJob"]) == {"training": TRAINING, "validation": VALIDATION, "model": MODEL}


def channels(asked: dict) -> dict[str, str]:
    return {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in asked["InputDataConfig"]}


def test_several_machines_and_gpus_may_be_asked_for(name, session, aws):
    estimator = estimator_of(name, session, instance_count=2, instance_type="ml.g5.12xlarge")
    estimator.fit({"training": TRAINING}, wait=False)
    assert aws.asked["CreateTrainingJob"]["ResourceConfig"]["InstanceCount"] == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"epochs": 0}, "Invalid value: 0 "),
        ({"lr": 1e-7}, "Invalid value: 1e-07 "),
        ({"model": "another"}, "Invalid value: another "),
        ({"batch_size": 3}, "Invalid hyperparameter: batch_size "),
    ],
)
def test_what_the_algorithm_does_not_take_is_refused_before_a_job_begins(name, session, change, reason):
    with pytest.raises(ValueError, match=reason):
        estimator_of(name, session, hyperparameters=PUBLISHED[name] | change)


def test_a_batch_job_gets_whole_files(name, estimator, aws):
    estimator.fit({"training": TRAINING}, wait=False)
    transformer = estimator.transformer(instance_count=1, instance_type=MACHINE, max_payload=100)
    transformer.transform(data=TEST, content_type="text/csv", wait=False)

    (source,) = aws.asked["CreateModelPackage"]["SourceAlgorithmSpecification"]["SourceAlgorithms"]
    assert source == {"AlgorithmName": f"{ARN}:algorithm/{name}", "ModelDataUrl": MODEL}
    assert aws.asked["CreateModel"]["EnableNetworkIsolation"]
    asked = aws.asked["CreateTransformJob"]
    assert asked["ModelName"] == aws.asked["CreateModel"]["ModelName"]
    assert asked["MaxPayloadInMB"] == 100
    assert "Environment" not in asked
    assert asked["TransformInput"] == {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": TEST}},
        "ContentType": "text/csv",
    }  # no SplitType, which is None
    assert "AssembleWith" not in asked["TransformOutput"]
    assert MACHINE in document(name)["InferenceSpecification"]["SupportedTransformInstanceTypes"]


def test_an_endpoint_runs_on_a_machine_that_is_offered(name, estimator, aws):
    estimator.fit({"training": TRAINING}, wait=False)
    estimator.deploy(initial_instance_count=1, instance_type=MACHINE, wait=False)
    (variant,) = aws.asked["CreateEndpointConfig"]["ProductionVariants"]
    assert variant["ModelName"] == aws.asked["CreateModel"]["ModelName"]
    assert (
        variant["InstanceType"] in document(name)["InferenceSpecification"]["SupportedRealtimeInferenceInstanceTypes"]
    )
    assert aws.asked["CreateEndpoint"]["EndpointConfigName"] == aws.asked["CreateEndpointConfig"]["EndpointConfigName"]


def test_a_tuning_job_varies_what_it_was_told_to(name, estimator, aws):
    metric, better = OBJECTIVES[name]
    tuner = HyperparameterTuner(
        estimator=estimator,
        base_tuning_job_name=f"{name}-tuning",
        objective_metric_name=metric,
        objective_type=better,
        hyperparameter_ranges=RANGES[name],
        max_jobs=4,
        max_parallel_jobs=4,
        random_seed=100,
    )
    tuner.fit({"training": TRAINING, "validation": VALIDATION}, wait=False)
    asked = aws.asked["CreateHyperParameterTuningJob"]
    config, job = asked["HyperParameterTuningJobConfig"], asked["TrainingJobDefinition"]
    assert config["HyperParameterTuningJobObjective"] == {"MetricName": metric, "Type": better}
    specification = document(name)["TrainingSpecification"]
    assert {"MetricName": metric, "Type": better} in specification["SupportedTuningJobObjectiveMetrics"]
    varied = [each for ranges in config["ParameterRanges"].values() for each in ranges]
    assert {each["Name"] for each in varied} == RANGES[name].keys()
    for each in varied:
        about = declared(name)[each["Name"]]
        assert about["IsTunable"]
        assert within(about, each.get("Values") or [each["MinValue"], each["MaxValue"]])
    static = defaults(name) | texts(PUBLISHED[name])
    assert job["StaticHyperParameters"] == {each: static[each] for each in static.keys() - RANGES[name].keys()}
    assert job["AlgorithmSpecification"] == {"TrainingInputMode": "File", "AlgorithmName": f"{ARN}:algorithm/{name}"}
    assert channels(job) == {"training": TRAINING, "validation": VALIDATION}


def within(about: dict, values: list[str]) -> bool:
    (limits,) = about["Range"].values()
    if "Values" in limits:
        return set(values) <= set(limits["Values"])
    return all(float(limits["MinValue"]) <= float(value) <= float(limits["MaxValue"]) for value in values)


def test_everything_that_may_be_tuned_can_be_tuned_at_once_by_every_metric(name, session, aws):
    specification = document(name)["TrainingSpecification"]
    kinds = {"Integer": (IntegerParameter, int), "Continuous": (ContinuousParameter, float)}
    ranges = {}
    for each in specification["SupportedHyperParameters"]:
        (limits,) = each["Range"].values()
        if each["IsTunable"] and "Values" in limits:
            ranges[each["Name"]] = CategoricalParameter(limits["Values"])
        elif each["IsTunable"]:
            parameter, number = kinds[each["Type"]]
            ranges[each["Name"]] = parameter(number(limits["MinValue"]), number(limits["MaxValue"]))
    for objective in specification["SupportedTuningJobObjectiveMetrics"]:
        tuner = HyperparameterTuner(
            Estimator(specification["TrainingImage"], ROLE, 1, MACHINE, sagemaker_session=session),
            objective["MetricName"],
            ranges,
            specification["MetricDefinitions"],
            objective_type=objective["Type"],
        )
        tuner.fit({"training": TRAINING, "validation": VALIDATION}, wait=False)
        asked = aws.asked["CreateHyperParameterTuningJob"]
        given = asked["HyperParameterTuningJobConfig"]["ParameterRanges"]
        assert {each["Name"] for kind in given.values() for each in kind} == ranges.keys()
        job = asked["TrainingJobDefinition"]["AlgorithmSpecification"]
        assert job["MetricDefinitions"] == specification["MetricDefinitions"]
