"""The problems that the tests of the image train on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo.container import lay_out, table


@dataclass(frozen=True)
class Problem:
    """Training and test data as CSV, and the form of a right answer."""

    hyperparameters: dict[str, int | float | str]
    training: bytes
    validation: bytes
    test: bytes
    columns: int
    empty_rows: int  # at the start of the answer

    def lay_out(self, folder: Path, **hyperparameters: int | float | str) -> Path:
        """Write the `/opt/ml` tree of a job into `folder`, with some hyperparameters changed."""
        lay_out(folder, self.hyperparameters | hyperparameters, self.training, self.validation)
        for written in ("model", "output"):
            (folder / written).mkdir()
        return folder

    def check(self, answer: bytes) -> None:
        """Is this the answer to the test data?"""
        assert answer.count(b"\n") == self.test.count(b"\n")
        values = table(answer)
        assert values.shape == (self.test.count(b"\n"), self.columns)
        assert np.isnan(values[: self.empty_rows]).all()
        assert np.isfinite(values[self.empty_rows :]).all()
