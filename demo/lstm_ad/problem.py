"""A detection problem: a series that is normal at first, and has an anomaly in the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from demo.problem import Array, Problem


@dataclass(frozen=True)
class Detection(Problem):
    """One time step a row, one series a column. All rows to train on are normal.

    anomaly: the rows of `test` that are not, in the first column.
    """

    train: Array  # (N, D)
    test: Array  # (N, D)
    anomaly: range
    columns: Sequence[str] = ("series",)  # their names

    @property
    def heading(self) -> str:
        """Return what is asked of which data, in one line."""
        rows = f"{len(self.train)} rows to train on, {len(self.test)} to judge by"
        return f"Anomaly detection in {self.title}: {rows}"
