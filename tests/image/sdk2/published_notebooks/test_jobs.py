"""The requests that the published products' own code sends to AWS, given our algorithms. They need no image."""

import pytest
from aws import ARN, MODEL, description, document
from published import MACHINE, PUBLISHED, TEST, TRAINING, VALIDATION, channels, defaults, estimator_of, texts
from sagemaker.inputs import TrainingInput

from marketplace.aws_model import faults, operation


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
