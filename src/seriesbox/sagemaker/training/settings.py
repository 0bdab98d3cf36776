"""The settings of a job: its algorithm, its hyperparameters, and the earlier model that it starts from."""

import json
from typing import Any, NamedTuple

from seriesbox.algorithm import infer_algorithm, predictor_class
from seriesbox.artifact import Artifact
from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameter_text import decode
from seriesbox.optimization import Optimization
from seriesbox.sagemaker.paths import Paths
from seriesbox.sagemaker.training.model_channel import read_model_channel

PLATFORM = ("sagemaker_", "_tuning_objective_metric")  # prefixes of entries that are not the user's


class JobSettings(NamedTuple):
    """The settings of one job."""

    algorithm: str
    hyperparameters: Optimization
    earlier_model: Artifact | None

    @classmethod
    def read(cls, paths: Paths) -> "JobSettings":
        """Read what the user set. Raises UserError."""
        given = read_given(paths)
        named = decode(given.pop("model", None))
        earlier_model = read_model_channel(paths.channel("model"))
        algorithm = (
            str(named) if named is not None else earlier_model.algorithm if earlier_model else infer_algorithm(given)
        )
        predictor = predictor_class(algorithm)
        if earlier_model and earlier_model.algorithm != algorithm:
            raise HyperparameterError(
                f"The `model` channel holds a model of {earlier_model.algorithm}, the job is {algorithm}'s."
            )
        hyperparameters = predictor.Hyperparameters.parse(given)
        if earlier_model:
            hyperparameters = hyperparameters.inherit(earlier_model.hyperparameters)
        return cls(algorithm, hyperparameters, earlier_model)


def read_given(paths: Paths) -> dict[str, Any]:
    """Return the user's hyperparameters, `model` included, as the client has written them."""
    given = json.loads(paths.hyperparameters.read_bytes())
    return {name: value for name, value in given.items() if not name.startswith(PLATFORM)}
