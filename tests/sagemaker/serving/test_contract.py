"""The hosting and batch contract, point by point, against a real server."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from seriesbox.algorithm import predict
from seriesbox.artifact import save
from seriesbox.sagemaker.machine import usable_cores
from seriesbox.tables.csv import parse_csv, write_csv
from seriesbox.tables.table import Table


def values(answer):
    assert answer.status == 200, answer.body
    return parse_csv(answer.body, "the answer").values


# What an answer is


def test_ping_answers_200_with_an_empty_body(cnn_server):
    answer = cnn_server.get("/ping")
    assert (answer.status, answer.body) == (200, b"")


def test_labels_come_first_and_features_follow(cnn_server, cnn, two_shapes):
    table = two_shapes[0]
    output = values(cnn_server.post(write_csv(table.values)))
    np.testing.assert_allclose(output, predict(cnn.predictor(), table), rtol=1e-5, atol=1e-6)
    assert set(output[:, 0]) <= set(range(8))


def test_scores_come_first_predictions_follow_and_the_first_context_is_empty(lstm_server, lstm, wave):
    answer = lstm_server.post(write_csv(wave[:203]))
    lines = answer.body.split(b"\n")
    assert lines[:20] == [b",,"] * 20
    assert lines[203:] == [b""]
    np.testing.assert_allclose(values(answer), predict(lstm.predictor(), Table.of(wave[:203])), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("accept", ["*/*", "text/*", "text/csv, application/json", "text/csv;q=0.9, */*;q=0.1"])
def test_csv_is_labelled_exactly_so(cnn_server, accept):
    answer = cnn_server.post(b"1,2,3\n", "text/csv; charset=utf-8", accept)
    assert (answer.status, answer.headers.get_all("Content-Type")) == (200, ["text/csv"])


def test_every_format_gives_the_same_rows(cnn_server, lstm_server, two_shapes, wave):
    for server, rows in ((cnn_server, two_shapes[0].values), (lstm_server, wave[:100])):
        as_csv = values(server.post(write_csv(rows)))
        as_lists = [[None if np.isnan(cell) else float(cell) for cell in row] for row in rows]
        as_json = server.post(json.dumps(as_lists).encode(), "application/json", "application/json")
        assert as_json.content_type == "application/json"
        np.testing.assert_allclose(np.array(json.loads(as_json.body), float), as_csv, rtol=1e-5, atol=1e-5)


def test_a_line_of_json_is_one_series_and_gets_one_line(one_column_server):
    series = [[0.1, 0.2, 0.3, 0.4], [0.5, 0.1, 0.7]]
    body = "".join(f"{json.dumps(one)}\n" for one in series).encode()
    answer = one_column_server.post(body, "application/jsonlines")
    assert answer.content_type == "application/jsonlines"
    together = [json.loads(line) for line in answer.body.splitlines()]
    alone = [
        json.loads(one_column_server.post(json.dumps(one).encode(), "application/jsonlines").body) for one in series
    ]
    assert together == alone
    assert [len(one) for one in together] == [4, 3]
    assert together[0][:2] == [[None, None]] * 2
    (line,) = one_column_server.lines("request", least=1, bytes_in=len(body))
    assert {"rows": 7, "columns": 1, "missing": 0}.items() <= line.items()
    as_json = one_column_server.post(body, "application/jsonlines", "application/json")
    assert json.loads(as_json.body) == together


def test_a_line_of_json_that_is_no_series_is_found_before_the_answer_begins(one_column_server):
    answer = one_column_server.post(b"[1, 2, 3]\n" * 20_000 + b"[1, 2]\n", "application/jsonlines")
    assert answer.status == 400
    assert "line 20001 has 2 rows" in answer.message


def test_any_split_of_independent_lines_gives_the_same_rows(cnn_server, two_shapes):
    lines = write_csv(two_shapes[0].values).splitlines(keepends=True)
    whole = cnn_server.post(b"".join(lines)).body
    for size in (1, 7, 59):
        parts = [b"".join(lines[first : first + size]) for first in range(0, len(lines), size)]
        joined = b"".join(cnn_server.post(part).body for part in parts)
        assert joined.count(b"\n") == whole.count(b"\n") == 60
        np.testing.assert_allclose(parse_csv(joined, "").values, parse_csv(whole, "").values, rtol=1e-4, atol=1e-5)


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
    np.testing.assert_array_equal(values(answer), values(cnn_server.post(b"1,2\n3,\n")))


# What a fault gets


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "message"),
    [
        (b"1,2\n3,x\n", "text/csv", "*/*", 400, "row 2, column 2 is 'x'"),
        (b"a,b\n1,2\n", "text/csv", "*/*", 400, "starts with a header"),
        (b"1;2\n", "text/csv", "*/*", 400, "separated by semicolons"),
        (b"1,2\n\xff\xfe\n", "text/csv", "*/*", 400, "row 2, column 1"),
        (b"", "text/csv", "*/*", 400, "is empty"),
        (b"1,2\n\n3,4\n", "text/csv", "*/*", 400, "nothing in row 2"),
        (b"[[1, 2], [null]]", "application/json", "*/*", 400, "nothing in row 2"),
        (b"[[1, 2", "application/json", "*/*", 400, "is not JSON"),
        (b"1,2\n", "text/plain", "*/*", 415, "send text/csv"),
        (b"1,2\n", "application/x-www-form-urlencoded", "*/*", 415, "send text/csv"),
        (b"1,2\n", "text/csv; charset=utf-16", "*/*", 415, "send utf-8"),
        (b"not even read", "text/csv", "application/x-npy", 406, "Answers are text/csv"),
        (b"\n".join([b"x," * 50] * 50), "text/csv", "*/*", 400, "and 2480 more."),
        (b"\n".join([b"a cell that is too long to be quoted"] * 90), "text/csv", "*/*", 400, " more."),
        (("\n" + "\N{PARROT}" * 30).encode() * 90, "text/csv", "*/*", 400, " more."),
        (b"\n" + b'"\1' * 30 + b"\n1", "text/csv", "*/*", 400, "row 2, column 1"),
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
        (b"1,2\n" * 30 + b"1,\n", "row 31 is empty in column 2"),
    ],
)
def test_a_series_own_faults(lstm_server, body, message):
    answer = lstm_server.post(body)
    assert answer.status == 400
    assert message in answer.message


def test_a_list_of_numbers_is_no_series_of_several_columns(lstm_server):
    answer = lstm_server.post(b"[1, 2, 3]", "application/json")
    assert answer.status == 400
    assert "rows of 1 cells, but the training data has 2" in answer.message
    assert "in JSON, a list of rows" in answer.message


def test_a_series_in_one_row_is_told_to_stand_up(one_column_server):
    answer = one_column_server.post(b"1,2,3,4,5\n")
    assert answer.status == 400
    assert "rows of 5 cells, but the training data has 1: give one time step per row" in answer.message


def test_unknown_paths_and_methods_are_json_too(cnn_server):
    for answer, status in ((cnn_server.get("/nothing"), 404), (cnn_server.get("/invocations"), 405)):
        assert answer.status == status
        assert answer.message
    assert "POST" in answer.headers["Allow"]


def test_ids_and_attributes_come_back_and_unknown_headers_do_no_harm(cnn_server):
    headers = {
        "Content-Type": "text/csv",
        "X-Amzn-SageMaker-Inference-Id": "abc",
        "X-Amzn-SageMaker-Custom-Attributes": "trace=1",
        "X-Amzn-SageMaker-Something-New": "1",
    }
    good = cnn_server.request("POST", "/invocations", b"1,2\n", headers)
    bad = cnn_server.request("POST", "/invocations", b"x\n", headers)
    assert (good.status, bad.status) == (200, 400)
    for answer in (good, bad):
        assert answer.headers["X-Amzn-SageMaker-Inference-Id"] == "abc"
        assert answer.headers["X-Amzn-SageMaker-Custom-Attributes"] == "trace=1"
    assert json.loads(bad.body)["request_id"] == "abc"
    lines = cnn_server.lines("request", least=2, id="abc")
    assert {(line["status"], line["custom_attributes"]) for line in lines} == {(200, "trace=1"), (400, "trace=1")}


# Limits


def chunked(body, size=1000):
    return (body[first : first + size] for first in range(0, len(body), size))


def test_a_body_over_the_limit_is_413_however_it_is_sent(serving, cnn):
    body = b"1,2,3,4\n" * 500
    headers = {"Content-Type": "text/csv"}
    with serving(cnn, MAX_CONTENT_LENGTH="3999") as server:
        for sent in (body, chunked(body)):
            answer = server.request("POST", "/invocations", sent, headers)
            assert answer.status == 413
            assert "larger than 3999 bytes" in answer.message
        for sent in (body[:3992], chunked(body[:3992])):
            assert len(values(server.request("POST", "/invocations", sent, headers))) == 499


def test_ping_answers_and_the_queue_is_bounded_while_requests_wait(serving, cnn):
    with serving(cnn, SERIESBOX_QUEUE="2") as server:
        with server.begun(b"1,2\n") as first, server.begun(b"1,2\n") as second, server.begun(b"1,2\n") as third:
            server.lines("request", least=1, status=503)  # one of them, whichever came last: the others have its place
            answer = server.post(b"1,2\n")
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "1"
            assert "2 requests are being answered or waiting" in answer.message
            assert server.get("/ping").status == 200
            assert sorted([first(), second(), third()]) == [200, 200, 503]
        assert server.post(b"1,2\n").status == 200


@pytest.mark.parametrize(
    ("line", "end", "content_type"),
    [
        (b"1, 2, 3.5\n", b"x\n", "text/csv"),
        (b"x,y,z\n", b"x\n", "text/csv"),
        (b"[1, 2, 3],", b"[true]]", "application/json"),
        (b"1, 2.5, 3, ", b"true]", "application/json"),
    ],
)
def test_pings_are_answered_while_a_large_body_is_read(cnn_server, line, end, content_type):
    body = b"[" * (content_type != "text/csv") + line * (24_000_000 // len(line)) + end
    with ThreadPoolExecutor() as pool:
        large = pool.submit(cnn_server.post, body, content_type)
        pings = 0
        while not large.done():
            assert cnn_server.get("/ping").status == 200
            pings += not large.done()
    assert large.result().status == 400
    assert pings >= 5


def test_several_workers_answer_as_one_does(serving, cnn, cnn_server, two_shapes):
    body = write_csv(two_shapes[0].values)
    expected = cnn_server.post(body).body
    with serving(cnn, SAGEMAKER_MODEL_SERVER_WORKERS="2") as server:
        started = server.lines("start", least=min(2, usable_cores()))
        assert len({line["process"] for line in started}) == len(started)
        assert [server.post(body).body for _ in range(10)] == [expected] * 10


# Batch


def test_a_large_body_that_is_refused_is_read_so_that_its_sender_sees_why(cnn_server):
    large = b"1,2\n" * 7_000_000
    for content_type, status in (("text/csv", 413), ("text/html", 415)):
        assert cnn_server.post(large, content_type).status == status


def test_several_transforms_at_once_share_what_sagemaker_allows(serving, cnn):
    with serving(cnn, SAGEMAKER_BATCH="true", SAGEMAKER_MAX_CONCURRENT_TRANSFORMS="4") as server:
        parameters = json.loads(server.get("/execution-parameters").body)
    assert parameters == {"MaxConcurrentTransforms": 4, "MaxPayloadInMB": 25}


def test_execution_parameters_lift_the_limit_and_name_no_strategy_that_was_not_chosen(cnn_server, serving, cnn):
    parameters = json.loads(cnn_server.get("/execution-parameters").body)
    assert parameters == {"MaxConcurrentTransforms": 1, "MaxPayloadInMB": 25}
    batch = {"SAGEMAKER_BATCH": "True", "SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD"}
    with serving(cnn, **batch) as server:
        parameters = json.loads(server.get("/execution-parameters").body)
        assert parameters == {"MaxConcurrentTransforms": 1, "MaxPayloadInMB": 100, "BatchStrategy": "MULTI_RECORD"}
        empty = server.post(b"")
        assert (empty.status, empty.body, empty.content_type) == (200, b"", "text/csv")


def test_one_row_at_a_time_is_refused_where_rows_depend_on_each_other(serving, lstm, wave):
    with serving(lstm, SAGEMAKER_BATCH="true", SAGEMAKER_BATCH_STRATEGY="SINGLE_RECORD") as server:
        answer = server.post(write_csv(wave[:1]))
        assert answer.status == 400
        assert "set SplitType to None, or give one series per line as JSON Lines" in answer.message
        line = json.dumps(wave[:30].tolist()).encode()
        assert server.post(line, "application/jsonlines").status == 200


# Many models


def test_many_models_are_loaded_listed_asked_and_unloaded(make_job, one_column, cnn):
    job = make_job("many")
    urls = {name: job.base / "models" / name / "model" for name in ("a", "b")}
    save(one_column, urls["a"])
    save(cnn, urls["b"])
    with job.serve(SAGEMAKER_MULTI_MODEL="true") as server:

        def load(name, url):
            return server.request("POST", "/models", json.dumps({"model_name": name, "url": str(url)}).encode())

        described = [{"modelName": name, "modelUrl": str(url)} for name, url in urls.items()]
        assert [load(name, url).status for name, url in urls.items()] == [200, 200]
        assert load("a", urls["a"]).status == 409
        assert json.loads(server.get("/models").body) == {"models": described}
        assert json.loads(server.get("/models/b").body) == described[1]
        csv = {"Content-Type": "text/csv"}
        assert values(server.request("POST", "/models/a/invoke", b"1\n2\n3\n", csv)).shape == (3, 2)
        assert values(server.request("POST", "/models/b/invoke", b"1,2,3\n", csv)).shape == (1, 4)
        assert server.request("DELETE", "/models/a").status == 200
        for gone in (
            server.request("DELETE", "/models/a"),
            server.get("/models/a"),
            server.request("POST", "/models/a/invoke", b"1\n", csv),
        ):
            assert gone.status == 404
            assert gone.message == "No model 'a' is loaded."
        nothing = load("c", job.base)
        assert nothing.status == 400
        assert "holds no model" in nothing.message
        for malformed in (b"[]", b"[" * 100_000, b'{"model_name": "\\ud800", "url": "x"}', b"x" * 70_000):
            assert server.request("POST", "/models", malformed).status in (400, 413)
        assert load("a/b", urls["a"]).status == 400
        assert load("d", "\0").status == 400
        assert server.post(b"1\n").status == 404


# The process


def test_a_server_without_a_model_ends_and_says_why(job):
    done = job.run("serve")
    assert done.returncode != 0
    assert "holds no model: model.json is missing" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_malformed_setting_ends_the_server_and_is_named(job):
    job.environment["SAGEMAKER_BIND_TO_PORT"] = "http"
    done = job.run("serve")
    assert done.returncode != 0
    assert "SAGEMAKER_BIND_TO_PORT is 'http'" in done.stderr


def test_the_log_has_one_line_a_request_and_one_at_the_start_and_no_payload(serving, lstm, wave):
    with serving(lstm) as server:
        server.get("/ping")
        server.post(write_csv(wave[:30]))
        server.post(b"1,secret\n")
        server.lines("request", least=2)
    (start,) = server.lines("start")
    assert start["algorithm"] == "lstm-ad"
    assert start["limit"] == 25 << 20
    good, bad = server.lines("request", least=2)
    facts = {"rows": 30, "columns": 2, "missing": 0, "status": 200, "bytes_in": len(write_csv(wave[:30]))}
    assert facts.items() <= good.items()
    assert {"parse_ms", "predict_ms", "encode_ms", "ms", "bytes_out", "id"} <= good.keys()
    assert (bad["status"], bad["fault"]) == (400, "DataError")
    log = server.log.read_text()
    assert "/ping" not in log
    assert str(wave[0, 0]) not in log
    assert "secret" not in log
