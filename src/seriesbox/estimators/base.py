"""The base of all estimators: training, the tables of data that is given, and the model on disk."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from seriesbox.algorithm import predict, predictor_class
from seriesbox.answers import Details
from seriesbox.errors import DataError
from seriesbox.estimators.arrays import Given, recordings, series
from seriesbox.estimators.copies import labelled_of, pair, stack_of, table_of
from seriesbox.estimators.interrupting import interruptible
from seriesbox.estimators.model import Model
from seriesbox.estimators.parameters import Parameters, pythons_words
from seriesbox.estimators.progress import Progress
from seriesbox.estimators.scikit_learn import not_fitted, tags
from seriesbox.extras import require
from seriesbox.listener import Metrics, Record
from seriesbox.optimization import Optimization
from seriesbox.report.report import ModelReport
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table


class SeriesEstimator(Parameters):
    """The base of every estimator: it is fitted as a training job is, and answers as a server does.

    history_: the metrics of every epoch. metrics_: those of the model, also on labelled data. A loaded model has none.
    """

    _kind: ClassVar[str]  # in scikit-learn's words
    _transforms: ClassVar[bool] = False
    history_: list[Metrics]
    metrics_: dict[str, float]
    _model: Model
    _of_fit: tuple[ModelReport, Record]

    @pythons_words()
    def fit(self, X: Any, y: Any = None, *, validation: Any = None, test: tuple[Any, Any] | None = None) -> Self:  # noqa: N803
        """Fit to X, and return the estimator. What is given is not changed, and y is ignored.

        A Ctrl-C ends the fit with what has been learnt; a second one ends it at once.
        Raises HyperparameterError and DataError, both ValueErrors, that say what is wrong, where, and what to do.
        validation: data like X, whose metrics `history_` has, and by which `patience` ends the fit.
        test: data like X, and a label for every row, by which the fitted model is judged.
        """
        require("train", "fit")
        with interruptible() as stopped:
            given, progress = self._given(X, "X"), Progress()
            sizes = self._sizes(given[0], progress)
            shorter = self._may_be_shorter(sizes)
            training = stack_of(given, (), shorter)
            known = training.columns.names
            judged: Sequence[Labelled] = ()
            held_out: Sequence[Table] = ()
            if validation is not None:
                held_out = stack_of(self._given(validation, "validation", sizes), known, shorter)
            if test is not None:
                tables = [table_of(each, known, shorter) for each in self._given(pair(test)[0], "test", sizes)]
                judged = labelled_of(tables, *test, are_classes=self._independent)
            report = ModelReport(predictor_class(self._algorithm), sizes, training, judged)
            from seriesbox.fitting import Data, fit  # imports torch

            artifact = fit(self._algorithm, sizes, Data(training, held_out, judged), progress, stopped)
        self._model, self._of_fit = Model(artifact), (report, progress)
        self.history_, self.metrics_ = progress.history, progress.metrics
        self._set_learnt(X, progress)
        return self

    @classmethod
    def of(cls, model: Model) -> Self:
        """Return the estimator of a model, whose hyperparameters are its parameters."""
        given = {name.replace("-", "_"): value for name, value in model.artifact.hyperparameters.to_dict().items()}
        estimator = cls(**{name: value for name, value in given.items() if name in cls._names})
        estimator._model = model
        return estimator

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the model into a folder: the files that a training job writes, and that `serve` serves."""
        self._fitted.artifact.save(Path(folder))

    @pythons_words()
    def report(self, file: str | PathLike[str] = "report.html", X: Any = None) -> None:  # noqa: N803
        """Write a page to look at: the fit and its data or, if X is given, the answers to X. Raises DataError."""
        artifact, predictor, record = self._fitted.artifact, self._fitted.predictor, Record()
        if X is not None:
            tables = self._tables(X)
            for table in tables:
                predictor.check(table)
            report = ModelReport(type(predictor), artifact.hyperparameters, tables, is_training=False)
        elif "_of_fit" in vars(self):
            report, record = self._of_fit
        else:
            raise DataError("A model that was loaded has no data to show: give X.")
        report.write(Path(file), self._algorithm, predictor, record, artifact.column_names)

    @property
    def feature_names_in_(self) -> NDArray[np.object_]:
        """The names of the columns, (D,), if they were given."""
        return self._fitted.feature_names

    @property
    def _fitted(self) -> Model:
        if "_model" not in vars(self):
            raise not_fitted(type(self).__name__)
        return self._model

    @property
    def _independent(self) -> bool:
        return predictor_class(self._algorithm).rows_are_independent

    def _may_be_shorter(self, sizes: Optimization) -> bool:
        return self._independent and sizes.variables_per_row == 1

    def _set_learnt(self, x: Any, progress: Progress) -> None: ...

    def _given(self, x: Any, name: str, sizes: Optimization | None = None) -> list[Given]:
        """Return what is given, which has the variables of the hyperparameters if these are known."""
        tables = [series(x, name)] if self._independent else recordings(x, name)
        if sizes:
            for given in tables:
                given.check_variables(sizes.variables_per_row)
        return tables

    def _sizes(self, given: Given, progress: Progress) -> Optimization:
        """Return the hyperparameters for what is given."""
        sizes = self._hyperparameters()
        given.check_variables(sizes.variables_per_row)
        return sizes

    @pythons_words()
    def _answers(self, x: Any, details: Details | None = None) -> list[NDArray[np.float32]]:
        """Return the answer to each table, (N, outputs), as the server gives it. Raises DataError."""
        return [predict(self._fitted.predictor, table, details) for table in self._tables(x)]

    def _tables(self, x: Any) -> list[Table]:
        """Return the tables of what is given, columns in the order of the model's. Raises DataError."""
        artifact = self._fitted.artifact
        sizes, known = artifact.hyperparameters, artifact.column_names
        return [table_of(each, known, self._may_be_shorter(sizes)) for each in self._given(x, "X", sizes)]

    def __sklearn_tags__(self) -> Any:
        return tags(self._kind, self._transforms)

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in vars(self)
