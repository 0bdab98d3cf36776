"""What SageMaker tries before an algorithm can be listed. Buyers will see it all, logs and metrics included."""

from marketplace import instances
from marketplace.folder import sample_hyperparameters
from marketplace.shapes import Json
from seriesbox.algorithm import predictor
from seriesbox.sagemaker.serving.negotiation import CSV


def profile(name: str, place: str) -> Json:
    """A training job on the samples under a place in S3, then a batch job on them."""
    samples = f"{place}/samples"
    # A whole file is one series where rows depend on each other: cut by line, it would have no answer.
    cut = "Line" if predictor(name).rows_are_independent else "None"
    machine = {"InstanceType": instances.VALIDATION, "InstanceCount": 1}
    return {
        "ProfileName": "samples",
        "TrainingJobDefinition": {
            "TrainingInputMode": "File",
            "HyperParameters": {"model": name, **sample_hyperparameters(name)},
            "InputDataConfig": [
                {
                    "ChannelName": channel,
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": f"{samples}/{channel}/",
                            "S3DataDistributionType": "FullyReplicated",
                        }
                    },
                    "ContentType": CSV,
                    "CompressionType": "None",
                }
                for channel in ("training", "validation")
            ],
            "OutputDataConfig": {"S3OutputPath": f"{place}/validation/model"},
            "ResourceConfig": {**machine, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
        "TransformJobDefinition": {
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{samples}/batch/"}},
                "ContentType": CSV,
                "CompressionType": "None",
                "SplitType": cut,
            },
            "TransformOutput": {"S3OutputPath": f"{place}/validation/batch", "Accept": CSV, "AssembleWith": cut},
            "TransformResources": machine,
        },
    }
