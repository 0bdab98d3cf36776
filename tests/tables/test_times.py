import numpy as np
import pandas as pd
import pytest

from seriesbox.tables.csv import parse_csv
from seriesbox.tables.csv_rows import Layout
from seriesbox.tables.times import uneven_steps

HOURS = pd.date_range("2024-03-30", periods=60, freq="h", tz="UTC")
WRITINGS = {
    "ISO 8601": lambda times: [each.isoformat() for each in times],
    "with a blank": lambda times: [str(each)[:19] for each in times],
    "epoch": lambda times: [str(int(each.timestamp())) for each in times],
    "milliseconds": lambda times: [f"{1000 * each.timestamp():.1f}" for each in times],
}


def sentences(texts, header=b"when,x\n") -> list[str]:
    body = header + b"".join(b"%b,%d\n" % (text.encode(), number) for number, text in enumerate(texts))
    return list(uneven_steps(parse_csv(body, "a.csv", Layout(True, 1)).ids, "a.csv", 2))


@pytest.mark.parametrize("write", WRITINGS.values(), ids=WRITINGS)
def test_missing_and_doubled_steps_are_named_with_their_first_row(write):
    assert not sentences(write(HOURS))
    texts = write(HOURS[[*range(20), *range(23, 40), 39, *range(40, 60)]])
    (sentence,) = sentences(texts)
    assert f"3 are missing, first at row 22 ({texts[20]}); 1 is doubled, first at row 39 ({texts[37]})" in sentence
    assert sentence.startswith("a.csv: steps of 'when' are ")


def test_the_usual_step_is_told_in_seconds():
    (sentence,) = sentences(WRITINGS["ISO 8601"](HOURS.delete(7)))
    assert "steps of 'when' are 3600 s, but 1 is missing" in sentence


def test_steps_backwards_are_named():
    (sentence,) = sentences(WRITINGS["ISO 8601"](HOURS[[*range(30), *range(20, 60)]]))
    assert "1 is backwards, first at row 32" in sentence


@pytest.mark.parametrize(
    "texts",
    [
        ["7"] * 60,
        [f"pump-{number}" for number in range(60)],
        np.random.default_rng(0).integers(0, 10**9, 60).astype(str),
        ["2024-01-01", *map(str, range(59))],
        WRITINGS["ISO 8601"](HOURS[[0, 1, 5]]),
        ["9999-12-31", "0001-01-01"] * 30,
        ["inf", "1e308", "-1e308"] * 20,
    ],
)
def test_ids_that_are_no_times_say_nothing(texts):
    assert not sentences(texts)
