"""The limits on requests at once: each request releases its slots."""

import os
from contextlib import ExitStack

import pytest

from tests.clients import HEAD, LONG_ANSWER_ROWS, LONG_BODY, connect, long_answer, reset_on_close


def test_ping_answers_and_the_queue_is_bounded_while_requests_wait(serving, cnn):
    with serving(cnn, SERIESBOX_QUEUE="2") as server:
        with (
            server.half_sent(b"1,2\n") as first,
            server.half_sent(b"1,2\n") as second,
            server.half_sent(b"1,2\n") as third,
        ):
            server.lines("request", at_least=1, status=503)  # for one of them; the others have the two places
            answer = server.post(b"1,2\n")
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "1"
            assert "2 requests are being answered or waiting" in answer.message
            assert server.get("/ping").status == 200
            assert sorted([first(), second(), third()]) == [200, 200, 503]
        assert server.post(b"1,2\n").status == 200


@pytest.mark.parametrize("abruptly", [False, True])
def test_clients_that_leave_while_they_are_answered_make_room_for_others(serving, one_column, abruptly):
    with serving(one_column, SERIESBOX_QUEUE="1") as server:
        for number in range(3):
            with connect(server) as connection:
                connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(LONG_BODY) + LONG_BODY)
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
                if abruptly:
                    reset_on_close(connection)
            (line,) = server.lines("request", at_least=number + 1)[number:]
            assert (line["status"], line["complete"]) == (200, False)
            assert "trace" not in line
        assert server.post(b"1\n2\n3\n").status == 200
        assert len(server.lines("start")) == 1


def test_clients_that_read_slowly_keep_nobody_waiting(one_column_server):
    with ExitStack() as stack:
        reads = [stack.enter_context(long_answer(one_column_server)) for _ in range(1 + (os.cpu_count() or 1))]
        for _ in range(5):
            assert one_column_server.post(b"1\n2\n3\n").status == 200
        assert not one_column_server.lines("request", bytes_in=len(LONG_BODY))
        for read in reads:
            assert read().count(b"\n") == LONG_ANSWER_ROWS
