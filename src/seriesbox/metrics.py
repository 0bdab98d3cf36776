"""One line of metrics per epoch, and the regular expression that reads it back."""

from collections.abc import Mapping


def line(epoch: int, values: Mapping[str, float]) -> str:
    """Return `epoch: 1 train_loss: 0.47336045 ...`, in the format of the published algorithms' logs."""
    return f"epoch: {epoch} {text(values)}"


def text(values: Mapping[str, float]) -> str:
    """Return `test_precision: 0.91234567 ...`, for metrics that no epoch has."""
    return " ".join(f"{name}: {value:.8f}" for name, value in values.items())


def regex(name: str) -> str:
    """Return the expression that captures the value of the metric `name` in a `line`."""
    return rf"(?:^| ){name}: (-?[0-9.]+)"
