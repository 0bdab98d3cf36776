import pytest

from seriesbox.sagemaker.machine import usable_cores
from seriesbox.sagemaker.serving.negotiation import AnswerFormat
from seriesbox.sagemaker.serving.settings import ServerSettings

VARIABLES = [
    "OMP_NUM_THREADS",
    "SAGEMAKER_BATCH",
    "SAGEMAKER_BATCH_STRATEGY",
    "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
    "SAGEMAKER_BIND_TO_PORT",
    "SAGEMAKER_MAX_PAYLOAD_IN_MB",
    "SAGEMAKER_MODEL_SERVER_WORKERS",
    "MAX_CONTENT_LENGTH",
]


@pytest.fixture
def settings(monkeypatch):
    """Read the settings of an environment with nothing but this in it."""

    def settings(**environment):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return ServerSettings.read()

    return settings


def test_no_size_is_too_large_unless_a_limit_is_given(settings):
    assert settings().limit is None
    assert settings(SAGEMAKER_BATCH="true", SAGEMAKER_MAX_PAYLOAD_IN_MB="6").limit is None
    assert settings(MAX_CONTENT_LENGTH="0").limit is None
    assert settings(MAX_CONTENT_LENGTH="1000").limit == 1000


@pytest.mark.parametrize("spelling", ["true", "True", "TRUE"])
def test_a_batch_job_is_one_in_any_spelling(settings, spelling):
    assert settings(SAGEMAKER_BATCH=spelling).batch
    assert not settings().batch


def test_there_are_never_more_workers_than_cores_and_one_in_batch(settings):
    assert settings(SAGEMAKER_MODEL_SERVER_WORKERS="1000").workers == usable_cores()
    assert settings(SAGEMAKER_MODEL_SERVER_WORKERS="2", SAGEMAKER_BATCH="true").workers == 1


@pytest.mark.parametrize("value", ["six", "-1", "1.5", "1_0", "9" * 30])
def test_a_malformed_number_is_named(settings, value):
    with pytest.raises(ValueError, match=f"MAX_CONTENT_LENGTH is '{value}': it must be a whole number"):
        settings(MAX_CONTENT_LENGTH=value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAGEMAKER_BIND_TO_PORT", "99999"),
        ("SAGEMAKER_BATCH_STRATEGY", "ALL_RECORDS"),
        ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/x-parquet"),
    ],
)
def test_an_unknown_value_of_a_setting_is_refused(settings, name, value):
    with pytest.raises(ValueError, match=name):
        settings(**{name: value})


def test_spellings_that_mean_the_same_are_the_same(settings):
    assert settings(SAGEMAKER_BATCH_STRATEGY=" single_record").strategy == "SINGLE_RECORD"
    assert settings(SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="Text/CSV").accept == AnswerFormat("text/csv")


def test_threads_are_those_that_are_given_or_the_workers_share(settings):
    assert settings(OMP_NUM_THREADS="1").threads == 1
    assert settings(OMP_NUM_THREADS="1000").threads == usable_cores()
    assert settings(OMP_NUM_THREADS="0").threads == settings().threads == usable_cores()
