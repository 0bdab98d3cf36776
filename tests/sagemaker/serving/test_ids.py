"""Ids that a request brings come back with its answer, from a real server."""

import json
import re

import pytest

from seriesbox.formats.content_type import CSV, JSON, JSON_LINES

SERIES = [[1.5, 2, 3], [3, 2, 1.5], [1, 1, 2]]
IDS = ['"Doe, J."', "007", ""]
TEXTS = ["Doe, J.", "007", ""]
WITH_IDS = "".join(f"{own},{','.join(map(str, row))}\n" for own, row in zip(IDS, SERIES, strict=True)).encode()
WITHOUT = "".join(f"{','.join(map(str, row))}\n" for row in SERIES).encode()
IDS_1 = f"{CSV}; ids=1"
VERBOSE = "; verbose=true"


def lines(answer) -> list[str]:
    assert answer.status == 200, answer.body
    return answer.body.decode().splitlines()


def test_ids_come_after_the_published_columns_quoted_as_they_came(cnn_server):
    plain = lines(cnn_server.post(WITHOUT, CSV, CSV))
    answer = cnn_server.post(WITH_IDS, IDS_1, CSV)
    assert lines(answer) == [f"{row},{own}" for row, own in zip(plain, IDS, strict=True)]
    assert answer.content_type == CSV


def test_ids_come_first_if_the_answer_has_a_header(cnn_server):
    names, *rows = lines(
        cnn_server.post(b"patient,a,b,c\n" + WITH_IDS, f"{IDS_1}; header=present", f"{CSV}; header=present")
    )
    assert names == "patient,label,feature_1,feature_2,feature_3"
    plain = lines(cnn_server.post(WITHOUT, CSV, CSV))
    assert rows == [f"{own},{row}" for row, own in zip(plain, IDS, strict=True)]
    assert lines(cnn_server.post(WITH_IDS, IDS_1, f"{CSV}; header=present"))[0].startswith("id,label")
    named = cnn_server.post(b"label,a,b,c\n" + WITH_IDS, f"{IDS_1}; header=present", f"{CSV}; header=present")
    assert lines(named)[0].startswith("id_label,label,")


@pytest.mark.parametrize("form", [JSON, JSON_LINES])
def test_ids_are_texts_in_json(cnn_server, form):
    def rows(answer):
        return json.loads(answer.body) if form == JSON else list(map(json.loads, lines(answer)))

    plain = rows(cnn_server.post(WITHOUT, CSV, form))
    assert rows(cnn_server.post(WITH_IDS, IDS_1, form)) == [[*row, own] for row, own in zip(plain, TEXTS, strict=True)]
    objects = rows(cnn_server.post(b"%sample,a,b,c\n" + WITH_IDS, f"{IDS_1}; header=present", form + VERBOSE))
    expected = rows(cnn_server.post(WITHOUT, CSV, form + VERBOSE))
    assert objects == [{"%sample": own} | row for row, own in zip(expected, TEXTS, strict=True)]
    assert list(objects[0])[:2] == ["%sample", "label"]


@pytest.mark.parametrize("size", [1, 2])
def test_any_split_by_line_gives_each_row_its_own_id(cnn_server, size):
    rows = WITH_IDS.splitlines(keepends=True)
    parts = [b"".join(rows[start : start + size]) for start in range(0, len(rows), size)]
    answers = [line for part in parts for line in lines(cnn_server.post(part, IDS_1, CSV))]
    assert [line.split(",", 4)[4] for line in answers] == IDS


def test_a_line_of_json_may_be_a_series_with_an_id(cnn_server):
    body = "".join(
        json.dumps({"id": text, "values": row}) + "\n" for text, row in zip(TEXTS, SERIES, strict=True)
    ).encode()
    plain = lines(cnn_server.post(WITHOUT, CSV, CSV))
    assert lines(cnn_server.post(body, JSON_LINES, CSV)) == [
        f"{row},{own}" for row, own in zip(plain, IDS, strict=True)
    ]
    answers = [json.loads(line) for line in lines(cnn_server.post(body, JSON_LINES, JSON_LINES))]
    assert [answer[-1] for answer in answers] == TEXTS


def test_a_line_of_json_may_be_a_recording_with_an_id(lstm_server, wave):
    recordings = {"pump 1": wave[:40].tolist(), 17: wave[40:70].tolist()}
    body = "".join(json.dumps({"values": rows, "id": own}) + "\n" for own, rows in recordings.items()).encode()
    plain = "".join(json.dumps(rows) + "\n" for rows in recordings.values()).encode()
    answers = [json.loads(line) for line in lines(lstm_server.post(body, JSON_LINES, JSON_LINES))]
    expected = [json.loads(line) for line in lines(lstm_server.post(plain, JSON_LINES, JSON_LINES))]
    assert answers == [[[*row, own] for row in rows] for rows, own in zip(expected, recordings, strict=True)]
    text = lines(lstm_server.post(body, JSON_LINES, CSV))
    assert [line.rsplit(",", 1)[1] for line in text] == ["pump 1"] * 40 + ["17"] * 30


def test_a_recording_keeps_its_times(lstm_server, wave):
    times = [f"2024-01-01T00:{step // 60:02}:{step % 60:02}Z" for step in range(300)]
    body = "".join(f"{time},{a},{b}\n" for time, (a, b) in zip(times, wave[:300].tolist(), strict=True)).encode()
    rows = lines(lstm_server.post(body, IDS_1, CSV))
    assert [row.rsplit(",", 1)[1] for row in rows] == times
    plain = lstm_server.post("".join(f"{a},{b}\n" for a, b in wave[:300].tolist()).encode(), CSV, CSV)
    assert [row.rsplit(",", 1)[0] for row in rows] == lines(plain)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"a\nb,1\n", IDS_1, 400, "every row must begin with 1 id.* not so in row 1"),
        (WITHOUT, f"{CSV}; ids=101", 415, "`ids` in the content type is 101: it must be a number of columns, 0 to 100"),
        (WITHOUT, f"{CSV}; ids=x", 415, "`ids` in the content type is x"),
        (b"[1, 2, 3]", f"{JSON}; ids=1", 415, "`ids` in the content type is for text/csv: a line of application/jsonl"),
        (b'{"id": 1, "values": [1, 2]}\n[3, 4]\n', JSON_LINES, 400, "rows with an id, and rows without one: line 2"),
        (b'{"id": [1], "values": [1, 2]}\n', JSON_LINES, 400, r'row 1 is an object, but not \{"id": ..., "values"'),
    ],
)
def test_ids_that_cannot_be_read_are_a_fault(cnn_server, body, content_type, status, message):
    answer = cnn_server.post(body, content_type, CSV)
    assert answer.status == status
    assert re.search(message, answer.message), answer.message


def test_a_recording_without_an_id_after_one_that_has_it_is_a_fault(lstm_server, wave):
    body = f'{{"id": 1, "values": {wave[:40].tolist()}}}\n{wave[:40].tolist()}\n'.encode()
    assert (
        lstm_server.post(body, JSON_LINES, CSV).message == "The request, line 2 has no id, unlike the line before it."
    )
