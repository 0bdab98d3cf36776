"""`docker stop` leaves a model, and an answer to the request that the server has."""

import socket
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from engine import IMAGE, Container, answer_from_outside, docker

from demo.container import csv, lay_out


@pytest.mark.parametrize("init", [[], ["--init"]], ids=["alone", "under an init"])
def test_stopping_a_training_leaves_a_model(problem, init, tmp_path):
    folder = problem.lay_out(tmp_path / "ml", epochs=100_000)
    with Container.running(*init, "-v", f"{folder}:/opt/ml", command=("train",)) as job:
        job.log_until("epoch: 3 ")
        assert job.stop() == 0
    with Container.running("-v", f"{folder / 'model'}:/opt/ml/model:ro", command=("serve",)) as server:
        problem.check(server.invoke(problem.test))


def test_stopping_a_clustering_of_many_series_leaves_a_model_too(tmp_path):
    """Ten seconds are not enough for K-Means on all of them."""
    series = np.random.default_rng(0).normal(size=(20_000, 50))
    sizes = {"clusters": 100, "blocks": 0, "reduced-size": 8, "negative-samples": 1, "batch-size": 1000}
    hyperparameters = sizes | {"epochs": 100_000}
    lay_out(tmp_path / "ml", hyperparameters, csv(series))
    with Container.running("-v", f"{tmp_path / 'ml'}:/opt/ml", command=("train",)) as job:
        job.log_until("epoch: 1 ")
        assert job.stop() == 0
        assert "Stopped: what has been learnt so far is saved." in job.log()
    assert (tmp_path / "ml" / "model" / "model.json").exists()


@pytest.mark.parametrize("init", [[], ["--init"]], ids=["alone", "under an init"])
def test_stopping_a_server_answers_the_request_it_has(clustering, init, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml", epochs=1)
    docker("run", "--rm", "-v", f"{folder}:/opt/ml", IMAGE, "train")
    half = len(clustering.test) // 2
    model = ["-v", f"{folder / 'model'}:/opt/ml/model:ro"]
    with (
        Container.running(*init, "-p", "8080:8080", *model, command=("serve",)) as server,
        ThreadPoolExecutor() as pool,
    ):
        answer_from_outside(8080, clustering.test)
        with socket.create_connection(("127.0.0.1", 8080), timeout=30) as connection:
            connection.sendall(
                b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nConnection: close\r\n"
                b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(clustering.test)
            )
            assert connection.recv(1000).startswith(b"HTTP/1.1 100")  # from here on the request is the server's
            connection.sendall(clustering.test[:half])
            stopped = pool.submit(server.stop)
            server.log_until("Handling signal: term")
            connection.sendall(clustering.test[half:])
            head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        clustering.check(body)
        assert stopped.result() == 0
