"""Every benchmark runs, at its smallest size, on generated data."""

import json
import os
import re
import socket
import subprocess
import sys

import pytest
import torch

from benchmarks import figures
from tests.programs import marked, programs, run
from tests.public_data import write_public_data

SMALLEST = {
    "alarms": "--archive DATA/ucr_anomaly --min-updates 0 --series 7 --seeds 1 --pairs 1 --processes 1",
    "anomaly": "--archive DATA/ucr_anomaly --min-updates 0 --seeds 1 --processes 1 --also score-window=5",
    "anomaly_published": "--data DATA --threads 1 --epochs 1 --seeds 1",
    "clustering": "--archive DATA/ucr_classification --epochs 1 --min-updates 0 --seeds 2 --processes 1 --sets CBF",
    "clustering_published": "--data DATA --epochs 1 --trainings 2 --processes 1",
    "container": "",
    "gaps": "--archive DATA/ucr_anomaly --min-updates 0 --series 7 --seeds 1 --processes 1",
    "gpu": "--device cpu --share 0.01",
    "growth": "--algorithms cnn-kmeans --threads 1 --share 0.1 --cases 1",
    "memory": "--algorithms lstm-ad --share 0.001 --files 1",
    "processes": "--algorithms lstm-ad --share 0.1 --processes 2 --rounds 1 --epochs 2",
    "ranges": "--algorithms lstm-ad --threads 1 --hyperparameters lr",
    "request_memory": "--algorithms lstm-ad --megabytes 0.1",
    "runtime": "--threads 1 --runs 1 --share 0.1",
    "serve": "--requests 10 --megabytes 1 --kinds batch verbose ids",
    "speed": "--data DATA --threads 2 --epochs 2 --job-epochs 1",
    "startup": "--runs 1",
    "variables": "--archive DATA/uea --epochs 1 --min-updates 0 --seeds 1 --processes 1",
}
SLOW = {"gpu", "growth", "processes", "ranges", "runtime", "serve", "speed"}
UNRECORDED = {"ranges"}  # no page shows its figures


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_public_data(tmp_path_factory.mktemp("data"))


def skip_without_image():
    try:
        done = subprocess.run(["docker", "image", "inspect", "seriesbox"], capture_output=True, timeout=10)
        has_image = done.returncode == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        has_image = False
    with socket.socket() as connection:
        port_is_free = connection.connect_ex(("127.0.0.1", 8080)) != 0
    if not has_image or not port_is_free or os.getuid():
        pytest.skip("needs a Docker engine with the image, port 8080, and root")


def test_there_is_a_smallest_size_for_every_benchmark():
    assert list(SMALLEST) == programs("benchmarks")


@pytest.mark.parametrize("benchmark", marked(SMALLEST, SLOW))
def test_every_benchmark_prints_numbers_and_records_them(benchmark, data, tmp_path):
    if benchmark == "container":
        pytest.skip("runs in the image, as its docstring says")
    if benchmark == "startup":
        skip_without_image()
    arguments = SMALLEST[benchmark].replace("DATA", str(data)) + ("" if benchmark in UNRECORDED else " --record")
    tables = run("benchmarks", benchmark, arguments, FIGURES=str(tmp_path / "figures.json"))
    assert tables
    assert all(re.search(r"\d", rows) for rows in tables)
    if benchmark not in UNRECORDED:
        entries = json.loads((tmp_path / "figures.json").read_text())
        assert entries
        for name, entry in entries.items():
            assert name.startswith(benchmark)
            assert re.search(r"\d", json.dumps(entry["figures"]))


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_the_benchmark_of_a_gpu_says_that_there_is_none():
    done = subprocess.run([sys.executable, "-m", "benchmarks.gpu"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("no GPU: ")


def test_figures_are_recorded_beside_those_of_other_benchmarks(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    figures.record("speed", {"seconds": 1})
    figures.record("memory", {"mb": 2})
    figures.record("speed", {"seconds": 0.123456})
    assert figures.read("memory")["figures"] == {"mb": 2}
    entry = figures.read("speed")
    assert entry["figures"] == {"seconds": 0.1235}
    assert re.fullmatch(r"[0-9a-f]{7,}(-dirty)?", entry["commit"])
    assert entry.keys() == {"commit", "date", "machine", "figures"}
    assert entry["machine"].keys() == {"cores", "processor"}
