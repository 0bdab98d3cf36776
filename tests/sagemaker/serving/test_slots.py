"""The limits on requests at once: each request releases its slots."""

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
        for _ in range(3):
            with connect(server) as connection:
                connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(LONG_BODY) + LONG_BODY)
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
                if abruptly:
                    reset_on_close(connection)
            assert server.post(b"1\n2\n3\n").status == 200
        assert len(server.lines("start")) == 1
        assert not [line for line in server.lines("request") if "trace" in line]


def test_clients_that_read_slowly_hold_neither_a_slot_nor_a_thread(serving, one_column):
    with serving(one_column, SERIESBOX_QUEUE="1") as server, ExitStack() as stack:
        reads = [stack.enter_context(long_answer(server)) for _ in range(10)]  # more than there are threads
        assert server.post(b"1\n2\n3\n").status == 200
        for read in reads:
            assert read().count(b"\n") == LONG_ANSWER_ROWS
