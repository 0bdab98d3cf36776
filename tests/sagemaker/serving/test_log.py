"""One line of JSON per event, without payloads; and a log that cannot be written."""

import os
import signal
import time
from pathlib import Path

import pytest

from seriesbox.tables.csv import write_csv
from tests.clients import ask_until
from tests.job import SERVE


def test_the_log_has_one_line_a_request_and_one_at_the_start_and_no_payload(serving, lstm, wave):
    with serving(lstm) as server:
        server.get("/ping")
        server.post(write_csv(wave[:30]))
        server.post(b"1,secret\n")
        server.lines("request", at_least=2)
    (start,) = server.lines("start")
    assert start["algorithm"] == "lstm-ad"
    assert start["limit"] is None
    good, bad = server.lines("request", at_least=2)
    facts = {"rows": 30, "columns": 2, "missing": 0, "status": 200, "bytes_in": len(write_csv(wave[:30]))}
    assert facts.items() <= good.items()
    assert {"parse_ms", "predict_ms", "encode_ms", "ms", "bytes_out", "id"} <= good.keys()
    assert (bad["status"], bad["fault"]) == (400, "DataError")
    log = server.log.read_text()
    assert "/ping" not in log
    assert str(wave[0, 0]) not in log
    assert "secret" not in log


def children(server):
    """The processes that the server has started."""
    process = server.process.pid
    return {int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


@pytest.mark.parametrize("log", ["/dev/full", ">(true)"])  # a disk without room, a reader that is gone
def test_a_server_whose_log_cannot_be_written_still_answers(serving, one_column, log):
    with serving(one_column, ["bash", "-c", f'exec "$0" > {log}', SERVE]) as server:
        assert ask_until(server, lambda outcomes: len(outcomes) == 5) == [200] * 5
        killed = children(server)
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        while not children(server) - killed:
            time.sleep(0.01)
        assert ask_until(server, lambda outcomes: len(outcomes) == 5) == [200] * 5
        server.process.terminate()
        assert server.process.wait(timeout=30) == 0
