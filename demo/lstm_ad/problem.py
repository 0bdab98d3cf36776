"""A detection problem: a series that is normal at first, and has an anomaly in the rest."""

from dataclasses import dataclass

from demo.problem import Array, Problem


@dataclass(frozen=True)
class Detection(Problem):
    """One time step a row. All rows to train on are normal.

    anomaly: the rows of `test` that are not.
    """

    train: Array  # (N, 1)
    test: Array  # (N, 1)
    anomaly: range

    @property
    def heading(self) -> str:
        """Return what is asked of which data, in one line."""
        rows = f"{len(self.train)} rows to train on, {len(self.test)} to judge by"
        return f"Anomaly detection in {self.title}: {rows}"
