"""What a job is asked to do: its algorithm, its hyperparameters and the earlier model it begins with."""

import json
from typing import Any, NamedTuple

from seriesbox.algorithm import infer, predictor_class
from seriesbox.artifact import Artifact
from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameter_text import decode
from seriesbox.hyperparameters import Optimization
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.model_channel import read_model_channel

PLATFORM = ("sagemaker_", "_tuning_objective_metric")  # how the names of its own entries begin


class Settings(NamedTuple):
    """The settings of one job."""

    algorithm: str
    hyperparameters: Optimization
    earlier: Artifact | None

    @classmethod
    def read(cls, paths: Paths) -> "Settings":
        """Read what the user set. Raises UserError."""
        given: dict[str, Any] = json.loads(paths.hyperparameters.read_bytes())
        given = {name: value for name, value in given.items() if not name.startswith(PLATFORM)}
        named = decode(given.pop("model", None))
        earlier = read_model_channel(paths.channel("model"))
        algorithm = str(named) if named is not None else earlier.algorithm if earlier else infer(given)
        predictor = predictor_class(algorithm)
        if earlier and earlier.algorithm != algorithm:
            raise HyperparameterError(
                f"The `model` channel holds a model of {earlier.algorithm}, the job is {algorithm}'s."
            )
        hyperparameters = predictor.Hyperparameters.parse(given)
        if earlier:
            hyperparameters = hyperparameters.inherit(earlier.hyperparameters)
        return cls(algorithm, hyperparameters, earlier)
