"""Mixed load on the real server for a long time: is every answer right, and does memory stay where it is?

Clients with and without keep-alive send one record to megabytes, in every format, with a length or chunked; some are
slow, some send invalid requests, some disconnect while they send or read, others stall there or send nothing. The same
request must always get the same answer, and every ping one within a second. The algorithms are served one after the
other, and share the time.

    .venv/bin/python -m stress.soak [--seconds 600] [--megabytes 4] [--seed 0]
"""

import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
import torch

from benchmarks import cases, options
from benchmarks.cases import Shape
from benchmarks.server import RunningServer, serving
from seriesbox.artifact import save
from seriesbox.protocols import Estimator
from stress.soak_clients import Outcome, run_client
from stress.soak_requests import soak_requests
from stress.soak_stallers import MANNERS, run_pings, run_staller

CLIENTS = 8
THREADS = CLIENTS + sum(MANNERS.values()) + 1  # to ping
TENTHS = 10  # of the time, each a row of the table
MAX_GROWTH = 1.15  # of the last third's median memory over the middle third's
MIN_SECONDS = 60  # to judge memory and pings by: in less time, caches are still filling up
MAX_PING = 1  # seconds


@dataclass
class Soak:
    """The observations of one server.

    seconds: of load.
    megabytes: the memory of its worker, at every second or more often.
    pings: the seconds that each took.
    """

    seconds: float
    outcomes: list[Outcome] = field(default_factory=list)
    megabytes: list[int] = field(default_factory=list)
    pings: list[float] = field(default_factory=list)

    def faults(self, server: RunningServer) -> list[str]:
        """Return everything that is wrong with the outcomes, the memory and the log."""
        counts = Counter((each.kind, each.result) for each in self.outcomes if each.is_fault)
        faults = [f"{count} {kind} requests: {result}" for (kind, result), count in counts.items()]
        lines = list(server.lines())
        if lost := sum(line["event"] == "start" for line in lines) - 1:
            faults.append(f"{lost} workers lost")
        if traces := [line["trace"] for line in lines if "trace" in line]:
            faults.append(f"{len(traces)} failures in the log, such as {traces[0]}")
        third = len(self.megabytes) // 3
        before, after = (median(part) for part in (self.megabytes[third:-third], self.megabytes[-third:]))
        if self.seconds >= MIN_SECONDS and after > MAX_GROWTH * before:
            faults.append(f"memory grew from {before:.0f} to {after:.0f} MB")
        limit = MAX_PING if self.seconds >= MIN_SECONDS else 60
        if slow := sum(ping > limit for ping in self.pings):
            faults.append(f"{slow} of {len(self.pings)} pings took more than {limit} s, up to {max(self.pings):.1f} s")
        return faults

    def summary(self) -> str:
        """Return the times of valid requests, and the memory after a tenth, a half and all of the time."""
        times = [each.milliseconds for each in self.outcomes if each.kind == "valid" and each.milliseconds is not None]
        p50, p99 = np.percentile(times, [50, 99])
        first, middle, last = (self.megabytes[int(share * (len(self.megabytes) - 1))] for share in (0.1, 0.5, 1))
        memory = f"{first}, {middle}, {last} MB"
        requests = f"{len(self.outcomes)} requests, p50 {p50:.1f} ms, p99 {p99:.0f} ms"
        pings = f"{len(self.pings)} pings, the slowest {max(self.pings):.2f} s"
        return f"{requests}; {pings}; memory after a tenth, the half and the whole: {memory}"


def soak(model: Estimator, record: Shape, megabytes: float, seconds: float, seed: int) -> tuple[Soak, list[str]]:
    """Serve the model under load, print a row for every tenth of the time, and return the observations and faults."""
    observed = Soak(seconds)
    print("| tenth | requests | results | memory |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder) / "model")
        with (
            serving(Path(folder), OMP_NUM_THREADS="1") as (server, _),
            ThreadPoolExecutor(THREADS) as pool,
        ):
            groups = soak_requests(server, model, record, megabytes)
            started = time.monotonic()
            end = started + seconds

            def client(number: int) -> None:
                for outcome in run_client(server, groups, end, Random(f"{seed} {number}")):
                    observed.outcomes.append(outcome)

            clients = [pool.submit(client, number) for number in range(CLIENTS)]
            clients.append(pool.submit(lambda: observed.pings.extend(run_pings(server, end))))
            for manner, count in MANNERS.items():
                clients += [pool.submit(run_staller, server, manner, groups[-1].requests[0], end) for _ in range(count)]
            observed.megabytes.append(server.megabytes()[0])
            for part in range(1, TENTHS + 1):
                done = len(observed.outcomes)
                while time.monotonic() < started + seconds * part / TENTHS:
                    time.sleep(min(1, seconds / 100))
                    with suppress(OSError):
                        observed.megabytes.append(server.megabytes()[0])
                new = observed.outcomes[done:]
                counts = Counter(str(each.result) for each in new)
                results = ", ".join(f"{count} x {result}" for result, count in sorted(counts.items()))
                print(f"| {part} | {len(new)} | {results} | {observed.megabytes[-1]} MB |", flush=True)
            for each in clients:
                each.result()
            return observed, observed.faults(server)


def main() -> None:
    """Print one table per algorithm. Exits with 1 if there are faults."""
    parser = options.parser(__doc__, "--algorithms", "--seed")
    parser.add_argument("--seconds", type=float, default=600, help="for all algorithms together")
    parser.add_argument("--megabytes", type=float, default=4, help="size of the largest requests")
    given = parser.parse_args()
    torch.manual_seed(0)
    failed = False
    for name in given.algorithms:
        print(f"\n{name}\n")
        algorithm = cases.load(name)
        rows, columns = algorithm.request
        record = max(1, rows // 4), columns  # smaller than a usual request, so that there are more of them
        seconds = given.seconds / len(given.algorithms)
        observed, faults = soak(algorithm.published(), record, given.megabytes, seconds, given.seed)
        print(f"\n{observed.summary()}; faults: {'; '.join(faults) or 'none'}", flush=True)
        failed |= bool(faults)
    sys.exit(failed)


if __name__ == "__main__":
    main()
