"""A clustering problem: series of several kinds."""

from dataclasses import dataclass

from demo.problem import Problem, Series


@dataclass(frozen=True)
class Clustering(Problem):
    """One series a row.

    kinds: the kind of each test series.
    normal: the kind that is not abnormal.
    """

    train: list[Series]
    test: list[Series]
    kinds: list[str]
    normal: str

    @property
    def heading(self) -> str:
        """Return what is asked of which data, in one line."""
        return f"Clustering {self.title}: {len(self.train)} to train on, {len(self.test)} to judge by"
