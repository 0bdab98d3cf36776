import pytest
from werkzeug.exceptions import NotAcceptable

from seriesbox.sagemaker.content_type import CSV, JSON, JSON_LINES
from seriesbox.sagemaker.serving.negotiation import response_format


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
