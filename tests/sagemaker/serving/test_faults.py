"""What happens around a server: workers that die, clients that go or dawdle, disks that are full, being stopped."""

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event

import pytest

SERVE = Path(sys.executable).parent / "serve"
HEAD = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
CSV = {"Content-Type": "text/csv"}
ABRUPTLY = struct.pack("ii", 1, 0)  # a connection that lingers for no time is reset when it is closed
ROWS = 300_000  # whose answer is more than the buffers of a connection hold
LONG = b"1\n" * ROWS


@contextmanager
def connected(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        yield connection


@contextmanager
def answering(server):
    """A long answer of which the head was read; yields what reads the rest."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("POST", "/invocations", LONG, CSV)
        response = connection.getresponse()
        assert response.status == 200
        yield response.read


def children(server):
    """The processes that it has started."""
    process = server.process.pid
    return {int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


def ask_on(server, enough):
    """What a client sees that asks one thing after another: statuses, and `lost` for a broken connection."""
    seen = []
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        while not enough(seen):
            try:
                connection.request("POST", "/invocations", b"1\n2\n3\n", CSV)
                response = connection.getresponse()
                response.read()
                seen.append(response.status)
            except (ConnectionError, HTTPException):
                seen.append("lost")
                connection.close()
    return seen


# Workers


def test_a_killed_worker_is_replaced_and_only_the_requests_it_had_are_lost(serving, cnn):
    done = Event()
    with serving(cnn) as server, ThreadPoolExecutor() as pool, ExitStack() as stack:
        in_flight = [stack.enter_context(server.begun(b"1,2\n")) for _ in range(3)]
        clients = [pool.submit(ask_on, server, lambda seen: done.is_set() and seen[-1:] == [200]) for _ in range(4)]
        try:
            worker = server.lines("start")[0]["process"]
            server.lines("request", least=20)
            os.kill(worker, signal.SIGKILL)
            for finish in in_flight:
                with pytest.raises((ConnectionError, IndexError)):
                    finish()
            assert server.lines("start", least=2)[1]["process"] != worker
        finally:
            done.set()
        for client in clients:
            seen = client.result()
            assert set(seen) <= {200, "lost"}
            assert seen.count("lost") <= 1  # the one it was waiting for
        assert [server.post(b"1,2\n").status for _ in range(20)] == [200] * 20
        assert len(server.lines("start")) == 2


# Clients


def test_half_a_request_is_400_and_the_log_says_so(cnn_server):
    with connected(cnn_server) as connection:
        connection.sendall(HEAD + b"X-Amzn-SageMaker-Inference-Id: half\r\nContent-Length: 100\r\n\r\n1,2\n")
        connection.shutdown(socket.SHUT_WR)
        assert b" 400 " in connection.recv(100)
    (line,) = cnn_server.lines("request", least=1, id="half")
    assert "ended early, after 4 of 100 bytes" in line["fault"]


@pytest.mark.parametrize("abruptly", [False, True])
def test_clients_that_go_while_they_send_leave_their_places_to_others(serving, cnn, abruptly):
    with serving(cnn, SERIESBOX_QUEUE="1") as server:
        for number in range(6):
            with connected(server) as connection:
                if abruptly:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
                framing = [b"Content-Length: 100\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n64\r\n"][number % 2]
                connection.sendall(HEAD + b"Expect: 100-continue\r\n" + framing + b"1,2\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 100")
            (line,) = server.lines("request", least=number + 1)[number:]
            assert (line["status"], "ended early" in line["fault"]) == (400, True)
        assert server.post(b"1,2\n").status == 200
        assert len(server.lines("start")) == 1


@pytest.mark.parametrize("abruptly", [False, True])
def test_clients_that_go_while_they_are_answered_leave_their_places_to_others(serving, one_column, abruptly):
    with serving(one_column, SERIESBOX_QUEUE="1") as server:
        for number in range(3):
            with connected(server) as connection:
                connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG)
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
                if abruptly:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
            (line,) = server.lines("request", least=number + 1)[number:]
            assert (line["status"], line["complete"]) == (200, False)
            assert "trace" not in line
        assert server.post(b"1\n2\n3\n").status == 200
        assert len(server.lines("start")) == 1


def test_a_client_that_sends_slowly_keeps_nobody_waiting(cnn_server):
    body = b"1,2\n" * 5
    with connected(cnn_server) as connection:
        connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        for byte in body:
            connection.sendall(bytes([byte]))
            assert cnn_server.post(b"1,2\n").status == 200
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(cnn_server.post(body).body)


def test_clients_that_read_slowly_keep_nobody_waiting(one_column_server):
    with ExitStack() as stack:
        reads = [stack.enter_context(answering(one_column_server)) for _ in range(1 + (os.cpu_count() or 1))]
        for _ in range(5):
            assert one_column_server.post(b"1\n2\n3\n").status == 200
        assert not one_column_server.lines("request", bytes_in=len(LONG))
        for read in reads:
            assert read().count(b"\n") == ROWS


def test_clients_that_stall_before_they_have_said_what_they_want_are_hung_up_on(serving, cnn):
    impatient = (
        "from seriesbox.sagemaker.serving import server, worker; worker.SECONDS_WITHOUT_A_BYTE = 1; server.main()"
    )
    with serving(cnn, [sys.executable, "-c", impatient], SERIESBOX_QUEUE="1") as server, ExitStack() as stack:
        for _ in range(12):  # more than there are threads
            stack.enter_context(connected(server)).sendall(HEAD)
        assert server.get("/ping").status == 200
        assert server.post(b"1,2\n").status == 200


def test_clients_that_do_not_close_what_is_over_keep_nobody_waiting(cnn_server):
    with ExitStack() as stack:
        for _ in range(50):
            connection = stack.enter_context(connected(cnn_server))
            connection.sendall(b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert cnn_server.get("/ping").status == 200


# Disks

FULL = """
for folder in /dev/shm "$TMPDIR"; do
    mount -t tmpfs -o size=4k none "$folder"
    if head -c 8k /dev/zero > "$folder/full"; then exit 1; fi
done
mount -o remount,bind,ro /
cd "$HOME"
if touch file; then exit 1; fi
exec "$0"
"""
OWN_MOUNTS = "unshare --map-root-user --mount"


@pytest.mark.skipif(
    subprocess.run(f"{OWN_MOUNTS} mount -t tmpfs none /mnt", shell=True, check=False).returncode != 0,
    reason="this machine grants no mounts of one's own",
)
def test_a_server_needs_no_disk(serving, cnn, tmp_path):
    with serving(cnn, [*OWN_MOUNTS.split(), "sh", "-euc", FULL, SERVE], TMPDIR=str(tmp_path), HOME="/") as server:
        large = b"1,2,3,4\n" * 300_000
        assert server.post(large).body.count(b"\n") == 300_000
        os.kill(server.lines("start")[0]["process"], signal.SIGKILL)
        server.lines("start", least=2)
        assert server.post(large).body.count(b"\n") == 300_000


@pytest.mark.parametrize("log", ["/dev/full", ">(true)"])  # a disk without room, a reader that is gone
def test_a_server_whose_log_cannot_be_written_goes_on_answering(serving, cnn, log):
    with serving(cnn, ["bash", "-c", f'exec "$0" > {log}', SERVE]) as server:
        assert ask_on(server, lambda seen: len(seen) == 5) == [200] * 5
        killed = children(server)
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        while not children(server) - killed:
            time.sleep(0.01)
        assert ask_on(server, lambda seen: len(seen) == 5) == [200] * 5
        server.process.terminate()
        assert server.process.wait(timeout=30) == 0


# Being stopped


def test_a_server_that_is_stopped_answers_all_that_it_has_and_leaves_nothing_behind(serving, one_column):
    with serving(one_column) as server, ThreadPoolExecutor() as pool, ExitStack() as stack:
        finishes = [stack.enter_context(server.begun(b"1\n2\n3\n")) for _ in range(4)]
        reads = [stack.enter_context(answering(server)) for _ in range(2)]
        clients = [pool.submit(ask_on, server, lambda seen: "lost" in seen) for _ in range(4)]
        server.lines("request", least=20)
        server.process.terminate()
        server.lines("server", least=1, message="Handling signal: term")
        assert [finish() for finish in finishes] == [200] * 4
        assert [read().count(b"\n") for read in reads] == [ROWS] * 2
        assert server.process.wait(timeout=30) == 0
        for client in clients:
            *answered, _ = client.result()
            assert set(answered) == {200}
        with pytest.raises(ProcessLookupError):
            os.killpg(server.process.pid, 0)
