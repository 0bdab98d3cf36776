"""The `test` channel: labelled data by which a fitted model is judged. No label reaches the training."""

from collections.abc import Sequence
from typing import Any

from seriesbox.distributed import Group
from seriesbox.errors import DataError
from seriesbox.protocols import Estimator
from seriesbox.sagemaker.training.log import logger
from seriesbox.sagemaker.training.report import Report
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table


def faults_of_all(
    estimator: type[Estimator],
    hyperparameters: Any,
    training: Sequence[Table],
    validation: Sequence[Table],
    test: Sequence[Table],
) -> list[DataError]:
    """Return what is wrong with this process' tables of all channels."""
    channel, columns = estimator.channel_class, training[0].width if training else 0
    return [
        *channel.faults(hyperparameters, training, validation, Group()),
        *channel.test_faults(hyperparameters, [Labelled.of(table) for table in test], columns),
    ]


def judge(model: Estimator, test: Sequence[Table], stopped: bool, report: Report) -> None:
    """Judge the model by the labelled data. If that fails, the model is saved all the same."""
    if stopped:
        logger.warning("Stopped: the `test` channel was not used.")
        return
    labelled, predictor = [Labelled.of(table) for table in test], model.predictor()
    try:
        for each in labelled:
            predictor.check(each.table)  # that it has the model's columns was not known before on every host
        report.judged(model.judge(labelled, report.warn))
    except DataError as error:
        logger.warning("The `test` channel was not used. %s", error)
