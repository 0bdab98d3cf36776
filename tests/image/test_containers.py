"""The image in plain and in hardened containers: what it needs, what it writes, what its commands are."""

import json
import os
from pathlib import Path

import pytest
from engine import HARDENED, IMAGE, Container, docker, mounted


def give(folder: Path, user: str) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, int(user), int(user))


def outside_tmp(written: list[str]) -> list[str]:
    return [path for path in written if not path[2:].startswith("/tmp")]


@pytest.mark.parametrize("user", ["0", "1000"])
def test_trains_and_serves_without_network_a_writable_disk_or_root(problem, user, tmp_path):
    folder = problem.lay_out(tmp_path / "ml", epochs=1)
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
    driver = ["-v", "/dev/null:/dev/nvidiactl"]  # as on a machine with a driver; this one does not answer
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
    outputs = ["metrics.csv", "metrics.json", "report.html"]
    outputs += ["clusters.csv", "medoids.csv"] if problem.empty_rows == 0 else []
    assert {str(path.relative_to(folder)) for path in after.keys() - given.keys()} == {
        "model/model.json",
        "model/model.safetensors",
        *(f"output/data/{name}" for name in outputs),
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


def test_without_a_command_and_a_job_it_says_what_to_add():
    with Container.running() as container:
        assert container.wait() == 2
        assert container.log().startswith("Add 'train' or 'serve' after the image's name")


def test_any_other_command_runs_as_it_is():
    assert docker("run", "--rm", IMAGE, "python", "-c", "print(6 * 7)") == b"42\n"


def test_the_page_is_served_without_network_or_a_writable_disk(clustering, tmp_path):
    folder = clustering.lay_out(tmp_path / "ml", epochs=1)
    docker("run", "--rm", *mounted(folder), IMAGE, "train")
    report = (folder / "output/data/report.html").read_text()
    model = ["-v", f"{folder / 'model'}:/opt/ml/model:ro"]
    with Container.running(*HARDENED, *model, command=("serve",)) as server:
        server.log_until('"event":"page"')
        page = server.python(
            "import urllib.request; print(urllib.request.urlopen('http://localhost:8080/').read().decode())"
        ).decode()
    for document in (report, page):
        assert document.startswith("<!doctype html>")
        assert "uPlot" in document
