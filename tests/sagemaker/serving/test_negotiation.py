import tracemalloc

import pytest
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from seriesbox.sagemaker.serving.negotiation import CSV, JSON, JSON_LINES, request_format, response_format


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/csv", (CSV, False)),
        ("TEXT/CSV; charset=UTF-8", (CSV, False)),
        ("text/csv;header=present;label_size=0", (CSV, True)),
        ("text/csv; header=absent; charset=iso-8859-1", (CSV, False)),
        ("text/csv; charset=us-ascii", (CSV, False)),
        ("text/csv; charset=windows-1252", (CSV, False)),
        ("application/json", (JSON, False)),
        ("application/jsonlines; charset=utf-8", (JSON_LINES, False)),
    ],
)
def test_the_content_type_names_the_format_and_says_whether_there_is_a_header(content_type, expected):
    assert request_format(content_type) == expected


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("", "is missing"),
        ("text/plain", "is text/plain"),
        ("application/x-www-form-urlencoded", "send text/csv"),
        ("text/csv; charset=utf-16", "charset is utf-16"),
        ("text/csv; charset=klingon", "charset is klingon"),
        ("text/csv; charset=base64", "charset is base64"),
        ("text/csv; header=maybe", "`header` is maybe"),
        ("text/csv; label_size=1", "no column is a label"),
    ],
)
def test_any_other_content_type_is_refused_with_the_reason(content_type, message):
    with pytest.raises(UnsupportedMediaType, match=message):
        request_format(content_type)


def test_made_up_names_and_spellings_of_charsets_leave_nothing_behind():
    tracemalloc.start()
    try:
        for length in range(9900, 10_000):
            assert request_format(f"text/csv; charset=utf{'-' * length}8") == (CSV, False)
            with pytest.raises(UnsupportedMediaType):
                request_format(f"text/csv; charset={'x' * length}")
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", CSV),
        ("*/*", CSV),
        ("text/*", CSV),
        ("text/csv; charset=utf-8", CSV),
        ("text/csv, application/json", CSV),
        ("application/json, text/csv", JSON),
        ("application/json, text/plain, */*", JSON),  # axios and Angular
        ("*/*, application/jsonlines", JSON_LINES),
        ("application/*, text/csv", CSV),
        ("application/json;q=0.9, */*", CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", CSV),  # browsers
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", CSV),  # Java
        ("application/json", JSON),
        ("application/*", JSON),
        ("application/jsonlines;q=0.5, text/csv;q=0.4, */*;q=0.1", JSON_LINES),
        ("application/x-npy, text/csv;q=0.1", CSV),
        ("text/csv;q=0, */*", JSON),
        ("Application/JSON", JSON),
    ],
)
def test_the_answer_is_what_the_client_prefers(accept, expected):
    assert response_format(accept, default=CSV) == expected


@pytest.mark.parametrize("accept", ["application/x-npy", "text/csv;q=0", "image/*", "nonsense"])
def test_an_unknown_format_of_the_answer_is_refused(accept):
    with pytest.raises(NotAcceptable, match="Answers are text/csv, application/json or application/jsonlines"):
        response_format(accept, default=CSV)
