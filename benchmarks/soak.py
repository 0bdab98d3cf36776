"""Mixed load for as long as is wanted, against the real server: whether every answer is right, and memory stays put.

Clients with and without keep-alive send one row to megabytes, in every format, with a length or chunked; some are
slow, some send what is invalid, some go away while they send or are answered. The same request must always get the
same answer. Both algorithms are served, one after the other, each for half the time.

    .venv/bin/python -m benchmarks.soak [--minutes 10] [--seed 0]
"""

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks.clustering import ECG200
from benchmarks.serve import Served, serving
from seriesbox.artifact import save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.serving.formats import write
from seriesbox.sagemaker.serving.negotiation import CSV, FORMATS, JSON

CLIENTS = 8
TENTHS = 10
MOST_GROWTH = 1.15  # of the last third's median memory over the middle third's: caches are full by then
SENT_IN = 8  # parts of a chunked, slow or broken-off body
SLOW = 0.05  # seconds before every part
MANNERS = ["plain"] * 12 + ["chunked"] * 4 + ["slow", "leaves while sending", "leaves while reading"]
WHOLE = ("plain", "leaves while reading")
SIZES = {1: 50, 20: 10, 200: 2}  # records that are sent at once, and how often
OFTEN = [*SIZES.values(), 1, 4]  # so are the largest, and the invalid ones
INVALID = [
    (b"1,2\n3,x\n", CSV, "*/*"),
    (b"", CSV, "*/*"),
    (b"[[1, 2", JSON, "*/*"),
    (b"1,2\n" * 10_000, "text/plain", "*/*"),
    (b"1,2\n" * 10_000, CSV, "image/png"),
]


class Request(NamedTuple):
    """Something to ask."""

    body: bytes
    headers: dict[str, str]
    answer: bytes = b""  # its digest; none for what is invalid


class Outcome(NamedTuple):
    """What became of one request, and after how many milliseconds where the client was not slow itself."""

    kind: str
    result: int | str
    took: float | None

    @property
    def bad(self) -> bool:
        """Whether it is a finding."""
        if self.kind == "left":
            return False
        return self.result != 200 if self.kind == "valid" else self.result not in range(400, 500)


class LeftError(Exception):
    """The client goes away."""


@dataclass
class Soak:
    """What was seen of one server."""

    outcomes: list[Outcome] = field(default_factory=list)
    megabytes: list[int] = field(default_factory=list)  # the worker's, second by second
    faults: list[str] = field(default_factory=list)

    def judge(self, served: Served) -> None:
        """Note everything that should not have been."""
        bad = Counter((each.kind, each.result) for each in self.outcomes if each.bad)
        self.faults += [f"{count} {kind} requests: {result}" for (kind, result), count in bad.items()]
        lines = list(served.lines())
        if lost := sum(line["event"] == "start" for line in lines) - 1:
            self.faults.append(f"{lost} workers lost")
        if failed := [line for line in lines if "trace" in line]:
            self.faults.append(f"{len(failed)} failures in the log, such as {failed[0]['trace']}")
        third = len(self.megabytes) // 3
        before, after = (statistics.median(part) for part in (self.megabytes[third:-third], self.megabytes[-third:]))
        if after > MOST_GROWTH * before:
            self.faults.append(f"memory grew from {before:.0f} to {after:.0f} MB")


def parts(body: bytes, manner: str) -> Iterator[bytes]:
    """The body as such a client sends it."""
    size = len(body) // SENT_IN + 1
    for first in range(0, len(body), size):
        if manner == "slow":
            time.sleep(SLOW)
        if manner == "leaves while sending" and first >= len(body) // 2:
            raise LeftError
        yield body[first : first + size]


def ask(connection: HTTPConnection, request: Request, manner: str = "plain") -> tuple[int, bytes]:
    """The status and the digest of the answer. Raises LeftError where the client does not wait for it."""
    length = {} if manner == "chunked" else {"Content-Length": str(len(request.body))}
    body = request.body if manner in WHOLE else parts(request.body, manner)
    connection.request("POST", "/invocations", body, request.headers | length)
    response = connection.getresponse()
    digest = hashlib.sha256()
    while part := response.read(1 << 18):
        digest.update(part)
        if manner == "leaves while reading":
            raise LeftError
        if manner == "slow":
            time.sleep(SLOW)
    return response.status, digest.digest()


def client(served: Served, requests: list[list[Request]], until: float, dice: random.Random, soak: Soak) -> None:
    """Ask one thing after another."""
    with closing(served.connect()) as connection:
        while time.monotonic() < until:
            request, manner = dice.choice(*dice.choices(requests, OFTEN)), dice.choice(MANNERS)
            kind = "valid" if request.answer else "invalid"
            result: int | str
            started = time.perf_counter()
            try:
                result, answer = ask(connection, request, manner)
                if result == 200 and answer != request.answer:
                    result = "another answer"
            except LeftError:
                kind, result = "left", "left"
            except (OSError, HTTPException) as error:
                result = f"no answer: {type(error).__name__}"
            took = 1000 * (time.perf_counter() - started)
            soak.outcomes.append(Outcome(kind, result, None if manner == "slow" else took))
            if isinstance(result, str) or dice.random() < 0.2:
                connection.close()  # the next request opens it again


def requests_to(served: Served, model: Any, record: tuple[int, int], megabytes: int) -> list[list[Request]]:
    """Valid ones by size, with the answers that an idle server gives, and at last the invalid ones."""
    rows, columns = record
    noise, independent = np.random.default_rng(0), model.predictor().rows_are_independent
    largest = max(1, megabytes * 1_000_000 // (11 * rows * columns))  # 11 bytes a cell
    valid: list[list[Request]] = []
    with closing(served.connect()) as connection:
        for size in (*SIZES, largest):
            values = noise.normal(size=(size * rows, columns)).astype(np.float32)
            if independent:
                values[::3, columns // 2 :: 7] = values[1::3, -columns // 4 :] = np.nan
            valid.append([])
            for form, accept in product(FORMATS, [*FORMATS, "*/*"]):
                body = b"".join(write([iter([values])], form, independent))
                request = Request(body, {"Content-Type": form, "Accept": accept})
                status, answer = ask(connection, request)
                if status != 200:
                    sys.exit(f"{len(body)} bytes of {form} are answered by {status}.")
                valid[-1].append(request._replace(answer=answer))
    invalid = [Request(body, {"Content-Type": form, "Accept": accept}) for body, form, accept in INVALID]
    return [*valid, invalid]


def soak(model: Any, record: tuple[int, int], megabytes: int, seconds: float, seed: int) -> Soak:
    """Serve the model under load for so long, and print what happens, tenth by tenth."""
    seen = Soak()
    print("| tenth | requests | of these | memory |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder) / "model")
        with serving(Path(folder), OMP_NUM_THREADS="1") as (served, _), ThreadPoolExecutor(CLIENTS) as pool:
            requests = requests_to(served, model, record, megabytes)
            started = time.monotonic()
            dice = [random.Random(f"{seed} {number}") for number in range(CLIENTS)]
            clients = [pool.submit(client, served, requests, started + seconds, each, seen) for each in dice]
            for tenth in range(1, TENTHS + 1):
                done = len(seen.outcomes)
                while time.monotonic() < started + seconds * tenth / TENTHS:
                    time.sleep(min(1, seconds / 100))
                    with suppress(OSError):
                        seen.megabytes.append(served.megabytes()[0])
                new = seen.outcomes[done:]
                counts = Counter(str(each.result) for each in new)
                split = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
                print(f"| {tenth} | {len(new)} | {split} | {seen.megabytes[-1]} MB |", flush=True)
            for each in clients:
                each.result()
            seen.judge(served)
    return seen


def main() -> None:
    """Print one table per algorithm; exit with 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="in fewer, memory still fills up")
    parser.add_argument("--megabytes", type=int, default=4, help="size of the largest requests")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    found = False
    for model, record in (
        (CNNKMeans(ECG200, 96).eval(), (1, 96)),
        (LSTMAD(LSTMADHyperparameters(), 1).eval(), (250, 1)),
    ):
        print(f"\n{type(model).__name__}\n")
        seen = soak(model, record, arguments.megabytes, 30 * arguments.minutes, arguments.seed)
        times = [each.took for each in seen.outcomes if each.kind == "valid" and each.took is not None]
        first, middle, last = (seen.megabytes[int(place * (len(seen.megabytes) - 1))] for place in (0.1, 0.5, 1))
        print(f"\n{len(seen.outcomes)} requests, p50 {np.percentile(times, 50):.1f} ms, ", end="")
        print(f"p99 {np.percentile(times, 99):.0f} ms; memory after a tenth, the half and the whole: ", end="")
        print(f"{first}, {middle}, {last} MB; found: {'; '.join(seen.faults) or 'nothing'}", flush=True)
        found |= bool(seen.faults)
    sys.exit(found)


if __name__ == "__main__":
    main()
