"""Plain `docker run`: the README's commands, hardened containers, failures, and being stopped."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
from engine import IMAGE, Container, docker

from demo.container import csv, lay_out

README = Path(__file__).parents[2] / "README.md"
HARDENED = ["--network", "none", "--read-only", "--tmpfs", "/tmp"]


def mounted(folder: Path, readonly: tuple[str, ...] = ("input",)) -> list[str]:
    """The options that mount the folders of an `/opt/ml` tree one by one, as SageMaker does."""
    folders = [(each.name, ":ro" if each.name in readonly else "") for each in folder.iterdir()]
    return [option for name, mode in folders for option in ("-v", f"{folder / name}:/opt/ml/{name}{mode}")]


def give(folder: Path, user: str) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, int(user), int(user))


def outside_tmp(written: list[str]) -> list[str]:
    return [path for path in written if not path[2:].startswith("/tmp")]


def answer_from_outside(port: int, body: bytes) -> bytes:
    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/ping") as ping:
                assert ping.status == 200
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    with urlopen(Request(f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "text/csv"})) as answer:
        assert answer.headers["Content-Type"] == "text/csv"
        return answer.read()


def test_the_four_commands_of_the_readme(clustering, detection, tmp_path):
    commands = re.findall(r"^docker run .*", README.read_text(), re.MULTILINE)
    assert len(commands) == 4
    for problem, name, train, serve in (
        (clustering, "beats", *commands[:2]),
        (detection, "ecg", *commands[2:]),
    ):
        problem.lay_out(tmp_path / name)
        subprocess.run(["bash", "-c", train], cwd=tmp_path, check=True, timeout=120)
        server = subprocess.Popen(["bash", "-c", f"exec {serve}"], cwd=tmp_path)
        try:
            problem.check(answer_from_outside(8080, problem.test))
        finally:
            server.terminate()
        assert server.wait(timeout=30) == 0


@pytest.mark.parametrize("user", ["0", "1000"])
def test_trains_and_serves_without_network_a_writable_disk_or_root(problem, user, tmp_path):
    folder = problem.lay_out(tmp_path / "ml")
    give(folder, user)
    options = [*HARDENED, "--user", f"{user}:{user}"]
    docker("run", "--rm", *options, *mounted(folder), IMAGE, "train")
    assert (folder / "output" / "success").stat().st_uid == int(user)

    model = ["-v", f"{folder / 'model'}:/opt/ml/model:ro"]
    with Container.running(*options, *model, "-e", "SAGEMAKER_BIND_TO_PORT=9123", command=("serve",)) as server:
        problem.check(server.invoke(problem.test, port=9123))
        assert server.stop() == 0


def test_a_server_of_many_models_needs_no_network_or_writable_disk_either(problem, tmp_path):
    folder = problem.lay_out(tmp_path / "ml", epochs=1)
    docker("run", "--rm", *mounted(folder), IMAGE, "train")
    options = ["-v", f"{folder / 'model'}:/opt/ml/models/one/model:ro", "-e", "SAGEMAKER_MULTI_MODEL=true"]
    with Container.running(*HARDENED, *options, command=("serve",)) as server:
        problem.check(server.invoke(problem.test, model="one"))


def test_a_model_trained_by_root_serves_for_anybody(clustering, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml", epochs=1)
    docker("run", "--rm", *mounted(folder), IMAGE, "train")
    model = ["-v", f"{folder / 'model'}:/opt/ml/model:ro"]
    with Container.running(*HARDENED, "--user", "4321", *model, command=("serve",)) as server:
        clustering.check(server.invoke(clustering.test))


def test_a_server_that_cannot_use_a_gpu_says_so_and_computes_on_the_cpu(clustering, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml", epochs=1)
    docker("run", "--rm", *mounted(folder), IMAGE, "train")
    driver = ["-v", "/dev/null:/dev/nvidiactl"]  # as where there is a driver; this one does not answer
    with Container.running(*driver, "-v", f"{folder / 'model'}:/opt/ml/model:ro", command=("serve",)) as server:
        clustering.check(server.invoke(clustering.test))
        lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    (start,), (warning,) = ([line for line in lines if line["event"] == event] for event in ("start", "warning"))
    assert start["device"] == "cpu"
    cuda = docker("run", "--rm", IMAGE, "python", "-c", "import torch; print(torch.version.cuda)").decode().strip()
    assert ("is built for CPUs" if cuda == "None" else f"too old for CUDA {cuda}") in warning["message"]


def test_nothing_is_written_but_the_model_and_the_outcome(problem, tmp_path):
    folder = problem.lay_out(tmp_path / "ml", epochs=1)
    given = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with Container.running("-v", f"{folder}:/opt/ml", command=("train",)) as job:
        assert job.wait() == 0, job.log()
        assert outside_tmp(job.written()) == []
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {str(path.relative_to(folder)) for path in after.keys() - given.keys()} == {
        "model/model.json",
        "model/model.safetensors",
        "output/data/metrics.csv",
        "output/data/metrics.json",
        "output/success",
    }
    assert {path: after[path] for path in given} == given
    with Container.running("-v", f"{folder / 'model'}:/opt/ml/model", command=("serve",)) as server:
        server.invoke(problem.test)
        assert outside_tmp(server.written()) == []


def test_a_job_without_a_command_trains(clustering, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml", epochs=1)
    docker("run", "--rm", "-v", f"{folder}:/opt/ml", IMAGE)
    assert (folder / "model" / "model.json").exists()


def test_without_a_command_and_a_job_it_says_what_to_say():
    with Container.running() as container:
        assert container.wait() == 2
        assert container.log().startswith("Add 'train' or 'serve' after the image's name")


def test_any_other_command_runs_as_it_is():
    assert docker("run", "--rm", IMAGE, "python", "-c", "print(6 * 7)") == b"42\n"


@pytest.mark.parametrize(
    ("hyperparameters", "data", "reason"),
    [
        ({"epochs": 0}, None, r"^`epochs` must be .* not 0\.$"),
        (
            {},
            b"1,2\n3,4\n5,six\n",
            r"^training/training\.csv has cells that are not numbers.*: row 3, column 2 is 'six'\.",
        ),
    ],
    ids=["hyperparameter", "cell"],
)
def test_a_failing_job_exits_with_one_and_says_why(clustering, tmp_path, hyperparameters, data, reason):
    folder = tmp_path / "ml"
    lay_out(folder, clustering.hyperparameters | hyperparameters, data or clustering.training)
    with Container.running("-v", f"{folder}:/opt/ml", command=("train",)) as job:
        assert job.wait() == 1
        failure = (folder / "output" / "failure").read_text()
        assert re.search(reason, failure)
        assert failure in job.log()
        assert "Traceback" not in job.log()


def test_a_job_that_could_not_save_its_model_does_not_begin(clustering, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml")
    with Container.running(*mounted(folder, readonly=("input", "model")), command=("train",)) as job:
        assert job.wait() == 1
        assert "epoch: 1" not in job.log()
    assert (folder / "output" / "failure").read_text().startswith("User 0 cannot write into /opt/ml/model: mount it")


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
