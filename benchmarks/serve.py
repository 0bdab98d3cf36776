"""What serving costs: its start, single records, many clients, one large batch request; the real server over HTTP.

CNN-KMeans at the sizes published for ECG200 (series of 96 steps), LSTM-AD at its defaults (one column; a record is
1,000 rows). The weights are random: what they are changes no cost.

    .venv/bin/python -m benchmarks.serve [--megabytes 100] [--runtime torch]
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any, get_args

import numpy as np
import torch

from benchmarks.clustering import ECG200
from demo.container import COMMANDS, free_port
from seriesbox.artifact import Runtime, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.csv import write_csv

CSV = {"Content-Type": "text/csv"}
REQUESTS = 500


class Served:
    """A running server."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log

    def connect(self) -> http.client.HTTPConnection:
        """A connection of its own for every client."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def memory(self) -> str:
        """The worker's resident memory now and at its peak."""
        now, peak = self.megabytes()
        return f"{now} MB, peak {peak} MB"

    def megabytes(self) -> tuple[int, int]:
        """The same as numbers. Raises OSError where the first worker is no more."""
        start = next(line for line in self.lines() if line["event"] == "start")
        status = Path(f"/proc/{start['process']}/status").read_text().splitlines()
        now, peak = (next(line for line in status if line.startswith(key)).split()[1] for key in ("VmRSS", "VmHWM"))
        return int(now) // 1024, int(peak) // 1024

    def lines(self) -> Iterator[dict[str, object]]:
        """Its log, read as far as it is wanted: that of a long run is long."""
        with self.log.open() as log:
            yield from map(json.loads, log)


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[tuple[Served, float]]:
    """A server of the model in `folder`/model, and the seconds from its start to its first 200."""
    served = Served(free_port(), folder / "serve.log")
    settings = {"SAGEMAKER_BASE_DIR": str(folder), "SAGEMAKER_BIND_TO_PORT": str(served.port)}
    started = time.perf_counter()
    with served.log.open("w") as log:
        process = subprocess.Popen([COMMANDS / "serve"], env=os.environ | settings | environment, stdout=log)
    try:
        while True:
            try:
                with closing(served.connect()) as connection:
                    invoke(connection, "GET", "/ping")
                break
            except ConnectionError:
                if process.poll() is not None:
                    sys.exit(f"serve ended with {process.returncode}.")
                time.sleep(0.005)
        yield served, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def invoke(connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"") -> int:
    """The number of bytes of a good answer."""
    connection.request(method, path, body, CSV)
    response = connection.getresponse()
    size = 0
    while part := response.read(1 << 20):
        size += len(part)
    if response.status != 200:
        sys.exit(f"{method} {path} was answered by {response.status}.")
    return size


def latencies(served: Served, body: bytes, requests: int = REQUESTS) -> tuple[float, float]:
    """The median and the 99th percentile of one client's requests, in milliseconds."""
    times = []
    with closing(served.connect()) as connection:
        for _ in range(requests):
            started = time.perf_counter()
            invoke(connection, "POST", "/invocations", body)
            times.append(1000 * (time.perf_counter() - started))
    median, rare = np.percentile(times, [50, 99])
    return float(median), float(rare)


def busy_latencies(served: Served, body: bytes) -> tuple[float, float]:
    """The same while another client keeps the server busy with records of its own."""
    done = Event()

    def others() -> None:
        with closing(served.connect()) as connection:
            while not done.is_set():
                invoke(connection, "POST", "/invocations", body)

    with ThreadPoolExecutor() as pool:
        pool.submit(others)
        try:
            return latencies(served, body)
        finally:
            done.set()


def throughput(served: Served, body: bytes, clients: int, requests: int = REQUESTS) -> float:
    """Requests per second of so many clients at once."""
    each = requests // clients + 1

    def client(_: int) -> None:
        with closing(served.connect()) as connection:
            for _ in range(each):
                invoke(connection, "POST", "/invocations", body)

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    return clients * each / (time.perf_counter() - started)


def batch(served: Served, body: bytes) -> str:
    """One large request, split as its line in the log has it."""
    started = time.perf_counter()
    with closing(served.connect()) as connection:
        size = invoke(connection, "POST", "/invocations", body)
    seconds = time.perf_counter() - started
    time.sleep(0.5)
    *_, line = served.lines()
    parts = {part: float(str(line[f"{part}_ms"])) / 1000 for part in ("parse", "predict", "encode")}
    split = ", ".join(f"{part} {value:.2f} s" for part, value in parts.items())
    rest = seconds - sum(parts.values())
    return (
        f"{len(body) / 1e6:.0f} MB in, {size / 1e6:.0f} MB out in {seconds:.2f} s ({split}, rest {rest:.2f} s): "
        f"{float(str(line['rows'])) / seconds:,.0f} rows/s, {len(body) / 1e6 / seconds:.1f} MB/s"
    )


def main() -> None:
    """Print one table per algorithm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100, help="size of the batch request")
    parser.add_argument("--runtime", choices=get_args(Runtime), default="onnx", help="what computes the network")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    problems: dict[str, tuple[Any, int, int]] = {
        "CNN-KMeans": (CNNKMeans(ECG200, 96).eval(), 1, 96),
        "LSTM-AD": (LSTMAD(LSTMADHyperparameters(), 1).eval(), 1000, 1),
    }
    for name, (model, rows, columns) in problems.items():
        record = write_csv(random.normal(size=(rows, columns)).astype(np.float32))
        large = record * (arguments.megabytes * 1_000_000 // len(record))
        print(f"\n{name}\n| what | |\n|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            save(model, Path(folder) / "model", arguments.runtime)
            with serving(Path(folder)) as (served, seconds):
                print(f"| start to the first 200 | {seconds:.2f} s, {served.memory()} |")
                for state, measure in (("idle", latencies), ("busy", busy_latencies)):
                    median, rare = measure(served, record)
                    print(f"| one record, {state} server | p50 {median:.2f} ms, p99 {rare:.2f} ms |")
                for clients in (1, 8, 64):
                    print(f"| {clients} clients | {throughput(served, record, clients):.0f} requests/s |")
                print(f"| memory after these | {served.memory()} |", flush=True)
            with serving(Path(folder), SAGEMAKER_BATCH="true") as (served, _):
                print(f"| one batch request | {batch(served, large)} |")
                print(f"| memory after it | {served.memory()} |", flush=True)


if __name__ == "__main__":
    main()
