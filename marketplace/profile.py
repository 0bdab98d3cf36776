"""The two jobs by which SageMaker validates an algorithm."""

from marketplace import instances
from marketplace.aws_model import Json
from marketplace.files import sample_hyperparameters
from seriesbox.algorithm import predictor_class
from seriesbox.formats.content_type import CSV


def validation_profile(name: str, prefix: str) -> Json:
    """Return a training job and a batch job on the samples below an S3 prefix. Buyers will see all of it, logs too."""
    # A file whose rows depend on each other must stay whole: split by line, it would have no answer.
    split = "Line" if predictor_class(name).rows_are_independent else "None"
    machine = {"InstanceType": instances.VALIDATION, "InstanceCount": 1}
    csv = {"ContentType": CSV, "CompressionType": "None"}
    return {
        "ProfileName": "samples",
        "TrainingJobDefinition": {
            "TrainingInputMode": "File",
            "HyperParameters": {"model": name, **sample_hyperparameters(name)},
            "InputDataConfig": [
                {
                    "ChannelName": channel,
                    "DataSource": _s3(f"{prefix}/samples/{channel}/", S3DataDistributionType="FullyReplicated"),
                    **csv,
                }
                for channel in ("training", "validation")
            ],
            "OutputDataConfig": {"S3OutputPath": f"{prefix}/validation/model"},
            "ResourceConfig": {**machine, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
        "TransformJobDefinition": {
            "TransformInput": {"DataSource": _s3(f"{prefix}/samples/batch/"), **csv, "SplitType": split},
            "TransformOutput": {"S3OutputPath": f"{prefix}/validation/batch", "Accept": CSV, "AssembleWith": split},
            "TransformResources": machine,
        },
    }


def _s3(uri: str, **more: str) -> Json:
    return {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri, **more}}
