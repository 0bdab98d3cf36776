"""A training that is ended again and again at random moments, by SIGTERM and by SIGKILL, and started again each time.

In the end its model and metrics must be, byte for byte, those of the training that nothing ended. On the way every
stop by SIGTERM, whether or not a second one follows, must end with 0 and a model that can be used, or, before there is
anything to save, with 1 and a sentence; and the newest checkpoint must be readable, whenever the end came. Every step
is saved, so many ends come while a checkpoint is written. The process itself says what it is doing: `faulthandler`
writes its stack into a file.

    .venv/bin/python -m stress.stops [--stops 200] [--seed 0]
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import torch

from benchmarks import cases, options
from benchmarks.cases import Job
from stress.stoppable import NOT_LISTENING, StoppableJob

BEFORE_LOG = 0.25  # share of the stops that come before the first line of the log, if it takes its usual time
SECONDS_TO_SECOND_SIGNAL = 0.2  # at most


@dataclass
class Stops:
    """The stops of one job.

    counts: by what it was doing, and by how it ended.
    slowest: the longest time from SIGTERM to the end, and what it was doing.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    trainings: int = 0
    slowest: tuple[float, str] = (0.0, "")

    def expect(self, is_right: bool, fault: str) -> None:
        """Count a fault if something is not right."""
        if not is_right:
            self.faults[fault] += 1

    def tables(self, name: str) -> str:
        """Return the counts as a table, and a few sentences."""
        endings = sorted({ending for _, ending in self.counts})
        lines = [f"| {name} was stopped in phase | {' | '.join(endings)} |", "|---" * (1 + len(endings)) + "|"]
        for phase in sorted({phase for phase, _ in self.counts}):
            lines.append(f"| {phase} | {' | '.join(str(self.counts[phase, ending]) for ending in endings)} |")
        faults = ", ".join(f"{count} x {fault}" for fault, count in self.faults.items())
        lines.append(f"\n{self.counts.total()} stops of {self.trainings} trainings; faults: {faults or 'none'}")
        seconds, phase = self.slowest
        return "\n".join([*lines, f"SIGTERM took {seconds:.2f} s at most: {phase or 'never sent'}\n"])


def stop_once(job: StoppableJob, seconds: tuple[float, float], random: Random, stops: Stops) -> bool:
    """Start a training and stop it at a random moment. Returns whether it ended before.

    seconds: that a training takes, to the first line of its log and from there on.
    """
    process, number = job.start(), random.choice([signal.SIGTERM, signal.SIGKILL])
    before_log = random.random() < BEFORE_LOG
    if not before_log:
        job.wait_for_log(process)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=random.uniform(0, seconds[0] if before_log else seconds[1]))
    phase = job.phase(process)
    if process.poll() is not None:
        stops.expect(process.returncode == 0, "a training failed by itself")
        return True
    sent = time.perf_counter()
    process.send_signal(number)
    try:
        code = process.wait(timeout=random.uniform(0, SECONDS_TO_SECOND_SIGNAL))
    except subprocess.TimeoutExpired:
        process.send_signal(number)  # a second one changes nothing
        code = process.wait()
    stops.counts[phase, f"{number.name}, exit code {code}"] += 1
    if number == signal.SIGTERM:
        stops.slowest = max(stops.slowest, (time.perf_counter() - sent, phase))
        if code == 0:
            stops.expect(job.has_usable_model(), "a model that cannot be used")
        elif phase != NOT_LISTENING:
            stops.expect(code == 1 and job.has_reason(), "no reason given")
    stops.expect(job.has_readable_checkpoint(), "the newest checkpoint cannot be read")
    return False


def stop_often(name: str, plan: Job, count: int, seed: int) -> Stops:
    """Train from beginning to end, and again, until there were n stops on the way. The last training then ends."""
    stops, random = Stops(), Random(f"{seed} {name}")
    with tempfile.TemporaryDirectory() as base:
        job = StoppableJob(Path(base) / "ml", plan)
        job.reset()
        times = [time.perf_counter()]
        process = job.start()
        job.wait_for_log(process)
        times.append(time.perf_counter())
        if process.wait():
            sys.exit(job.log.read_text())
        times.append(time.perf_counter())
        expected, seconds = job.result(), (times[1] - times[0], times[2] - times[1])
        while stops.counts.total() < count:
            job.reset()
            has_ended = False
            while not has_ended and stops.counts.total() < count:
                has_ended = stop_once(job, seconds, random, stops)
            if not has_ended:
                stops.expect(job.start().wait() == 0, "a training failed by itself")
            stops.trainings += 1
            stops.expect(job.result() == expected, "another result")
    return stops


def main() -> None:
    """Print one table per algorithm. Exits with 1 if there are faults."""
    parser = options.parser(__doc__, "--algorithms", "--seed")
    parser.add_argument("--stops", type=int, default=200, help="for all algorithms together, at least")
    given = parser.parse_args()
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # inherited by a process that is not ready for it
    torch.set_num_threads(1)
    with ThreadPoolExecutor() as pool:  # all algorithms at once
        jobs = {
            name: pool.submit(
                stop_often, name, cases.load(name).short, given.stops // len(given.algorithms), given.seed
            )
            for name in given.algorithms
        }
    for name, job in jobs.items():
        print(job.result().tables(name), flush=True)
    sys.exit(any(job.result().faults for job in jobs.values()))


if __name__ == "__main__":
    main()
