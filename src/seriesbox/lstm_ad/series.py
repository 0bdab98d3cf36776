"""What a table must be to be one series in several columns."""

import numpy as np

from seriesbox.errors import DataError
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.table import Table


def check(table: Table, columns: int, hyperparameters: LSTMADHyperparameters, windows: int, purpose: str) -> None:
    """Raise DataError where a cell is missing, rows are not of so many columns, or do not fill so many windows."""
    count = len(table.values)
    strange = np.flatnonzero(table.widths != columns)
    if len(strange) == count:
        raise DataError(
            f"{table.name} has rows of {table.widths[0]} cells, but the training data has {columns}: give one time "
            "step per row and one series per column."
        )
    if len(strange):
        raise DataError(
            f"{table.name}: row {strange[0] + 1} has {table.widths[strange[0]]} cells, the others have {columns}. "
            "LSTM-AD needs every row complete."
        )
    missing = np.argwhere(np.isnan(table.values))
    if len(missing):
        row, column = missing[0] + 1
        raise DataError(
            f"{table.name}: row {row} is empty in column {column}. LSTM-AD needs a number in every cell: fill the "
            "gaps before."
        )
    context, predicted = hyperparameters.context_length, hyperparameters.prediction_length
    if count < windows * (context + predicted):
        raise DataError(
            f"{table.name} has {count} rows, but context-length {context} and prediction-length {predicted} "
            f"need at least {windows * (context + predicted)} {purpose}."
        )
