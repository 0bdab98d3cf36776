"""The report of a model, which is begun before its training, while the data is there, and written after it."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seriesbox.files import replacing
from seriesbox.listener import Record
from seriesbox.page.document import Document
from seriesbox.protocols import Predictor
from seriesbox.report.drawn import drawn
from seriesbox.report.samples import RECORDINGS, samples
from seriesbox.tables.labelled import Labelled
from seriesbox.tables.table import Table

MAX_CELLS = 50_000  # of a table that the page has inside
SECONDS = 10  # in which the samples are answered; what is not answered then is left out


class ModelReport:
    """Samples of the data of one training, kept until the model can answer them."""

    def __init__(
        self,
        predictor: type[Predictor],
        hyperparameters: Any,
        training: Sequence[Table],
        test: Sequence[Labelled] = (),
        is_training: bool = True,
    ) -> None:
        """Copy samples. is_training: whether the tables are those of a training, else any that are to be answered."""
        self.samples = samples(predictor, predictor.min_rows(hyperparameters), training, test, is_training)
        self.sentences = list[str]()
        if not predictor.rows_are_independent and len(training) > RECORDINGS:
            self.sentences.append(f"Shown are the first {RECORDINGS} of {len(training)} recordings.")

    def write(
        self,
        file: Path,
        algorithm: str,
        predictor: Predictor,
        record: Record,
        column_names: Sequence[str],
        channels: Sequence[str] = (),
        notes: Sequence[str] = (),
        is_hurried: bool = False,
    ) -> None:
        """Write the page. Raises OSError.

        record: of the training; an empty one if it is not known.
        channels, notes: sentences about what was read, and what may be wrong with it.
        is_hurried: whether only seconds are left.
        """
        deadline = time.monotonic() + (0 if is_hurried else SECONDS)
        data = {
            "algorithm": algorithm,
            "hyperparameters": predictor.hyperparameters.to_dict(),
            "threshold": predictor.threshold,
            "history": record.history,
            "metrics": record.metrics,
            "sentences": [*record.sentences, *self.sentences],
            "channels": channels,
            "notes": notes,
            "tables": {
                name: {"columns": columns, "rows": rows}
                for name, (columns, rows) in record.tables.items()
                if sum(map(len, rows)) <= MAX_CELLS
            },
            "samples": [drawn(sample, predictor, column_names, deadline) for sample in self.samples],
        }
        title = f"{algorithm}: report of a {'training' if record.history else 'model'}"
        page = Document.of(title, {"training": data})
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}")
        with replacing(file, temporary):
            temporary.write_bytes(page.content)
