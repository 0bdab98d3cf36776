"""The log shows when data is no longer like the training's."""

from seriesbox.artifact import save
from seriesbox.formats.content_type import CSV
from seriesbox.tables.csv import write_csv
from tests.older import remove_tensor

VERBOSE = "text/csv; verbose=true"


def test_an_older_model_says_what_verbose_answers_need(make_job, lstm, wave):
    job = make_job("older")
    save(lstm, job.model)
    remove_tensor(job.model, "threshold")
    with job.serve() as server:
        assert server.post(write_csv(wave[:60])).status == 200
        answer = server.post(write_csv(wave[:60]), CSV, VERBOSE)
        assert answer.status == 400
        assert "train it again" in answer.message
        (plain, _) = server.lines("request", at_least=2)
        assert "anomalies" not in plain


def test_the_log_shows_drift(cnn_server, lstm_server, two_shapes, wave):
    for server, rows, fields in (
        (cnn_server, two_shapes[0].values, ("outliers", "margin_median")),
        (lstm_server, wave[:60], ("anomalies", "score_median")),
    ):
        body = write_csv(rows)
        server.post(body)
        verbose = server.post(body, CSV, VERBOSE)
        *_, line, of_verbose = server.lines("request", bytes_in=len(body), at_least=2)
        assert [line[field] for field in fields] == [of_verbose[field] for field in fields]
        assert 0 <= line[fields[0]] <= len(verbose.values)
        assert isinstance(line[fields[1]], float)
