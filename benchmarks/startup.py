"""From `docker run ... serve` to the first 200 on `/ping`, with the image in the page cache and without.

Needs the image (scripts/build), port 8080, and root, which may empty the page cache.

    .venv/bin/python -m benchmarks.startup [--runs 5] [--record]
"""

import subprocess
import tempfile
import time
import urllib.error
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from benchmarks import cases, figures, options
from benchmarks.cases import Job
from demo.container import csv, lay_out

CONTAINER = "seriesbox-startup"
SECONDS_TO_PING = 60


def train(folder: Path, job: Job) -> Path:
    """Train one epoch in a container, and return the folder of the model."""
    lay_out(folder, job.hyperparameters | {"epochs": 1}, csv(job.rows))
    subprocess.run(
        ["docker", "run", "--rm", "-v", f"{folder}:/opt/ml", "seriesbox", "train"], check=True, capture_output=True
    )
    return folder / "model"


def seconds_to_ping(model: Path) -> float:
    """Start a container that serves the model, wait for its first 200, and remove it."""
    flags = ["--detach", "--name", CONTAINER, "-p", "8080:8080", "-v", f"{model}:/opt/ml/model:ro"]
    started = time.perf_counter()
    subprocess.run(["docker", "run", *flags, "seriesbox", "serve"], check=True, capture_output=True)
    try:
        while time.perf_counter() - started < SECONDS_TO_PING:
            try:
                with urlopen("http://127.0.0.1:8080/ping", timeout=5):
                    return time.perf_counter() - started
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise TimeoutError(f"No answer within {SECONDS_TO_PING} s.")
    finally:
        subprocess.run(["docker", "rm", "--force", CONTAINER], check=True, capture_output=True)


def empty_page_cache() -> None:
    """Make the next read of every file go to the disk."""
    subprocess.run(["sync"], check=True)
    Path("/proc/sys/vm/drop_caches").write_text("3")


def main() -> None:
    """Print one table."""
    parser = options.parser(__doc__, "--algorithms", "--record")
    parser.add_argument("--runs", type=int, default=5, help="number of starts in each state of the page cache")
    given = parser.parse_args()
    print("| algorithm | page cache | seconds to the first 200: median | lowest | highest |\n|---|---|---|---|---|")
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.algorithms:
            model = train(Path(folder) / name, cases.load(name).short)
            seconds_to_ping(model)
            measured[name] = {}
            for cache in ("warm", "cold"):
                seconds = []
                for _ in range(given.runs):
                    if cache == "cold":
                        empty_page_cache()
                    seconds.append(seconds_to_ping(model))
                row = {"median": median(seconds), "lowest": min(seconds), "highest": max(seconds)}
                print(f"| {name} | {cache} | {' | '.join(f'{each:.2f}' for each in row.values())} |", flush=True)
                measured[name][cache] = row
    if given.record:
        figures.record("startup", measured)


if __name__ == "__main__":
    main()
