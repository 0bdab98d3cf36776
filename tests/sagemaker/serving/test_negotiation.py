import pytest
from werkzeug.exceptions import NotAcceptable

from seriesbox.formats.content_type import CSV, JSON, JSON_LINES
from seriesbox.sagemaker.serving.negotiation import AnswerFormat


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
        ("application/x-parquet, text/csv;q=0.1", CSV),
        ("text/csv;q=0, */*", JSON),
        ("Application/JSON", JSON),
    ],
)
def test_the_answer_is_what_the_client_prefers(accept, expected):
    assert AnswerFormat.negotiate(accept, AnswerFormat(CSV)) == (expected, None, False, None)


@pytest.mark.parametrize("accept", ["application/x-parquet", "text/csv;q=0", "image/*", "nonsense"])
def test_an_unknown_format_of_the_answer_is_refused(accept):
    with pytest.raises(
        NotAcceptable, match="Answers are text/csv, application/json, application/jsonlines or application/x-npy"
    ):
        AnswerFormat.negotiate(accept, AnswerFormat(CSV))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv; verbose=true", AnswerFormat(CSV, verbose=True)),
        ("application/json;verbose=TRUE", AnswerFormat(JSON, verbose=True)),
        ('application/jsonlines; verbose="false"', AnswerFormat(JSON_LINES, verbose=False)),
        ("*/*; verbose=true", AnswerFormat(CSV, verbose=True)),
        ("text/csv; header=present", AnswerFormat(CSV, header=True)),
        ("text/csv; header=absent; verbose=true", AnswerFormat(CSV, verbose=True)),
        ("text/csv; threshold=-12.5", AnswerFormat(CSV, threshold=-12.5)),
        ("text/csv; threshold=-1e3; verbose=true", AnswerFormat(CSV, verbose=True, threshold=-1000)),
        ("application/json; verbose=true; q=0.1, text/csv; header=present", AnswerFormat(CSV, header=True)),
        ("application/json; q=0.1; verbose=true, image/png", AnswerFormat(JSON, verbose=True)),
    ],
)
def test_parameters_ask_for_more(accept, expected):
    assert AnswerFormat.negotiate(accept, AnswerFormat(CSV)) == expected


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        ("text/csv; verbose=maybe", "`verbose` in Accept is maybe: it must be true or false"),
        ("text/csv; header=yes", "`header` in Accept is yes: it must be present or absent"),
        ("application/json; header=present", "`header` in Accept is for text/csv"),
        ("text/csv; threshold=low", "`threshold` in Accept is low: it must be a number"),
        ("text/csv; threshold=nan", "must be a number"),
        ("text/csv; threshold=1_0", "must be a number"),
        ("text/csv; threshold=", "`threshold` in Accept has no value"),
        ("text/csv; verbose, */*", "`verbose` in Accept has no value"),
        ("text/csv; threshold=-3; verbose=false", "leave out `verbose=false`"),
    ],
)
def test_wrong_parameters_are_refused(accept, message):
    with pytest.raises(NotAcceptable) as caught:
        AnswerFormat.negotiate(accept, AnswerFormat(CSV))
    assert message in str(caught.value.description)


def test_a_client_that_takes_anything_gets_the_default_with_its_parameters():
    default = AnswerFormat(CSV, verbose=True, header=True)
    for accept in ("*/*", "text/*", "image/png, */*;q=0.1"):
        assert AnswerFormat.negotiate(accept, default) == default
    assert AnswerFormat.negotiate("text/csv", default) == AnswerFormat(CSV)
    assert AnswerFormat.negotiate("*/*; verbose=false", default) == AnswerFormat(CSV, verbose=False)
