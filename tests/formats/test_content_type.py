import tracemalloc

import pytest

from seriesbox.formats.content_type import CSV, JSON, JSON_LINES, ContentType, ContentTypeError


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/csv", (CSV, None)),
        ("TEXT/CSV; charset=UTF-8", (CSV, None)),
        ("text/csv; header=Absent", (CSV, False)),
        ("text/csv;header=present;label_size=0", (CSV, True)),
        ("text/csv; header=absent; charset=iso-8859-1", (CSV, False)),
        ("text/csv; charset=us-ascii", (CSV, None)),
        ("text/csv; charset=windows-1252", (CSV, None)),
        ("application/json", (JSON, None)),
        ("application/jsonlines; charset=utf-8", (JSON_LINES, None)),
    ],
)
def test_the_content_type_names_the_format_and_says_whether_there_is_a_header(content_type, expected):
    assert ContentType.parse(content_type) == ContentType(*expected)


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("", "is missing"),
        ("text/plain", "is text/plain"),
        ("application/x-www-form-urlencoded", "use text/csv"),
        ("text/csv; charset=utf-16", "`charset` in the content type is utf-16"),
        ("text/csv; charset=klingon", "is klingon: it must be utf-8"),
        ("text/csv; charset=base64", "is base64: it must be utf-8"),
        ("text/csv; header=maybe", "`header` in the content type is maybe: it must be present or absent"),
        ("text/csv; label_size=1", "no column is a label"),
        ("text/csv; label_size=2", "it must be 1 in a `test` channel, else 0"),
    ],
)
def test_any_other_content_type_is_refused_with_the_reason(content_type, message):
    with pytest.raises(ContentTypeError, match=message):
        ContentType.parse(content_type)


def test_made_up_names_and_spellings_of_charsets_leave_nothing_behind():
    tracemalloc.start()
    try:
        for length in range(9900, 10_000):
            assert ContentType.parse(f"text/csv; charset=utf{'-' * length}8") == ContentType(CSV)
            with pytest.raises(ContentTypeError):
                ContentType.parse(f"text/csv; charset={'x' * length}")
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()
