"""CNN-KMeans in Python: series in, labels and features out.

Shapes: N series, V variables, T time steps, F features, P parts of a series, K clusters.
"""

from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.cnn_kmeans.onnx_export import exported
from seriesbox.errors import DataError
from seriesbox.estimators.arrays import Given, numbers
from seriesbox.estimators.base import SeriesEstimator
from seriesbox.estimators.progress import Progress
from seriesbox.estimators.scikit_learn import contained
from seriesbox.extras import require
from seriesbox.optimization import Optimization

NONE = -1  # the medoid of an empty cluster


class CNNKMeans(SeriesEstimator, algorithm="cnn-kmeans"):
    """Clusters series by CNN-KMeans: features of a CNN that is trained with a triplet loss, then K-Means.

    X is (N, T), (N, V, T), a list of (T,) or (V, T) arrays of any lengths, or a data frame with a series per row. NaN
    is a missing value. The variables of (N, V, T) need not be told by `variables`, which is for rows that have one
    variable after the other.

    Attributes: `labels_` (N,), `cluster_centers_` (K, P F), `medoids_`, a list of the series in the middle of each
    cluster, `medoid_indices_` (K,), -1 if a cluster is empty, `history_` and `metrics_`. A model that was loaded has
    `cluster_centers_` alone. Of data frames, `feature_names_in_` has the names of the columns.
    """

    _kind, _transforms = "clusterer", True
    _has_axis = False  # whether X had an axis of variables
    variables: int
    labels_: NDArray[np.int64]
    medoid_indices_: NDArray[np.int64]
    medoids_: list[NDArray[np.float64]]

    @property
    def cluster_centers_(self) -> NDArray[np.float32]:
        """The centroids, (K, P F), among what K-Means sees: P parts of a series, of which `transform` has the first."""
        return np.asarray(self._fitted.artifact.tensors["centroids"])

    def predict(self, X: Any) -> NDArray[np.int64]:  # noqa: N803
        """Return the label of every series, (N,): 0 is the cluster that was the largest. Raises DataError."""
        return self._answer(X)[:, 0].astype(np.int64)

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Return the features of every series, (N, F), as `set_output` says. Raises DataError."""
        return contained(self._answer(X)[:, 1:], X, self)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Let `transform` return an array ("default") or a data frame ("pandas"); None changes nothing."""
        if transform is not None:
            self._sklearn_output_config = {"transform": transform}  # the name that scikit-learn's `clone` knows
        return self

    def score(self, X: Any, y: Any = None) -> float:  # noqa: N803
        """Return the mean silhouette of the series in their clusters, -1 to 1; NaN with one cluster. y is ignored.

        It is taken in the features that `transform` returns, of an evenly spread sample if there are very many series.
        The `train_score` of `metrics_` differs: it is taken in what K-Means sees, which has the halves of series too.
        """
        require("train", "score")
        from seriesbox.cnn_kmeans.clustering import SCORED_SERIES  # imports torch and scikit-learn
        from seriesbox.cnn_kmeans.kmeans import silhouettes

        answer = self._answer(X)
        sample = answer[:: -(-len(answer) // SCORED_SERIES)]
        return float(silhouettes(sample[:, 1:], sample[:, 0].astype(np.int64)).mean())

    def fit_predict(self, X: Any, y: Any = None, **fitting: Any) -> NDArray[np.int64]:  # noqa: N803
        """Fit to X, and return its labels, (N,)."""
        return self.fit(X, y, **fitting).labels_

    def fit_transform(self, X: Any, y: Any = None, **fitting: Any) -> Any:  # noqa: N803
        """Fit to X, and return its features, (N, F)."""
        return self.fit(X, y, **fitting).transform(X)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns of `transform`, (F,)."""
        return np.array(self._fitted.predictor.names(None)[1:], object)

    def export(self, file: str | PathLike[str]) -> None:
        """Write the model as one ONNX file, which any runtime of ONNX runs without seriesbox.

        `series`, float64 (B, V, T) in input units, of one length and without gaps -> `label` (B,), `features` (B, F),
        `distances` (B, K).
        """
        model: Any = self._fitted.artifact
        Path(file).write_bytes(exported(model.hyperparameters, model.tensors))

    def _answer(self, x: Any) -> NDArray[np.float32]:
        (answer,) = self._answers(x)
        return answer

    def _given(self, x: Any, name: str, sizes: Optimization | None = None) -> list[Given]:
        tables = super()._given(x, name, sizes)
        if sizes and sizes.variables_per_row > 1 and self._has_axis and tables[0].variables is None:
            raise DataError(
                f"{name} has rows, but the training data has the shape (N, {sizes.variables_per_row}, T): give that, "
                f"or [{name}] if it is one series."
            )
        return tables

    def _sizes(self, given: Given, progress: Progress) -> Optimization:
        variables, self._has_axis = given.variables or self.variables, given.variables is not None
        if self.variables not in (1, variables):
            raise DataError(
                f"X has series of {variables} variables, but `variables` is {self.variables}: leave it out, X tells it."
            )
        if given.variables and isinstance(given.rows, np.ndarray) and variables**2 > given.rows.shape[1]:
            steps = given.rows.shape[1] // variables
            progress.warn(
                f"X has series of {variables} variables and {steps} steps. If these are the other way round, give "
                "X.transpose(0, 2, 1)."
            )
        return self._hyperparameters(variables=variables)

    def _set_learnt(self, x: Any, progress: Progress) -> None:
        self.labels_ = self.predict(x)
        found = [row for *_, row in progress.tables.get("clusters", ((), []))[1]]
        self.medoid_indices_ = np.array([row - 1 if row != "" else NONE for row in found], np.int64)
        rows = x if isinstance(x, list | tuple) else numbers(x, "X")
        self.medoids_ = [np.array(rows[each] if each != NONE else [], np.float64) for each in self.medoid_indices_]
