"""LSTM-AD's hyperparameters; the published product's defaults are not known, so these are its examples'."""

from seriesbox.errors import HyperparameterError
from seriesbox.hyperparameters import hp
from seriesbox.optimization import Optimization

MAX_ERRORS = 200  # of a row: time and memory grow with their square
MAX_KEPT = 1_000_000  # numbers of the forecasts that a request keeps for its next rows


class LSTMADHyperparameters(Optimization):
    """The hyperparameters of one training."""

    context_length: int = hp(100, "Rows that a forecast is made from.", ge=1, le=10_000, tunable=True)
    prediction_length: int = hp(10, "Rows that are forecast at once.", ge=1, le=100_000, tunable=True, inherited=True)
    sequence_stride: int = hp(10, "Rows between the starts of training windows.", ge=1, le=100_000, tunable=True)
    hidden_size: int = hp(32, "Units of every LSTM layer.", ge=1, le=4096, tunable=True, inherited=True)
    num_layers: int = hp(2, "Stacked LSTM layers.", ge=1, le=16, tunable=True, inherited=True)
    dropout: float = hp(
        0.5, "Share of units dropped between LSTM layers; a single layer has none.", ge=0, le=0.99, tunable=True
    )
    forecast_stride: int = hp(
        0,
        "Rows between forecasts when scoring, a divisor of `prediction-length`; 0: `prediction-length` itself.",
        ge=0,
        le=100_000,
    )
    score_window: int = hp(1, "Rows whose scores are averaged: a row and those before it.", ge=1, le=10_000)
    event_gap: int = hp(
        0, "Rows between two anomalies from which they are two events; 0: `context-length`.", ge=0, le=10**7
    )
    beta: float = hp(1.0, "Weight of recall in the F-beta by which labels choose the threshold.", ge=0.01, le=100)
    batch_size: int = hp(128, "Windows per gradient step.", ge=1, le=100_000, tunable=True)

    @property
    def stride(self) -> int:
        """The rows from a forecast to the next when scoring."""
        return self.forecast_stride or self.prediction_length

    @property
    def held_out_stride(self) -> int:
        """The rows from a held-out window to the next: as when scoring, if scores need rows in order."""
        in_order = self.forecasts > 1 or self.score_window > 1
        return self.stride if in_order else self.sequence_stride

    @property
    def gap(self) -> int:
        """The number of rows between two anomalies from which they are two events."""
        return self.event_gap or self.context_length

    @property
    def forecasts(self) -> int:
        """The number of forecasts of a row."""
        return self.prediction_length // self.stride

    def check_stride(self, columns: int) -> None:
        """Raise HyperparameterError if the forecasts of a row cannot be scored together."""
        if self.forecasts * self.stride != self.prediction_length:
            raise HyperparameterError(
                f"`forecast-stride` is {self.forecast_stride}, but must divide `prediction-length`, which is "
                f"{self.prediction_length}."
            )
        errors = self.forecasts * columns
        if self.forecasts > 1 and (errors > MAX_ERRORS or errors * self.prediction_length > MAX_KEPT):
            raise HyperparameterError(
                f"`forecast-stride` {self.forecast_stride} makes {errors} errors a row, `prediction-length` / "
                f"`forecast-stride` x columns: raise it until they are {MAX_ERRORS} at most, and {MAX_KEPT:,} "
                "with all steps of their forecasts."
            )

    def bytes_per_window(self, columns: int) -> int:
        """Return the bytes that the forecaster takes for a window: its context, and gates and states of two layers."""
        return 4 * self.context_length * (columns + 12 * self.hidden_size)

    def warnings(self) -> list[str]:
        """Warn of a dropout that has no effect. Tuning may ask for it, so it is no error."""
        if self.num_layers == 1 and self.dropout and "dropout" in self.model_fields_set:
            return ["`dropout` has no effect: it is between LSTM layers, and `num-layers` is 1."]
        return []
