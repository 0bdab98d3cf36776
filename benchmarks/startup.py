"""From `docker run ... serve` to the first 200 on `/ping`, with the image in the page cache and without.

Needs the image (scripts/build), port 8080, and root, to empty the page cache.
"""

import subprocess
import tempfile
import time
import urllib.error
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from demo import synthetic
from demo.container import csv, lay_out
from demo.problems import Hyperparameters

RUNS = 5
NAME = "seriesbox-startup"


def trained(folder: Path, hyperparameters: Hyperparameters, training: bytes) -> Path:
    """The folder of a model that one epoch in a container gave."""
    lay_out(folder, hyperparameters | {"epochs": 1}, training)
    subprocess.run(
        ["docker", "run", "--rm", "-v", f"{folder}:/opt/ml", "seriesbox", "train"], check=True, capture_output=True
    )
    return folder / "model"


def seconds_to_ping(model: Path) -> float:
    """Start a container that serves the model, wait for its first 200, and remove it."""
    command = ["docker", "run", "--detach", "--name", NAME, "-p", "8080:8080", "-v", f"{model}:/opt/ml/model:ro"]
    start = time.perf_counter()
    subprocess.run([*command, "seriesbox", "serve"], check=True, capture_output=True)
    try:
        while time.perf_counter() - start < 60:
            try:
                with urlopen("http://127.0.0.1:8080/ping", timeout=5):
                    return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise TimeoutError("No answer within a minute.")
    finally:
        subprocess.run(["docker", "rm", "--force", NAME], check=True, capture_output=True)


def empty_page_cache() -> None:
    """Make the next read of every file go to the disk."""
    subprocess.run(["sync"], check=True)
    Path("/proc/sys/vm/drop_caches").write_text("3")


def main() -> None:
    """Print one table."""
    beats, ecg = synthetic.clustering(seed=0, train=60), synthetic.detection(seed=0, train=30)
    print("| algorithm | page cache | seconds to the first 200: median | lowest | highest |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, hyperparameters, training in (
            ("cnn-kmeans", beats.hyperparameters, csv(beats.train)),
            ("lstm-ad", ecg.hyperparameters, csv(ecg.train[:, None])),
        ):
            model = trained(Path(folder) / name, hyperparameters, training)
            seconds_to_ping(model)
            for cache in ("warm", "cold"):
                times = []
                for _ in range(RUNS):
                    if cache == "cold":
                        empty_page_cache()
                    times.append(seconds_to_ping(model))
                print(f"| {name} | {cache} | {median(times):.2f} | {min(times):.2f} | {max(times):.2f} |", flush=True)


if __name__ == "__main__":
    main()
