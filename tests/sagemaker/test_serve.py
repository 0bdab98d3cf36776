import json

import numpy as np
import pytest
import torch

from seriesbox.artifact import save
from seriesbox.cnn_kmeans.estimator import CNNKMeans, CNNKMeansHyperparameters
from seriesbox.lstm_ad.estimator import LSTMAD, LSTMADHyperparameters
from seriesbox.tables import Table, parse_csv, write_csv

CNN_SIZES = CNNKMeansHyperparameters(blocks=1, filters=4, reduced_size=4, output_size=3)
LSTM_SIZES = LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4)


def serving(make_job, model):
    job = make_job("serve")
    save(model.eval(), job.base / "model")
    return job.serve()


@pytest.fixture(scope="module")
def cnn():
    torch.manual_seed(0)
    return CNNKMeans(CNN_SIZES, columns=40)


@pytest.fixture(scope="module")
def lstm():
    torch.manual_seed(0)
    return LSTMAD(LSTM_SIZES, columns=2)


@pytest.fixture(scope="module")
def cnn_server(make_job, cnn):
    with serving(make_job, cnn) as server:
        yield server


@pytest.fixture(scope="module")
def lstm_server(make_job, lstm):
    with serving(make_job, lstm) as server:
        yield server


def test_ping_answers_200_with_an_empty_body(cnn_server):
    answer = cnn_server.get("/ping")
    assert (answer.status, answer.body) == (200, b"")


def test_labels_come_first_and_features_follow(cnn_server, cnn, two_shapes):
    table = two_shapes[0]
    answer = cnn_server.post(write_csv(table.values), "text/csv; charset=utf-8")
    assert (answer.status, answer.content_type) == (200, "text/csv")
    output = parse_csv(answer.body, "the answer").values
    np.testing.assert_allclose(output, cnn.predict(table), rtol=1e-5, atol=1e-6)
    assert set(output[:, 0]) <= set(range(8))


def test_scores_come_first_predictions_follow_and_the_first_context_is_empty(lstm_server, lstm, wave):
    answer = lstm_server.post(write_csv(wave[:203]))
    assert (answer.status, answer.content_type) == (200, "text/csv")
    lines = answer.body.split(b"\n")
    assert lines[:20] == [b",,"] * 20
    assert lines[203:] == [b""]
    output = parse_csv(answer.body, "the answer").values
    np.testing.assert_allclose(output, lstm.predict(Table.of(wave[:203])), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"1,2\n3,x\n", "text/csv", 400, "row 2, column 2 is 'x'"),
        (b"a,b\n1,2\n", "text/csv", 400, "starts with a header"),
        (b"", "text/csv", 400, "is empty"),
        (b"1,2\n\n3,4\n", "text/csv", 400, "nothing in row 2"),
        (b"1,2\n", "text/plain", 415, "send text/csv"),
        (b"1,2\n", "application/x-www-form-urlencoded", 415, "send text/csv"),
    ],
)
def test_a_fault_is_one_line_of_json(cnn_server, body, content_type, status, message):
    answer = cnn_server.post(body, content_type)
    assert (answer.status, answer.content_type) == (status, "application/json")
    assert answer.body.count(b"\n") == 1
    assert message in json.loads(answer.body)["message"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"1,2\n" * 24, "24 rows, but context-length 20 and prediction-length 5 need at least 25"),
        (b"1,2,3\n" * 30, "has rows of 3 cells, but the training data has 2"),
        (b"1\n" * 30, "has rows of 1 cells, but the training data has 2"),
        (b"1,2\n" * 30 + b"1,\n", "row 31 is empty in column 2"),
    ],
)
def test_lstm_ads_own_faults(lstm_server, body, message):
    answer = lstm_server.post(body)
    assert answer.status == 400
    assert message in json.loads(answer.body)["message"]


def test_unknown_paths_and_methods_are_json_too(cnn_server):
    assert cnn_server.get("/nothing").status == 404
    assert cnn_server.get("/invocations").status == 405
    assert json.loads(cnn_server.get("/nothing").body)["error"] == "Not Found"


def test_a_server_without_a_model_ends_and_says_why(job):
    done = job.run("serve")
    assert done.returncode != 0
    assert "holds no model: model.json is missing" in done.stderr
    assert "Traceback" not in done.stderr
