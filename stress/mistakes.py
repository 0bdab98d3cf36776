"""The mistakes of callers: requests to a server, commands in a shell and calls in Python that are refused."""

import gzip
from collections.abc import Mapping
from typing import NamedTuple

CSV, JSON = {"Content-Type": "text/csv"}, {"Content-Type": "application/json"}
LARGEST = 1000  # bytes of a request, as MAX_CONTENT_LENGTH says


class Request(NamedTuple):
    """A request to a server of one algorithm's model: of CNN-KMeans, or of LSTM-AD with one column."""

    algorithm: str
    body: bytes = b""
    headers: Mapping[str, str] = CSV
    method: str = "POST"
    path: str = "/invocations"


def _series(body: bytes, **headers: str) -> Request:
    return Request("cnn-kmeans", body, CSV | {name.replace("_", "-"): value for name, value in headers.items()})


def _recording(body: bytes, **headers: str) -> Request:
    return _series(body, **headers)._replace(algorithm="lstm-ad")


REQUESTS: dict[str, Request] = {
    "a cell that is no number": _series(b"1,2,3\n4,five,6\n"),
    "a header that is not announced": _series(b"a,b,c\n1,2,3\n"),
    "a header that is announced, and is none": _series(b"1,2,3\n4,5,6\n", Content_Type="text/csv; header=present"),
    "numbers between semicolons": _series(b"1;2;3\n"),
    "a row of nothing": _series(b"1,2\n,\n3,4\n"),
    "no body": _series(b""),
    "JSON that is cut off": Request("cnn-kmeans", b"[[1, 2", JSON),
    "CSV that is called JSON": Request("cnn-kmeans", b"1,2,3\n4,5,6\n", JSON),
    "too few rows": _recording(b"1\n2\n"),
    "rows of another width": _recording(b"1,2\n" * 9),
    "rows of different widths": _recording(b"1\n" * 9 + b"1,2\n"),
    "a column that is mostly missing": _recording(b"1\n" * 4 + b"nan\n" * 5),
    "a gap as long as a context": _recording(b"1\n" * 5 + b"nan\n" * 2 + b"1\n" * 2),
    "no content type": Request("cnn-kmeans", b"1,2,3\n", {}),
    "a content type that is not read": _series(b"1,2,3\n", Content_Type="text/plain"),
    "a charset that is not read": _series(b"1,2,3\n", Content_Type="text/csv; charset=utf-16"),
    "a wrong word for `header`": _series(b"1,2,3\n", Content_Type="text/csv; header=yes"),
    "too many `ids`": _series(b"1,2,3\n", Content_Type="text/csv; ids=101"),
    "`ids` of JSON": _series(b"[[1, 2, 3]]", Content_Type="application/json; ids=1"),
    "labels": _series(b"1,2,3\n", Content_Type="text/csv; label_size=1"),
    "a compressed body": _series(gzip.compress(b"1,2,3\n"), Content_Encoding="gzip"),
    "an answer that is not written": _series(b"1,2,3\n", Accept="application/x-parquet"),
    "a wrong word for `verbose`": _series(b"1,2,3\n", Accept="text/csv; verbose=yes"),
    "a `threshold` that is no number": _recording(b"1\n" * 9, Accept="text/csv; threshold=low"),
    "a `threshold` of clusters": _series(b"1,2,3\n", Accept="text/csv; threshold=-20"),
    "a `header` of JSON": _series(b"1,2,3\n", Accept="application/json; header=present"),
    "ids, and an answer in NPY": _series(b"a,1,2\n", Content_Type="text/csv; ids=1", Accept="application/x-npy"),
    "more than `MAX_CONTENT_LENGTH`": _series(b"1,2,3\n" * LARGEST),
    "another path": Request("cnn-kmeans", b"1,2,3\n", path="/predict"),
    "another method": Request("cnn-kmeans", method="GET"),
}

FILES = {
    "beats.csv": b"1,2,3\n3,2,1\n" * 10,
    "wrong.csv": b"1,2,3\n4,five,6\n",
    "empty.csv": b"",
    "sensor.csv": b"1\n2\n" * 10,
}
COMMANDS = (  # in a folder with these files, and a model of CNN-KMeans in `model`
    "seriesbox fit k-means beats.csv --out new",
    "seriesbox fit cnn-kmeans beats.csv",
    "seriesbox fit cnn-kmeans nowhere.csv --out new",
    "seriesbox fit cnn-kmeans empty.csv --out new",
    "seriesbox fit cnn-kmeans wrong.csv --out new",
    "seriesbox fit cnn-kmeans beats.csv --cluster 2 --out new",
    "seriesbox fit cnn-kmeans beats.csv --clusters 1 --out new",
    "seriesbox fit cnn-kmeans beats.csv --clusters 50 --out new",
    "seriesbox fit lstm-ad sensor.csv --out new",
    "seriesbox predict nowhere beats.csv",
    "seriesbox predict model wrong.csv",
    "seriesbox predict model sensor.csv",
    "seriesbox predict model beats.csv --format parquet",
    "seriesbox predict model beats.csv --accept json --names",
    "seriesbox predict model beats.csv --threshold -20",
    "seriesbox serve model --port 80800",
)

CALLS = (  # `series` is (20, 3), `recording` (20,)
    "CNNKMeans(cluster=2)",
    "CNNKMeans(epochs=0).fit(series)",
    "CNNKMeans(clusters=50).fit(series)",
    "CNNKMeans(clusters=2).fit(recording)",
    "CNNKMeans(clusters=2).fit([[1, 2], [3, 'x']])",
    "CNNKMeans(clusters=2, patience=3).fit(series)",
    "CNNKMeans().predict(series)",
    "LSTMAD().fit(recording)",
    "load('nowhere')",
)
