"""Time and memory of the container's commands `train` and `serve`, on the sample data.

Run it in the image that is published, because memory and start depend on torch's build. The project is mounted for the
samples and this program; seriesbox is the image's own:

    docker run --rm -v $PWD:/project -w /project -e PYTHONPATH=/project -e COMMIT=$(git rev-parse --short HEAD) \
        seriesbox:gpu python -m benchmarks.container

It takes a minute, and records its figures for the pages. Run it on an idle machine: a training's time is what the
system counts for one core, and of several runs of a server the best figures are kept.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from benchmarks import figures
from benchmarks.serve import latencies, throughput
from benchmarks.server import invoke, serving
from demo.container import COMMANDS, lay_out
from marketplace.files import published, sample_hyperparameters, samples_folder

RUNS, REQUESTS, CLIENTS = 5, 200, 8
BATCH_BYTES = 10_000_000

Figures = dict[str, float]


def train(opt_ml: Path) -> Figures:
    """Measure one training job on one core, from the start of its process to the end."""
    settings = {"SAGEMAKER_BASE_DIR": str(opt_ml), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([COMMANDS / "train"], env=os.environ | settings, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "train")
    # The peak is that of the job, because this process, which started it, holds less.
    return {"core_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def answer(opt_ml: Path, request: bytes) -> Figures:
    """Measure an endpoint that gets the same request again and again."""
    with serving(opt_ml) as (served, seconds):
        latencies(served, request, REQUESTS // 4)  # the first ones are slower
        p50, p99 = latencies(served, request, REQUESTS)
        per_second = throughput(served, request, CLIENTS, REQUESTS)
        return {"start_seconds": seconds, "p50_ms": p50, "p99_ms": p99, "requests_per_second": per_second}


def transform(opt_ml: Path, body: bytes) -> Figures:
    """Measure a batch job of one file."""
    with serving(opt_ml, SAGEMAKER_BATCH="true") as (served, _), closing(served.connect()) as connection:
        started = time.perf_counter()
        invoke(connection, "POST", "/invocations", body)
        seconds = time.perf_counter() - started
        return {"rows_per_second": body.count(b"\n") / seconds, "peak_mb": served.megabytes()[1]}


def best(measure: Callable[[], Figures]) -> Figures:
    """Return the shortest times, the least memory and the highest rates of several runs."""
    runs = [measure() for _ in range(RUNS)]
    return {name: (max if "per_second" in name else min)(run[name] for run in runs) for name in runs[0]}


def measured(name: str, opt_ml: Path) -> dict[str, Figures]:
    """Measure one algorithm."""
    training, validation, request, batch = (
        (samples_folder(name) / path).read_bytes()
        for path in ("training/training.csv", "validation/validation.csv", "request.csv", "batch/batch.csv")
    )
    lay_out(opt_ml, sample_hyperparameters(name), training, validation)
    large = batch * (BATCH_BYTES // len(batch) + 1)
    training_rows, request_rows = (body.count(b"\n") for body in (training, request))
    return {
        "training": {"rows": training_rows, **train(opt_ml)},
        "request": {"rows": request_rows, "clients": CLIENTS, **best(lambda: answer(opt_ml, request))},
        "batch": {"mb": round(len(large) / 1e6), **best(lambda: transform(opt_ml, large))},
    }


def main() -> None:
    """Measure every algorithm."""
    results: dict[str, Any] = {
        "runs": RUNS,
        "image": {"seriesbox": version("seriesbox"), "torch": torch.__version__},
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in published():
            results[name] = measured(name, Path(folder, name))
            print(name, json.dumps(results[name], indent=2), flush=True)
    figures.record("container", results)


if __name__ == "__main__":
    main()
