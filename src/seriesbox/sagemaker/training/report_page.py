"""`report.html`: a training as a page to look at. It is never a reason to fail."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seriesbox.listener import Record
from seriesbox.protocols import Estimator, Predictor
from seriesbox.report.report import ModelReport
from seriesbox.sagemaker.training.log import logger
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

NAME = "report.html"


def begin(
    predictor: type[Predictor], hyperparameters: Any, training: Sequence[Table], test: Sequence[Table]
) -> ModelReport | None:
    """Return a report of data that a training is about to take over; None, and a line in the log, if it fails."""
    try:
        return ModelReport(predictor, hyperparameters, training, [Labelled.of(table) for table in test])
    except Exception as error:
        logger.warning("There will be no report: %r.", error)
        return None


def write(
    report: ModelReport | None, folder: Path, algorithm: str, model: Estimator, record: Record, **told: Any
) -> None:
    """Write the report, and log where it is; or else log why not. told: as for `ModelReport.write`."""
    if not report:
        return
    try:
        report.write(folder / NAME, algorithm, model.predictor(), record, **told)
        logger.info("Wrote the report to %s: open it in a browser.", folder / NAME)
    except Exception as error:
        logger.warning("The report was not written: %r.", error)
