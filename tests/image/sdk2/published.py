"""The published products' own code, given our algorithms."""

import sagemaker
from aws import ARN, ROLE, document
from sagemaker.algorithm import AlgorithmEstimator

import demo.cnn_kmeans.archive
import demo.lstm_ad.archive

PUBLISHED = {
    "cnn-kmeans": demo.cnn_kmeans.archive.HYPERPARAMETERS,
    "lstm-ad": demo.lstm_ad.archive.HYPERPARAMETERS,
}
MACHINE = "ml.m5.2xlarge"
TRAINING, VALIDATION, TEST = (f"s3://notebook/{name}.csv" for name in ("train", "valid", "test"))


def estimator_of(name: str, session: sagemaker.Session, **options) -> AlgorithmEstimator:
    """Return the estimator of the published notebooks, with some arguments changed."""
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


def channels(asked: dict) -> dict[str, str]:
    return {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in asked["InputDataConfig"]}
