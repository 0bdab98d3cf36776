"""Batch jobs join answers with requests, and Model Monitor captures both: by AWS' rules, applied to a real server."""

import json

import numpy as np
import pytest

from seriesbox.formats.content_type import CSV, JSON_LINES
from seriesbox.tables.csv import parse_csv

NAMES = ["north", "south", "west"]
SERIES = [[1.5, 2, 3], [3, 2, 1.5], [1, 1, 2]]


def joined_csv(rows, answer):
    """Join rows of text: the cells of the answer follow those of the request. One line answers one row."""
    return [[*row, *line.split(",")] for row, line in zip(rows, answer.removesuffix("\n").split("\n"), strict=True)]


def joined_json(lines, answer):
    """Join lines: an object gets one more key, and anything else becomes a key itself."""
    answers = answer.removesuffix("\n").split("\n")
    inputs = (json.loads(line) for line in lines)
    objects = (each if isinstance(each, dict) else {"SageMakerInput": each} for each in inputs)
    return [each | {"SageMakerOutput": json.loads(other)} for each, other in zip(objects, answers, strict=True)]


def test_rows_of_csv_are_joined_with_a_name_that_the_filter_keeps_from_the_model(cnn_server):
    rows = [[name, *map(str, cells)] for name, cells in zip(NAMES, SERIES, strict=True)]
    filtered = [",".join(row[1:]) + "\n" for row in rows]  # `$[1:]`
    answer = cnn_server.post("".join(filtered).encode(), CSV, CSV)
    joined = joined_csv(rows, answer.body.decode())
    assert [row[:4] for row in joined] == rows
    for line, row in zip(filtered, joined, strict=True):
        np.testing.assert_allclose(cnn_server.post(line.encode(), CSV, CSV).values[0], np.float32(row[4:]), rtol=1e-4)


def test_lines_of_json_are_joined_if_a_line_is_a_series(cnn_server):
    lines = [json.dumps(cells) for cells in SERIES]
    answer = cnn_server.post("\n".join(lines).encode(), JSON_LINES, JSON_LINES)
    joined = joined_json(lines, answer.body.decode())
    assert [each["SageMakerInput"] for each in joined] == SERIES
    assert {len(each["SageMakerOutput"]) for each in joined} == {4}


def test_lines_of_json_are_joined_if_a_line_is_a_recording(lstm_server, wave):
    recordings = [wave[:40].tolist(), wave[40:70].tolist()]
    lines = [json.dumps(each) for each in recordings]
    answer = lstm_server.post("\n".join(lines).encode(), JSON_LINES, JSON_LINES)
    joined = joined_json(lines, answer.body.decode())
    assert [each["SageMakerInput"] for each in joined] == recordings
    assert [len(each["SageMakerOutput"]) for each in joined] == [40, 30]


def test_rows_with_ids_are_joined_as_they_are(cnn_server):
    rows = [[name, *map(str, cells)] for name, cells in zip(NAMES, SERIES, strict=True)]
    answer = cnn_server.post("".join(",".join(row) + "\n" for row in rows).encode(), f"{CSV}; ids=1", CSV)
    joined = joined_csv(rows, answer.body.decode())
    assert [row[:4] for row in joined] == rows
    assert [row[-1] for row in joined] == NAMES


def test_objects_with_ids_are_joined_for_both_algorithms(cnn_server, lstm_server, wave):
    recordings = [wave[:40].tolist(), wave[40:70].tolist()]
    for server, items in ((cnn_server, SERIES), (lstm_server, recordings)):
        lines = [json.dumps({"id": name, "values": each}) for name, each in zip(NAMES, items, strict=False)]
        answer = server.post("\n".join(lines).encode(), JSON_LINES, JSON_LINES)
        joined = joined_json(lines, answer.body.decode())
        assert [(each["id"], each["values"]) for each in joined] == [
            (*each,) for each in zip(NAMES, items, strict=False)
        ]
        for each in joined:
            rows = each["SageMakerOutput"] if server is lstm_server else [each["SageMakerOutput"]]
            assert {row[-1] for row in rows} == {each["id"]}


@pytest.mark.parametrize("accept", [CSV, JSON_LINES])
def test_an_answer_that_is_captured_as_text_reads_back(cnn_server, accept):
    answer = cnn_server.post(b"1.5,2,3\n3,2,1.5\n", CSV, accept)
    output = {"observedContentType": answer.content_type, "mode": "OUTPUT", "data": answer.body.decode()}
    captured = json.loads(json.dumps({"captureData": {"endpointOutput": output}}))["captureData"]["endpointOutput"]
    assert captured["observedContentType"] == accept  # with a charset, SageMaker would not know the format
    lines = captured["data"].splitlines()
    rows = parse_csv("\n".join(line.strip("[]") for line in lines).encode(), "captured").values
    assert rows.shape == (2, 4)
