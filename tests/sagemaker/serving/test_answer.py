"""A real server answers the requests that it can answer."""

import json

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table


def test_labels_come_first_and_features_follow(cnn_server, cnn, two_shapes):
    table = two_shapes[0]
    output = cnn_server.post(write_csv(table.values)).values
    np.testing.assert_allclose(output, predict(cnn.predictor(), table), rtol=1e-5, atol=1e-6)
    assert set(output[:, 0]) <= set(range(8))


def test_scores_come_first_predictions_follow_and_the_first_context_is_empty(lstm_server, lstm, wave):
    answer = lstm_server.post(write_csv(wave[:203]))
    lines = answer.body.split(b"\n")
    assert lines[:20] == [b",,"] * 20
    assert lines[203:] == [b""]
    np.testing.assert_allclose(answer.values, predict(lstm.predictor(), Table.of(wave[:203])), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("accept", ["*/*", "text/*", "text/csv, application/json", "text/csv;q=0.9, */*;q=0.1"])
def test_the_type_of_csv_is_exactly_text_csv(cnn_server, accept):
    answer = cnn_server.post(b"1,2,3\n", "text/csv; charset=utf-8", accept)
    assert (answer.status, answer.headers.get_all("Content-Type")) == (200, ["text/csv"])


def test_every_format_gives_the_same_rows(cnn_server, lstm_server, two_shapes, wave):
    gaps = wave[:100].copy()
    gaps[50] = gaps[60, 0] = np.nan
    for server, rows in ((cnn_server, two_shapes[0].values), (lstm_server, wave[:100]), (lstm_server, gaps)):
        as_csv = server.post(write_csv(rows)).values
        as_lists = [[None if np.isnan(cell) else float(cell) for cell in row] for row in rows]
        as_json = server.post(json.dumps(as_lists).encode(), "application/json", "application/json")
        assert as_json.content_type == "application/json"
        np.testing.assert_allclose(np.array(json.loads(as_json.body), float), as_csv, rtol=1e-5, atol=1e-5)


def test_a_line_of_json_is_one_series_and_gets_one_line(one_column_server):
    series = [[0.1, 0.2, 0.3, 0.4], [0.5, 0.1, 0.7]]
    lines = [json.dumps(one).encode() for one in series]
    body = b"".join(line + b"\n" for line in lines)
    answer = one_column_server.post(body, "application/jsonlines")
    assert answer.content_type == "application/jsonlines"
    answers = [json.loads(line) for line in answer.body.splitlines()]
    assert answers == [json.loads(one_column_server.post(line, "application/jsonlines").body) for line in lines]
    assert [len(rows) for rows in answers] == [4, 3]
    assert answers[0][:2] == [[None, None]] * 2
    (line,) = one_column_server.lines("request", at_least=1, bytes_in=len(body))
    assert {"rows": 7, "columns": 1, "missing": 0}.items() <= line.items()
    as_json = one_column_server.post(body, "application/jsonlines", "application/json")
    assert json.loads(as_json.body) == answers


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf1,2\r\n3,\r\n",
        b"a,b\r\n1,2\r\n3,\r\n",
        b'"1","2"\n3,\n\n',
        b"1,2\n3,nan",
        b"1,2\n3",
        b"a,b\n1,2\n3,\n",
    ],
)
def test_every_common_way_to_write_rows_is_read(cnn_server, body):
    header = "present" if body.startswith(b"a") else "absent"
    answer = cnn_server.post(body, f"text/csv; header={header}; label_size=0")
    np.testing.assert_array_equal(answer.values, cnn_server.post(b"1,2\n3,\n").values)


def test_one_row_at_a_time_is_refused_if_rows_depend_on_each_other(serving, lstm, wave):
    with serving(lstm, SAGEMAKER_BATCH="true", SAGEMAKER_BATCH_STRATEGY="SINGLE_RECORD") as server:
        answer = server.post(write_csv(wave[:1]))
        assert answer.status == 400
        assert "set SplitType to None, or give one series per line as JSON Lines" in answer.message
        line = json.dumps(wave[:30].tolist()).encode()
        assert server.post(line, "application/jsonlines").status == 200


@pytest.mark.parametrize("rows", [3, 60_000])  # an answer in memory, and one on the disk
def test_every_answer_has_a_length(one_column_server, rows):
    answer = one_column_server.post(b"1\n" * rows)
    assert answer.headers["Transfer-Encoding"] is None
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.body.count(b"\n") == rows
