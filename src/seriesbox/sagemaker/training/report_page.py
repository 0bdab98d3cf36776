"""`report.html`: a training as a page to look at. It is never a reason to fail."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seriesbox.page.document import Document
from seriesbox.protocols import Predictor
from seriesbox.sagemaker.training.log import logger
from seriesbox.sagemaker.training.report import Report
from seriesbox.sagemaker.training.samples import Sample, sample_recordings, sample_series
from seriesbox.tables.table import Table

NAME = "report.html"
MAX_CELLS = 100_000  # of a table that the page has inside


class ReportPage:
    """A report that is begun before the training, while its tables are there, and written after it."""

    def __init__(
        self,
        algorithm: str,
        predictor: type[Predictor],
        hyperparameters: Any,
        training: Sequence[Table],
        test: Sequence[Table],
    ) -> None:
        self.algorithm = algorithm
        self.samples: list[Sample] = []
        try:
            if predictor.rows_are_independent:
                self.samples += sample_series("The training data", training, labelled=False)
                self.samples += sample_series("The labelled data", test, labelled=True)
            else:
                before = predictor.min_rows(hyperparameters)
                self.samples += sample_recordings("The last fifth of", training, labelled=False, before=before)
                self.samples += sample_recordings("The labelled", test, labelled=True, before=before)
        except Exception as error:
            logger.warning("The report will show no data: %r.", error)

    def write(
        self,
        folder: Path,
        predictor: Predictor,
        report: Report,
        column_names: Sequence[str],
        channels: Sequence[str],
        notes: Sequence[str],
    ) -> None:
        """Write the page, and log its place; or else log why not."""
        try:
            training = {
                "algorithm": self.algorithm,
                "hyperparameters": predictor.hyperparameters.to_dict(),
                "threshold": predictor.threshold,
                "history": report.history,
                "metrics": {name: value for name, value in report.of_model.items() if isinstance(value, int | float)},
                "sentences": report.sentences,
                "channels": channels,
                "notes": notes,
                "tables": {
                    name: {"columns": columns, "rows": rows}
                    for name, (columns, rows) in report.tables.items()
                    if sum(map(len, rows)) <= MAX_CELLS
                },
                "samples": [sample.answered(predictor, column_names) for sample in self.samples],
            }
            page = Document.of(f"{self.algorithm}: report of a training", {"training": training})
            folder.mkdir(parents=True, exist_ok=True)
            (folder / NAME).write_bytes(page.content)
            logger.info("Wrote the report to %s: open it in a browser.", folder / NAME)
        except Exception as error:
            logger.warning("The report was not written: %r.", error)
