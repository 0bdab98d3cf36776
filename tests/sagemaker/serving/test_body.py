"""Bodies that are too large, come in parts, come slowly, or end early."""

import socket

import pytest

from tests.clients import HEAD, connect, reset_on_close


def chunked(body, size=1000):
    return (body[first : first + size] for first in range(0, len(body), size))


def test_a_body_over_the_limit_is_413_however_it_is_sent(serving, cnn):
    body = b"1,2,3,4\n" * 500
    headers = {"Content-Type": "text/csv"}
    with serving(cnn, MAX_CONTENT_LENGTH="3999") as server:
        for sent in (body, chunked(body)):
            answer = server.request("POST", "/invocations", sent, headers)
            assert answer.status == 413
            assert "larger than 3999 bytes" in answer.message
        for sent in (body[:3992], chunked(body[:3992])):
            assert len(server.request("POST", "/invocations", sent, headers).values) == 499


def test_a_large_body_that_is_refused_is_read_so_that_its_sender_sees_why(serving, cnn):
    large = b"1,2\n" * 7_000_000
    with serving(cnn, MAX_CONTENT_LENGTH="1000000") as server:
        for content_type, status in (("text/csv", 413), ("text/html", 415)):
            assert server.post(large, content_type).status == status


def test_a_connection_is_kept_after_a_body_that_was_read_and_closed_after_one_that_was_not(cnn_server):
    for content_type, status, connection in (("text/csv", 400, "keep-alive"), ("text/html", 415, "close")):
        answer = cnn_server.post(b"x\n", content_type)
        assert (answer.status, answer.headers["Connection"]) == (status, connection)


def test_half_a_request_is_400_and_the_log_says_so(cnn_server):
    with connect(cnn_server) as connection:
        connection.sendall(HEAD + b"X-Amzn-SageMaker-Inference-Id: half\r\nContent-Length: 100\r\n\r\n1,2\n")
        connection.shutdown(socket.SHUT_WR)
        assert b" 400 " in connection.recv(100)
    (line,) = cnn_server.lines("request", at_least=1, id="half")
    assert "ended early, after 4 of 100 bytes" in line["fault"]


@pytest.mark.parametrize("abruptly", [False, True])
def test_clients_that_leave_while_they_send_make_room_for_others(serving, cnn, abruptly):
    with serving(cnn, SERIESBOX_QUEUE="1") as server:
        for number in range(6):
            with connect(server) as connection:
                if abruptly:
                    reset_on_close(connection)
                framing = [b"Content-Length: 100\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n64\r\n"][number % 2]
                connection.sendall(HEAD + b"Expect: 100-continue\r\n" + framing + b"1,2\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 100")
            (line,) = server.lines("request", at_least=number + 1)[number:]
            assert (line["status"], "ended early" in line["fault"]) == (400, True)
        assert server.post(b"1,2\n").status == 200
        assert len(server.lines("start")) == 1


def test_a_client_that_sends_slowly_keeps_nobody_waiting(cnn_server):
    body = b"1,2\n" * 5
    with connect(cnn_server) as connection:
        connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        for byte in body:
            connection.sendall(bytes([byte]))
            assert cnn_server.post(b"1,2\n").status == 200
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(cnn_server.post(body).body)
