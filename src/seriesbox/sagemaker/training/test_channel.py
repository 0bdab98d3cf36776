"""The `test` channel: labelled data by which a fitted model is judged. No label reaches the training."""

from collections.abc import Sequence
from typing import Any

from seriesbox.distributed import Group
from seriesbox.errors import DataError
from seriesbox.protocols import Estimator
from seriesbox.run import Run, StoppedError
from seriesbox.sagemaker.training.log import logger
from seriesbox.sagemaker.training.report import Report
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table


def labelled_faults(
    estimator: type[Estimator],
    hyperparameters: Any,
    known_columns: int,
    training: Sequence[Table],
    test: Sequence[Table],
) -> list[DataError]:
    """Return what is wrong with labelled tables.

    known_columns: those of the earlier model that the training continues; 0 if there is none.
    """
    columns = known_columns or (training[0].values.shape[1] if training else 0)  # all have the widest
    return estimator.channel_class.test_faults(hyperparameters, [Labelled.of(table) for table in test], columns)


def faults_of_all(
    estimator: type[Estimator],
    hyperparameters: Any,
    known_columns: int,
    training: Sequence[Table],
    validation: Sequence[Table],
    test: Sequence[Table],
) -> list[DataError]:
    """Return what is wrong with this process' tables of all channels."""
    return [
        *estimator.channel_class.faults(hyperparameters, training, validation, Group()),
        *labelled_faults(estimator, hyperparameters, known_columns, training, test),
    ]


def judge(model: Estimator, test: Sequence[Table], run: Run, report: Report) -> None:
    """Judge the model by the labelled data. If that is stopped, or fails, the model is as it was."""
    labelled, predictor = [Labelled.of(table) for table in test], model.predictor()

    def judged() -> dict[str, float]:
        for each in labelled:
            predictor.check(each.table)  # that it has the model's columns was not known before on every host
        return model.judge(labelled, report)

    try:
        report.judged(run.interruptible(judged))
    except StoppedError:
        logger.warning("Stopped: the `test` channel was not used.")
    except DataError as error:
        logger.warning("The `test` channel was not used. %s", error)
    except Exception:  # whatever is wrong, the model is worth more
        logger.exception("The `test` channel was not used:")
