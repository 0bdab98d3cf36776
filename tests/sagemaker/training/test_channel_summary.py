"""A job says what it has read, in its log and beside its model."""

import json

import numpy as np
import pytest

from seriesbox.tables.csv import write_csv
from seriesbox.tables.csv_header import CARRY
from tests.job import CNN, LSTM


def read_and_noted(job) -> tuple[list[str], list[str]]:
    """Train, and return the lines about channels, which must be in the log before the first epoch, and the notes."""
    process = job.train()
    assert process.returncode == 0, process.stderr
    written = json.loads((job.base / "output/data/metrics.json").read_text())
    before, _, _ = process.stdout.partition("epoch: 1 ")
    for line in written["channels"]:
        assert f" INFO {line}\n" in before
    for note in written["notes"]:
        assert f" WARNING {note}\n" in process.stdout
    return written["channels"], written["notes"]


def test_a_line_per_channel_has_its_files_rows_gaps_and_what_was_skipped(job, two_shapes):
    values = np.nan_to_num(two_shapes[0].values)
    values[3, 4:6] = values[7, 0] = np.nan
    job.set({**CNN, "epochs": "1"})
    job.put("training", "data.csv", write_csv(values[:50]))
    job.put("training", "data-ground-truth.csv", write_csv(values[50:]))
    job.put("training", ".DS_Store", b"x")
    job.put("training", "none.csv", b"")
    job.put("validation", "more/a.csv", write_csv(values[:20, :30]) + write_csv(values[20:40]))
    rows, columns = values.shape
    assert read_and_noted(job) == (
        [
            f"training: 2 files (data-ground-truth.csv, data.csv), {rows} rows of {columns} columns, 3 gaps; "
            "skipped: .DS_Store (hidden), none.csv (empty)",
            f"validation: 1 file (more/a.csv), 40 rows of 30 to {columns} columns, 3 gaps",
        ],
        [],
    )


def test_the_series_of_json_lines_are_counted(job, wave):
    job.set({**LSTM, "epochs": "1"})
    for number in range(7):
        job.put("training", f"{number}.jsonl", b"%b\n" % json.dumps(wave.tolist()).encode() * 2)
    (line,), notes = read_and_noted(job)
    names = ", ".join(f"{number}.jsonl" for number in range(5))
    assert line == f"training: 7 files ({names} and 2 more), 14 series, {14 * len(wave)} rows of 2 columns, 0 gaps"
    assert not notes


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (lambda rows: np.arange(rows), "counts the rows, like an index"),
        (lambda rows: 1.6e9 + 3600 * np.arange(rows), "rises by 3600 in every row, like an index or a time"),
        (lambda rows: np.zeros(rows), "is 0 in every row, like the label of normal data"),
    ],
)
def test_a_column_that_is_probably_no_series_is_noted(job, wave, column, what):
    job.set({**LSTM, "epochs": "1", "false-alarm-rate": "0.01"})
    job.put("training", "a.csv", write_csv(np.column_stack([column(len(wave)), wave])))
    _, notes = read_and_noted(job)
    assert notes == [f"training: Column 1 {what}: leave it out, or {CARRY}, unless it is data."]
