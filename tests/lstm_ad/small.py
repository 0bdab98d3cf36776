"""The hyperparameters of a small model, trained in no time."""

from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters

CONTEXT, PREDICTION = 20, 7
SMALL = LSTMADHyperparameters(
    context_length=CONTEXT,
    prediction_length=PREDICTION,
    sequence_stride=3,
    hidden_size=12,
    dropout=0.1,
    batch_size=16,
    lr=0.01,
    epochs=20,
)
