"""A series that is normal at first, and an anomaly that is to be located in the rest of it."""

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
