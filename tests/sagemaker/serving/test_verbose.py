"""Answers with more columns, for those who ask."""

import json

import numpy as np
import pytest

from seriesbox.answers import Details
from seriesbox.formats.content_type import CSV, JSON, JSON_LINES, TEXTS
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.run import Run
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table

LSTM = LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4)
VERBOSE = "; verbose=true"


@pytest.fixture(scope="module")
def bodies(two_shapes, wave) -> dict[str, dict[str, bytes]]:
    """A request in every format, by algorithm."""
    as_lists = [[None if np.isnan(cell) else float(cell) for cell in row] for row in two_shapes[0].values]
    recording = wave[:60].tolist()
    return {
        "cnn-kmeans": {
            CSV: write_csv(two_shapes[0].values),
            JSON: json.dumps(as_lists).encode(),
            JSON_LINES: "".join(f"{json.dumps(row)}\n" for row in as_lists).encode(),
        },
        "lstm-ad": {
            CSV: write_csv(wave[:60]),
            JSON: json.dumps(recording).encode(),
            JSON_LINES: f"{json.dumps(recording)}\n{json.dumps(recording[:40])}\n".encode(),
        },
    }


@pytest.fixture(params=["cnn-kmeans", "lstm-ad"])
def asked(request, bodies):
    """The server of an algorithm, its predictor, and requests for it."""
    server, model = {"cnn-kmeans": ("cnn_server", "cnn"), "lstm-ad": ("lstm_server", "lstm")}[request.param]
    return request.getfixturevalue(server), request.getfixturevalue(model).predictor(), bodies[request.param]


def rows_of(body: bytes, form: str) -> list:
    """The rows of all series, as lists or objects; an empty cell is None."""
    if form == CSV:
        lines = body.decode().splitlines()
        return [[float(cell) if cell else None for cell in line.split(",")] for line in lines]
    answers = [json.loads(line) for line in body.splitlines()]
    if form == JSON:
        (answers,) = answers
    is_nested = isinstance(answers[0], list) and isinstance(answers[0][0], list | dict)
    return [row for series in answers for row in series] if is_nested else answers


@pytest.mark.parametrize("given", TEXTS)
@pytest.mark.parametrize("form", TEXTS)
def test_verbose_rows_begin_with_the_published_ones_in_every_format(asked, given, form):
    server, predictor, requests = asked
    plain, verbose = (server.post(requests[given], given, form + more) for more in ("", VERBOSE))
    assert (plain.status, verbose.status) == (200, 200), verbose.body
    assert verbose.content_type == plain.content_type == form
    names = predictor.names(Details())
    published = predictor.names(None)
    plain_rows, verbose_rows = rows_of(plain.body, form), rows_of(verbose.body, form)
    assert len(plain_rows) == len(verbose_rows) > 0
    for plain_row, verbose_row in zip(plain_rows, verbose_rows, strict=True):
        if form != CSV:
            assert list(verbose_row) == names
            verbose_row = list(verbose_row.values())
        assert len(verbose_row) == len(names)
        assert verbose_row[: len(published)] == plain_row


def test_a_header_names_the_columns_of_csv_once(asked):
    server, predictor, requests = asked
    for more, details in (("", None), (VERBOSE, Details())):
        body = server.post(requests[CSV], CSV, CSV + more).body
        with_header = server.post(requests[CSV], CSV, f"{CSV}{more}; header=present").body
        assert with_header == ",".join(predictor.names(details)).encode() + b"\n" + body


def test_series_of_their_own_have_events_of_their_own(lstm_server, bodies):
    answer = lstm_server.post(bodies["lstm-ad"][JSON_LINES], JSON_LINES, f"{JSON_LINES}; threshold=1e30")
    events = [[row["event"] for row in json.loads(line)] for line in answer.body.splitlines()]
    assert [len(each) for each in events] == [60, 40]
    assert all(each[:20] == [None] * 20 and set(each[20:]) == {1.0} for each in events)


def test_any_split_of_independent_rows_gives_the_same_verbose_lines(cnn_server, bodies):
    lines = bodies["cnn-kmeans"][CSV].splitlines(keepends=True)
    whole = cnn_server.post(b"".join(lines), CSV, CSV + VERBOSE).values
    parts = [cnn_server.post(b"".join(part), CSV, CSV + VERBOSE).values for part in (lines[:7], lines[7:8], lines[8:])]
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        ("text/csv; verbose=yes", "`verbose` in Accept is yes"),
        ("application/json; header=present", "`header` in Accept is for text/csv"),
        ("text/csv; threshold=x", "must be a number"),
    ],
)
def test_what_cannot_be_asked_is_said(cnn_server, accept, message):
    answer = cnn_server.post(b"1,2,3\n", CSV, accept)
    assert answer.status == 406
    assert message in answer.message


def test_a_threshold_is_for_models_that_score(cnn_server):
    answer = cnn_server.post(b"1,2,3\n", CSV, "text/csv; threshold=-3")
    assert answer.status == 400
    assert "threshold" in answer.message


def test_a_model_can_be_verbose_by_itself(serving, wave, bodies):
    sizes = LSTM.model_copy(update={"verbose": "true", "epochs": 1})
    model = LSTMAD.fit(sizes, [Table.of(wave)], [], Run())
    with serving(model) as server:
        names = model.predictor().names(Details())
        assert server.post(bodies["lstm-ad"][CSV]).values.shape == (60, len(names))
        assert server.post(bodies["lstm-ad"][CSV], CSV, "text/csv; verbose=false").values.shape == (60, 3)
        assert [*json.loads(server.post(bodies["lstm-ad"][JSON], JSON, JSON).body)[0]] == names
