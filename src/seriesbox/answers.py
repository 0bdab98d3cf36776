"""The columns of an answer after the published ones, as a request asks for them."""

from typing import NamedTuple


class Details(NamedTuple):
    """The columns after the published ones.

    threshold: the score below which a row is an anomaly, instead of the model's own.
    """

    threshold: float | None = None


NEEDS_TRAINING = "This model was trained before verbose answers existed: train it again to get them."
