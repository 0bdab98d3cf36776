"""Checks that a table is a recording: one series in several columns, complete and long enough."""

import numpy as np

from seriesbox.errors import DataError, Places, ShortSeriesError
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.blocks import blocks
from seriesbox.tables.table import Table


def check_recording(
    table: Table, columns: int, hyperparameters: LSTMADHyperparameters, windows: int, purpose: str
) -> None:
    """Raise DataError if a cell is missing, or rows do not have the columns; ShortSeriesError if windows do not fit."""
    count = len(table.values)
    wrong_widths, missing = Places(), Places()
    for rows in blocks(*table.values.shape):
        widths = table.widths[rows]
        other = np.flatnonzero(widths != columns)
        wrong_widths.add(len(other), (f"row {rows.start + row + 1} has {widths[row]} cells" for row in other))
        gaps = np.argwhere(np.isnan(table.values[rows, :columns]))
        missing.add(len(gaps), (f"row {rows.start + row + 1} is empty in column {gap + 1}" for row, gap in gaps))
    if wrong_widths.count == count:
        raise DataError(
            f"{table.name} has rows of {table.widths[0]} cells, but the training data has {columns}: give one time "
            "step per row and one series per column; in JSON, a list of rows."
        )
    if wrong_widths.count:
        advice = f", the others have {columns}. LSTM-AD needs every row complete."
        raise DataError(f"{table.name}: ", wrong_widths, advice)
    if missing.count:
        advice = ". LSTM-AD needs a number in every cell: fill the gaps before."
        raise DataError(f"{table.name}: ", missing, advice)
    context, predicted = hyperparameters.context_length, hyperparameters.prediction_length
    if count < windows * (context + predicted):
        raise ShortSeriesError(
            f"{table.name} has {count} rows, but context-length {context} and prediction-length {predicted} "
            f"need at least {windows * (context + predicted)} {purpose}."
        )
