"""LSTM-AD's hyperparameters; the published product's defaults are not known, so these are its examples'."""

from seriesbox.hyperparameters import Optimization, hp


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
    batch_size: int = hp(128, "Windows per gradient step.", ge=1, le=100_000, tunable=True)

    def bytes_per_window(self, columns: int) -> int:
        """Return the bytes that the forecaster takes for a window: its context, and gates and states of two layers."""
        return 4 * self.context_length * (columns + 12 * self.hidden_size)

    def warnings(self) -> list[str]:
        """Warn of a dropout that has no effect. Tuning may ask for it, so it is no error."""
        if self.num_layers == 1 and self.dropout and "dropout" in self.model_fields_set:
            return ["`dropout` has no effect: it is between LSTM layers, and `num-layers` is 1."]
        return []
