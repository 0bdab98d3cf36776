"""A model that knows its columns by name, in a real server."""

import json

import numpy as np
import pytest

from seriesbox.artifact import save
from seriesbox.formats.content_type import CSV, JSON_LINES


def lines(answer) -> list[str]:
    assert answer.status == 200, answer.body
    return answer.body.decode().splitlines()


@pytest.fixture(scope="module")
def named_server(make_job, lstm):
    """Serve a model that knows its columns by name, and that the first column of a file has times."""
    job = make_job("named")
    lstm.hyperparameters, before = lstm.hyperparameters.model_copy(update={"id_columns": 1}), lstm.hyperparameters
    save(lstm, job.base / "model", column_names=["flow", "a, b"])
    lstm.hyperparameters = before
    with job.serve() as server:
        yield server


def timed(header, columns) -> bytes:
    rows = (f"t{number},{','.join(map(str, row))}\n" for number, row in enumerate(columns.tolist()))
    return (header + "".join(rows)).encode()


def test_columns_are_matched_by_name_in_any_order(named_server, wave):
    expected = lines(named_server.post(timed("", wave[:60]), CSV, CSV))
    assert lines(named_server.post(timed('time,"a, b",flow\n', wave[:60, ::-1]), CSV, CSV)) == expected
    assert (
        lines(named_server.post(timed('time,"a, b",flow\n', wave[:60, ::-1]), f"{CSV}; header=present", CSV))
        == expected
    )
    no_ids = "".join(f"{a},{b}\n" for a, b in wave[:60].tolist()).encode()
    assert lines(named_server.post(no_ids, f"{CSV}; ids=0", CSV)) == [line.rsplit(",", 1)[0] for line in expected]


def test_the_columns_of_an_answer_have_the_names_of_the_data(named_server, wave):
    header, *_ = lines(
        named_server.post(timed('time,flow,"a, b"\n', wave[:60]), CSV, f"{CSV}; verbose=true; header=present")
    )
    assert header == (
        'time,score,forecast_flow,"forecast_a, b",anomaly,event,share_flow,"share_a, b",expected_error_flow,'
        '"expected_error_a, b"'
    )
    answer = named_server.post(timed("", wave[:60]), CSV, f"{JSON_LINES}; verbose=true")
    (recording,) = map(json.loads, lines(answer))
    assert list(recording[0])[:4] == ["id", "score", "forecast_flow", "forecast_a, b"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("time,flow,depth\n", "lacks 'a, b' and has the unknown 'depth', and columns are matched by name"),
        ("time,flow,flow\n", "several columns called 'flow'"),
    ],
)
def test_a_name_that_is_missing_or_unknown_is_a_fault(named_server, wave, header, message):
    answer = named_server.post(timed(header, wave[:60]), CSV, CSV)
    assert answer.status == 400
    assert message in answer.message


def test_a_fault_calls_a_column_by_its_name(named_server, wave):
    gaps = np.array(wave[:60])
    gaps[10:, 0] = np.nan
    message = named_server.post(timed("", gaps).replace(b"nan", b""), CSV, CSV).message
    assert "columns that are mostly empty: column 'flow' in 50 of 60 rows" in message


def test_a_header_alone_in_a_batch_job_has_an_empty_answer(make_job, cnn):
    job = make_job("batch")
    save(cnn, job.base / "model", column_names=["a", "b", "c"])
    with job.serve(SAGEMAKER_BATCH="true", SAGEMAKER_BATCH_STRATEGY="SINGLE_RECORD") as server:
        answers = [server.post(line, CSV, CSV) for line in (b"a,b,c\n", b"1,2,3\n")]
    assert [(answer.status, answer.body.count(b"\n")) for answer in answers] == [(200, 0), (200, 1)]
