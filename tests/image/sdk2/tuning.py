"""Hyperparameter tuning by random search, one training after the other."""

import math
from collections.abc import Callable
from random import Random
from typing import Any

Json = dict[str, Any]
OBJECTIVE = "FinalHyperParameterTuningJobObjectiveMetric"


def random_search(job: str, config: Json, train: Callable[[str, dict[str, str]], list[Json]]) -> Json:
    """Return what a tuning job's description says at the end; `train` takes a name and values, and returns metrics."""
    objective, dice, results = config["HyperParameterTuningJobObjective"], Random(config["RandomSeed"]), []
    for number in range(config["ResourceLimits"]["MaxNumberOfTrainingJobs"]):
        name, tuned = f"{job}-{number + 1:03}", drawn(config["ParameterRanges"], dice)
        metrics = {each["MetricName"]: each["Value"] for each in train(name, tuned)}
        result = {"TrainingJobName": name, "TrainingJobStatus": "Completed", "TunedHyperParameters": tuned}
        results.append(result | {OBJECTIVE: {"Value": metrics[objective["MetricName"]]}})
    best = {"Minimize": min, "Maximize": max}[objective["Type"]]
    return {
        "HyperParameterTuningJobStatus": "Completed",
        "TrainingJobSummaries": results,
        "BestTrainingJob": best(results, key=lambda each: each[OBJECTIVE]["Value"]),
    }


def drawn(ranges: Json, dice: Random) -> dict[str, str]:
    """A value for every hyperparameter that has a range."""
    values = {each["Name"]: dice.choice(each["Values"]) for each in ranges["CategoricalParameterRanges"]}
    for kind in ("Integer", "Continuous"):
        for each in ranges[f"{kind}ParameterRanges"]:
            low, high = float(each["MinValue"]), float(each["MaxValue"])
            logarithmic = each["ScalingType"] == "Logarithmic"
            value = math.exp(dice.uniform(math.log(low), math.log(high))) if logarithmic else dice.uniform(low, high)
            values[each["Name"]] = str(round(value) if kind == "Integer" else value)
    return values
