"""A fitted model in memory: what its two files hold, and the predictor that onnxruntime computes."""

import os
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriesbox.artifact import Artifact
from seriesbox.protocols import Predictor


class Model:
    """A model that can be copied and pickled: its predictor is made anew from what it has learnt."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact

    @cached_property
    def predictor(self) -> Predictor:
        """The predictor, on all cores. It needs no torch."""
        return self.artifact.predictor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)

    @property
    def feature_names(self) -> NDArray[np.object_]:
        """The names of the columns. Raises AttributeError if they have none."""
        if not self.artifact.column_names:
            raise AttributeError("The model was fitted to columns without names.")
        return np.array(self.artifact.column_names, object)

    def __getstate__(self) -> dict[str, Any]:
        return {"artifact": self.artifact}
