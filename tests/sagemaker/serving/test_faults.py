"""The answers to requests that cannot be answered, by a real server."""

import pytest


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "message"),
    [
        (b"1,2\n3,x\n", "text/csv", "*/*", 400, "row 2, column 2 is 'x'"),
        (b"a,b\n1,2\n", "text/csv", "*/*", 400, "starts with a header"),
        (b"1;2\n", "text/csv", "*/*", 400, "separated by semicolons"),
        (b"1,2\n\xff\xfe\n", "text/csv", "*/*", 400, "row 2, column 1"),
        (b"", "text/csv", "*/*", 400, "is empty"),
        (b"1,2\n,\n3,4\n", "text/csv", "*/*", 400, "nothing in row 2"),
        (b"[[1, 2], [null]]", "application/json", "*/*", 400, "nothing in row 2"),
        (b"[[1, 2", "application/json", "*/*", 400, "is not JSON"),
        (b"1,2\n", "text/plain", "*/*", 415, "use text/csv"),
        (b"1,2\n", "application/x-www-form-urlencoded", "*/*", 415, "use text/csv"),
        (b"1,2\n", "text/csv; charset=utf-16", "*/*", 415, "it must be utf-8"),
        (b"not even read", "text/csv", "application/x-parquet", 406, "Answers are text/csv"),
        (b"\n".join([b"x," * 50] * 50), "text/csv", "*/*", 400, "has no number in its 50 rows"),
        (b"\n".join([b"x,1," * 50, b"1,x," * 50] * 25), "text/csv", "*/*", 400, "and 2480 more."),
        (b"\n".join([b"a cell that is too long to be quoted"] * 90) + b"\n1", "text/csv", "*/*", 400, " more."),
        (("\n" + "\N{PARROT}" * 30).encode() * 90 + b"\n1", "text/csv", "*/*", 400, " more."),
        (b"\n" + b'"\1' * 30 + b"\n1", "text/csv", "*/*", 400, "is a binary file"),
        (
            b"1,2\n3,4\n",
            "text/csv; header=present",
            "*/*",
            400,
            "leave `header` out of the content type, or set SplitType",
        ),
    ],
)
def test_a_fault_is_one_short_line_of_json(cnn_server, body, content_type, accept, status, message):
    answer = cnn_server.post(body, content_type, accept)
    assert answer.status == status
    assert message in answer.message
    assert len(answer.body) < 1000
    assert answer.body.count(b"\n") == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"1,2\n" * 24, "24 rows, but context-length 20 and prediction-length 5 need at least 25"),
        (b"1,2\n" * 24, "SplitType None"),
        (b"1,2,3\n" * 30, "has rows of 3 cells, but the training data has 2"),
        (b"1\n" * 30, "has rows of 1 cells, but the training data has 2"),
        (b"1,2\n" * 30 + b"3\n", "row 31 has 1 cells, the others have 2"),
        (b"1,2\n" * 30 + b"1,\n" * 31, "has columns that are mostly empty: column 2 in 31 of 61 rows (50.8%)"),
        (b"1,2\n" * 30 + b",\n" * 20, "is empty in rows 31 to 50"),
    ],
)
def test_a_series_that_the_model_cannot_predict_is_refused_with_the_reason(lstm_server, body, message):
    answer = lstm_server.post(body)
    assert answer.status == 400
    assert message in answer.message


def test_a_list_of_numbers_is_no_series_of_several_columns(lstm_server):
    answer = lstm_server.post(b"[1, 2, 3]", "application/json")
    assert answer.status == 400
    assert "rows of 1 cells, but the training data has 2" in answer.message
    assert "in JSON, a list of rows" in answer.message


def test_a_series_in_one_row_is_refused_with_the_advice_to_give_one_time_step_per_row(one_column_server):
    answer = one_column_server.post(b"1,2,3,4,5\n")
    assert answer.status == 400
    assert "rows of 5 cells, but the training data has 1: give one time step per row" in answer.message


def test_a_line_of_json_that_is_no_series_is_refused_before_the_answer_begins(one_column_server):
    answer = one_column_server.post(b"[1, 2, 3]\n" * 20_000 + b"[1, 2]\n", "application/jsonlines")
    assert answer.status == 400
    assert "line 20001 has 2 rows" in answer.message


def test_unknown_paths_and_methods_get_json_too(cnn_server):
    nowhere, answer = cnn_server.get("/nothing"), cnn_server.get("/invocations")
    assert (nowhere.status, answer.status) == (404, 405)
    assert nowhere.message == "Nothing is at this path. There are /, /execution-parameters, /invocations, /ping."
    assert answer.message == "This path takes POST."
    assert "POST" in answer.headers["Allow"]
