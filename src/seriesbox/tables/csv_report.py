"""The faults of a file in comma-separated values, in sentences that say what to do."""

from collections.abc import Iterator

from seriesbox.errors import DataError, Places, raise_errors
from seriesbox.tables.csv_faults import Faults
from seriesbox.tables.csv_header import CARRY, header_fault, no_series

MIN_ROWS = 2  # without a number in a column or a file, so that it is named as a whole


def check(faults: Faults) -> None:
    """Raise DataError if there is any fault."""
    if shared := faults.kinds.fault():
        raise DataError(faults.name + shared)
    if faults.wrong and not faults.has_number.any() and faults.rows >= MIN_ROWS:
        advice = "is this data? Leave it out, or write comma-separated numbers."
        raise DataError(f"{faults.name} has no number in its {faults.rows} rows: {advice}")
    raise_errors(list(_errors(faults)))
    if faults.unreadable:
        raise DataError(f"{faults.name} cannot be read as comma-separated numbers.")


def _errors(faults: Faults) -> Iterator[DataError]:
    name = faults.name
    unread = f"; what follows row {faults.rows} was not checked." if faults.unread else "."
    if faults.header:
        yield DataError(name + header_fault(faults.header, faults.called.before, faults.labelled))
    word_columns = [
        number
        for number, column in sorted(faults.columns.items())
        if column.count >= MIN_ROWS and not faults.has_number[number : number + 1].any()
    ]
    named = no_series(faults.header)
    for number in word_columns:
        rows, (_, example) = faults.rows - faults.left_out - bool(faults.header), faults.columns[number].first[0]
        if faults.labelled and number == 0:
            yield DataError(
                f"{name}: the labels in {faults.called.label(0)} must be numbers, not {example!r}, for example{unread}"
            )
        elif number not in named:
            yield DataError(
                f"{name}: {faults.called.label(number)} is no number in any of {rows} rows, {example!r} for example: "
                f"leave it out, or {CARRY}{unread}"
            )
    if faults.word_rows.count:
        yield DataError(f"{name} has rows without a number, leave them out: ", faults.word_rows, unread)
    cells = Places()
    others = [(number, column) for number, column in faults.columns.items() if number not in word_columns]
    first = sorted((row, number, text) for number, column in others for row, text in column.first)
    cells.add(
        sum(column.count for _, column in others),
        (f"row {row + 1}, {faults.called.label(number)} is {text!r}" for row, number, text in first),
    )
    if cells.count:
        advice = "write numbers or leave them empty" if faults.gaps else "write a number into each"
        yield DataError(f"{name} has cells that are not numbers up to 3.4e38, {advice}: ", cells, unread)
    blank = faults.blank_lines.count
    if blank >= MIN_ROWS and faults.every_second_blank and blank == faults.rows // 2:
        yield DataError(f"{name} has a blank line after every row: remove these lines.")
    elif blank:
        advice = "remove them, or write what is missing there"
        yield DataError(f"{name} has blank lines, {advice}: ", faults.blank_lines, unread)
