"""The tuning jobs that the published products' own code asks AWS for, given our algorithms. They need no image."""

from aws import ARN, ROLE, document
from published import MACHINE, PUBLISHED, TRAINING, VALIDATION, channels, declared, defaults, texts
from sagemaker.estimator import Estimator
from sagemaker.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.tuner import HyperparameterTuner

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


def test_a_tuning_job_varies_what_it_was_asked_to(name, estimator, aws):
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
