"""The routes beside the answers, and the headers that come back."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_ping_answers_200_with_an_empty_body(cnn_server):
    answer = cnn_server.get("/ping")
    assert (answer.status, answer.body) == (200, b"")


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
    body = b"[" * (content_type != "text/csv") + line * (10_000_000 // len(line)) + end
    with ThreadPoolExecutor() as pool:
        large = pool.submit(cnn_server.post, body, content_type)
        pings = 0
        while not large.done():
            assert cnn_server.get("/ping").status == 200
            pings += not large.done()
    assert large.result().status == 400
    assert pings >= 5


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
    lines = cnn_server.lines("request", at_least=2, id="abc")
    assert {(line["status"], line["custom_attributes"]) for line in lines} == {(200, "trace=1"), (400, "trace=1")}


def test_several_transforms_at_once_share_the_payload_that_sagemaker_allows(serving, cnn):
    with serving(cnn, SAGEMAKER_BATCH="true", SAGEMAKER_MAX_CONCURRENT_TRANSFORMS="4") as server:
        parameters = json.loads(server.get("/execution-parameters").body)
    assert parameters == {"MaxConcurrentTransforms": 4, "MaxPayloadInMB": 25}


def test_execution_parameters_lift_the_limit_and_name_no_strategy_that_was_not_chosen(cnn_server, serving, cnn):
    parameters = json.loads(cnn_server.get("/execution-parameters").body)
    assert parameters == {"MaxConcurrentTransforms": 1, "MaxPayloadInMB": 100}
    batch = {"SAGEMAKER_BATCH": "True", "SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD"}
    with serving(cnn, **batch) as server:
        parameters = json.loads(server.get("/execution-parameters").body)
        assert parameters == {"MaxConcurrentTransforms": 1, "MaxPayloadInMB": 100, "BatchStrategy": "MULTI_RECORD"}
        empty = server.post(b"")
        assert (empty.status, empty.body, empty.content_type) == (200, b"", "text/csv")
