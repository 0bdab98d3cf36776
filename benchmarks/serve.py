"""The cost of serving: the start, single requests, many clients, one large batch request; the real server over HTTP.

CNN-KMeans has the sizes published for ECG200 (a request is a series of 96 steps), LSTM-AD its defaults (a request is
1,000 rows of one column). The weights are random: cost does not depend on them.

    .venv/bin/python -m benchmarks.serve [--requests 500] [--megabytes 100] [--kinds batch verbose ids] [--record]
"""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, get_args

import numpy as np
import torch

from benchmarks import cases, figures, options
from benchmarks.server import RunningServer, invoke, serving
from seriesbox.artifact import save
from seriesbox.description import Runtime
from seriesbox.tables.csv import write_csv

CLIENT_COUNTS = (1, 8, 64)
KINDS = {  # of large requests: what they send, and what they accept
    "batch": ("text/csv", "text/csv"),
    "verbose": ("text/csv", "text/csv; verbose=true"),
    "ids": ("text/csv; ids=1", "text/csv"),
}
IDS = b"2024-03-01T00:00:00Z,"  # in front of each row
TIMED_PARTS = ("parse", "predict", "encode")  # of a request, in the log


def latencies(server: RunningServer, body: bytes, requests: int) -> tuple[float, float]:
    """Return the median and the 99th percentile of one client's latencies, in milliseconds."""
    times = []
    with closing(server.connect()) as connection:
        for _ in range(requests):
            started = time.perf_counter()
            invoke(connection, "POST", "/invocations", body)
            times.append(1000 * (time.perf_counter() - started))
    p50, p99 = np.percentile(times, [50, 99])
    return float(p50), float(p99)


def busy_latencies(server: RunningServer, body: bytes, requests: int) -> tuple[float, float]:
    """Return the same while another client keeps the server busy with the same request."""
    done = Event()

    def keep_busy() -> None:
        with closing(server.connect()) as connection:
            while not done.is_set():
                invoke(connection, "POST", "/invocations", body)

    with ThreadPoolExecutor() as pool:
        pool.submit(keep_busy)
        try:
            return latencies(server, body, requests)
        finally:
            done.set()


def throughput(server: RunningServer, body: bytes, clients: int, requests: int) -> float:
    """Return the requests per second of n clients at once."""
    each = requests // clients + 1

    def client(_: int) -> None:
        with closing(server.connect()) as connection:
            for _ in range(each):
                invoke(connection, "POST", "/invocations", body)

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    return clients * each / (time.perf_counter() - started)


def batch(server: RunningServer, body: bytes, content_type: str, accept: str) -> dict[str, float]:
    """Measure one large request. Its line in the log says how the time was spent."""
    before, started = len(_requests(server)), time.perf_counter()
    with closing(server.connect()) as connection:
        size = invoke(connection, "POST", "/invocations", body, accept, content_type)
    seconds = time.perf_counter() - started
    while len(lines := _requests(server)) == before:  # it follows the answer
        time.sleep(0.01)
    parts = {f"{part}_seconds": lines[-1][f"{part}_ms"] / 1000 for part in TIMED_PARTS}
    rate = lines[-1]["rows"] / seconds
    return {"mb_in": len(body) / 1e6, "mb_out": size / 1e6, "seconds": seconds, **parts, "rows_per_second": rate}


def _requests(server: RunningServer) -> list[dict[str, Any]]:
    return [line for line in server.lines() if line["event"] == "request" and line["method"] == "POST"]


def measure(name: str, runtime: Runtime, requests: int, megabytes: int, kinds: Sequence[str]) -> dict[str, Any]:
    """Print the table of one algorithm, and return its figures."""
    algorithm = cases.load(name)
    body = write_csv(np.random.default_rng(0).normal(size=algorithm.request).astype(np.float32))
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        save(algorithm.published(), Path(folder) / "model", runtime)
        with serving(Path(folder)) as (server, seconds):
            measured |= {"start_seconds": seconds, "mb_at_start": server.megabytes()[0]}
            print(f"| start to the first 200 | {seconds:.2f} s, {server.memory()} |")
            for state, times in (("idle", latencies), ("busy", busy_latencies)):
                p50, p99 = times(server, body, requests)
                measured[state] = {"p50_ms": p50, "p99_ms": p99}
                print(f"| one request, {state} server | p50 {p50:.2f} ms, p99 {p99:.2f} ms |")
            rates = {clients: throughput(server, body, clients, requests) for clients in CLIENT_COUNTS}
            for clients, rate in rates.items():
                print(f"| {clients} clients | {rate:.0f} requests/s |")
            measured["requests_per_second"] = {str(clients): rate for clients, rate in rates.items()}
            print(f"| memory after these | {server.memory()} |", flush=True)
        for kind in kinds:
            large = body * (megabytes * 1_000_000 // len(body))
            if kind == "ids":
                large = IDS + large[:-1].replace(b"\n", b"\n" + IDS) + b"\n"
            with serving(Path(folder), SAGEMAKER_BATCH="true") as (server, _):
                took = batch(server, large, *KINDS[kind])
                parts = ", ".join(f"{part} {took[f'{part}_seconds']:.2f} s" for part in TIMED_PARTS)
                sizes = f"{took['mb_in']:.0f} MB in, {took['mb_out']:.0f} MB out in {took['seconds']:.2f} s ({parts})"
                print(f"| one request, {kind} | {sizes}: {took['rows_per_second']:,.0f} rows/s |")
                print(f"| memory after it | {server.memory()} |", flush=True)
                measured[kind] = took | {"peak_mb": server.megabytes()[1]}
    return measured


def main() -> None:
    """Print one table per algorithm."""
    parser = options.parser(__doc__, "--algorithms", "--record")
    parser.add_argument("--requests", type=int, default=500, help="number of requests of each kind")
    parser.add_argument("--megabytes", type=int, default=100, help="size of the batch request")
    parser.add_argument("--runtime", choices=get_args(Runtime), default="onnx", help="what computes the network")
    parser.add_argument("--kinds", choices=KINDS, nargs="+", default=["batch"], help="of the large request")
    given = parser.parse_args()
    torch.manual_seed(0)
    measured = {}
    for name in given.algorithms:
        print(f"\n| {name} | |\n|---|---|")
        measured[name] = measure(name, given.runtime, given.requests, given.megabytes, given.kinds)
    if given.record:
        runtime = [given.runtime] if given.runtime != "onnx" else []
        figures.record("-".join(["serve", *given.kinds[1:], *runtime]), measured)


if __name__ == "__main__":
    main()
