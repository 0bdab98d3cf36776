"""The values that fill a page about hyperparameters, metrics, channels and instances, from their declarations."""

from collections.abc import Mapping

from marketplace import instances
from marketplace.aws_model import Json
from marketplace.markdown import code, enumeration, table
from marketplace.request import channels, hyperparameters
from seriesbox.algorithm import estimator_class, predictor_class


def algorithm_values(name: str, effects: Mapping[str, str], meanings: Mapping[str, str]) -> dict[str, str]:
    """Return tables and lists for the algorithm called `name`.

    effects: the effect of each hyperparameter. meanings: the meaning of each metric.
    """
    estimator = estimator_class(name)
    declared = list(predictor_class(name).Hyperparameters.declarations())
    return {
        "hyperparameter_table": table(
            "name | range | default | what it is | what it does to result and cost",
            (
                (f"`{each['Name']}`", _range(each), each["DefaultValue"], each["Description"], effects[each["Name"]])
                for each in hyperparameters(name)
            ),
        ),
        "metric_table": table(
            "metric | objective | what it is",
            ((f"`{metric}`", better, meanings[metric]) for metric, better in estimator.metrics.items()),
        ),
        "test_metrics": enumeration(code(estimator.test_metrics)),
        "channel_table": table(
            "channel | required | content types | what it is",
            ((f"`{each['Name']}`", *_required_types(each), each["Description"]) for each in channels()),
        ),
        "tunable": enumeration(code(each.name for each in declared if each.tunable)),
        "inherited": enumeration(code(each.name for each in declared if each.inherited)),
        **{f"default_{each.name.replace('-', '_')}": str(each.default) for each in declared},
    }


def _range(hyperparameter: Json) -> str:
    (limits,) = hyperparameter["Range"].values()
    return ", ".join(limits["Values"]) if "Values" in limits else f"{limits['MinValue']} to {limits['MaxValue']}"


def _required_types(channel: Json) -> tuple[str, str]:
    return "yes" if channel["IsRequired"] else "no", ", ".join(channel["SupportedContentTypes"])


def instance_values() -> dict[str, str]:
    """Return the values about instances, which are the same for every algorithm."""
    kinds, cores = (*instances.CPU_KINDS, *instances.GPU_KINDS), instances.CORES.values()
    return {
        "instance": instances.VALIDATION,
        "instance_table": table(
            "family | memory per core | GPU | what it is for",
            ((_families(kind), f"{kind.gigabytes} GB", kind.gpu or "none", kind.reason) for kind in kinds),
        ),
        "sizes": enumeration(code(instances.CORES)),
        "sizes_cores": enumeration(cores),
        "four_gpus": instances.FOUR_GPUS,
        "least_cores": str(min(cores)),
        "least_gb": str(min(cores) * min(kind.gigabytes for kind in kinds)),
        "cuda": str(instances.CUDA),
        "driver": str(instances.DRIVER),
        "gpu_instance": instances.GPU_ENDPOINT,
        "inference_ami": instances.INFERENCE_AMI,
    }


def _families(kind: instances.Kind) -> str:
    return ", ".join(code(f"ml.{family}" for family in kind.families))
