import numpy as np
import pandas as pd
import pytest

from seriesbox.errors import DataError
from seriesbox.tables.csv import parse_csv
from seriesbox.tables.csv_rows import Layout

SERIES = np.random.default_rng(0).normal(size=(40, 30))
AS_PANDAS_WRITES_IT = "starts with a header .* as pandas writes it: leave it out, by to_csv"


def written(values, **options) -> bytes:
    return pd.DataFrame(values).to_csv(**options).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [0, 1])
@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("values", [SERIES, SERIES[:1], SERIES[:, :2], SERIES[:, :1], np.tile(SERIES, (100, 1))])
def test_the_numbers_by_which_pandas_names_columns_are_no_data(values, index, quoting, end):
    body = written(values, index=index, quoting=quoting, lineterminator=end)
    with pytest.raises(DataError, match=AS_PANDAS_WRITES_IT):
        parse_csv(body, "it")
    columns = values.shape[1] + index
    assert parse_csv(body, "it", Layout(header=True)).values.shape == (len(values), columns)
    assert parse_csv(body, "it", Layout(header=False)).values.shape == (len(values) + 1, columns)


@pytest.mark.parametrize("row", [b" 0,1,2", b"0,1,2,", b"\t0, 1, 2"])
def test_a_header_is_seen_through_blanks_and_a_comma_at_its_end(row):
    with pytest.raises(DataError, match=AS_PANDAS_WRITES_IT):
        parse_csv(row + b"\n.1,.2,.3,\n", "it")


def test_a_header_of_other_numbers_above_an_index_is_no_data():
    body = pd.DataFrame(SERIES, columns=np.arange(30) / 10).to_csv().encode()
    with pytest.raises(DataError, match=AS_PANDAS_WRITES_IT):
        parse_csv(body, "it")


@pytest.mark.parametrize(
    "body",
    [
        b"0\n0\n1\n5\n2\n",
        b"0.0\n0.5\n",
        b"0\n0.5\n1\n1.5\n",
        b"0.0,1.0,2.0\n3.5,4.5,5.5\n",
        b",0.5,0.7\n0.1,0.2,0.3\n0.4,0.5,0.6\n",
        b",3,7\n0,5,6\n1,7,8\n",
        b"0,1\n1,1\n1,0\n",
        b"0,1,3\n0,1,2\n",
        b"0,0\n1,1\n2,2\n",
        b"0",
    ],
)
def test_data_that_begin_like_a_header_are_data(body):
    assert len(parse_csv(body, "it").values) == body.count(b"\n") or body == b"0"


@pytest.mark.parametrize(
    ("names", "no_series"),
    [
        ("timestamp,value", "timestamp"),
        ("value,Date", "Date"),
        ("event_time,value", "event_time"),
        ("value,label", "label"),
        ("value,is_anomaly", "is_anomaly"),
        ("Unnamed: 0,value", "Unnamed: 0"),
        ("id,0", "id"),
    ],
)
def test_a_header_tells_which_columns_are_no_series(names, no_series):
    with pytest.raises(DataError, match=f"Column [12], which it calls {no_series}, is no series: leave it out"):
        parse_csv(f"{names}\n1,2\n3,4\n".encode(), "it")


@pytest.mark.parametrize("names", ["temperature,pressure", "lead_1,lead_2", "daylight,timeliness", "x,candidates"])
def test_other_names_are_those_of_series(names):
    with pytest.raises(DataError, match=r"in row 1\): remove it, or say so \(`header=present` in [^.]*\.$"):
        parse_csv(f"{names}\n1,2\n".encode(), "it")
