"""Checkpoints of a process that does nothing but write them, and is killed at random moments.

Contents follow from a checkpoint's number. Whenever the end came, the newest checkpoint must be whole, hold what was
saved, and be the last that was known to be written or the one after it. What a killed process left unfinished must be
gone once the next one has saved. SIGKILL ends a process, not the machine: whether `fsync` keeps its promise when the
power fails is not shown.

    .venv/bin/python -m benchmarks.kills [--kills 500] [--seed 0]
"""

import argparse
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stdout
from itertools import count
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor

from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.sagemaker.training.checkpoints import KEPT, Checkpoints

STATE = {  # the network and its optimizer's two moments, at the default sizes
    f"{group}.{name}": tensor
    for group in ("module", "first", "second")
    for name, tensor in CNNKMeans(CNNKMeansHyperparameters(), columns=100).state_dict().items()
}
SAVES = 5  # the last moment to be killed at, in times of one


def contents(number: int) -> dict[str, Tensor]:
    """Of the checkpoint of this number."""
    return {name: tensor + number for name, tensor in STATE.items()}


def save(checkpoints: Checkpoints, number: int) -> None:
    """The checkpoint of this number."""
    checkpoints.save(contents(number), {"progress": {"epoch": number, "steps": 0}})


def write(folder: Path, first: int, written: int) -> NoReturn:
    """Save one after the other, and tell the number of each that is written."""
    checkpoints = Checkpoints(folder, {})
    for number in count(first):
        save(checkpoints, number)
        os.write(written, f"{number} ".encode())
    os._exit(1)


def killed(folder: Path, first: int, after: float) -> int:
    """Write from the first number on, until the kill; the last number that was known to be written."""
    read, written = os.pipe()
    writer = os.fork()  # it has all imports
    if not writer:
        write(folder, first, written)
    os.close(written)
    time.sleep(after)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    with open(read) as numbers:
        return max(map(int, numbers.read().split()), default=first - 1)


def newest(folder: Path) -> tuple[int, bool]:
    """The number that a training would go on from, -1 where there is none; whether it is what was saved, and newest."""
    said = io.StringIO()
    with redirect_stdout(said):
        kept = Checkpoints(folder, {}).load()
    if kept is None:
        return -1, not any(folder.glob("*.safetensors"))
    tensors, facts = kept
    number = facts["progress"]["epoch"]
    expected = contents(number)
    same = tensors.keys() == expected.keys() and all(torch.equal(tensors[name], expected[name]) for name in expected)
    return number, same and "cannot be read" not in said.getvalue()


def unfinished(folder: Path) -> set[tuple[str, int]]:
    """Whatever is no checkpoint: its name, and when it was written."""
    return {(file.name, file.stat().st_mtime_ns) for file in folder.iterdir() if file.suffix != ".safetensors"}


def main() -> None:
    """Print what was found; exit with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # a fork has no other
    dice, found, last = random.Random(arguments.seed), Counter[str](), -1
    with tempfile.TemporaryDirectory() as base:
        Path(base, "first").mkdir()
        for number in range(SAVES):
            began = time.perf_counter()
            save(Checkpoints(Path(base, "first"), {}), number)
            seconds = time.perf_counter() - began
        size = next(Path(base, "first").iterdir()).stat().st_size
        folder = Path(base, "checkpoints")
        folder.mkdir()
        for _ in range(arguments.kills):
            before = unfinished(folder)
            known = killed(folder, last + 1, dice.uniform(0, SAVES * seconds))
            last, same = newest(folder)
            found["in the middle of a file, which was left unfinished"] += unfinished(folder) != before
            found["after it was in its place, before that was known"] += last == known + 1
            found["FAULT: the newest is not what was saved"] += not same
            found["FAULT: the newest is not the last one"] += last not in (known, known + 1)
        save(Checkpoints(folder, {}), last + 1)
        found["FAULT: files beside two checkpoints after the next save"] = len(list(folder.iterdir())) - KEPT
    print(f"{arguments.kills} kills, {last + 1} checkpoints of {size / 1e6:.1f} MB, each written in {seconds:.3f} s")
    for what, times in found.items():
        print(f"  {what}: {times}")
    sys.exit(any(times for what, times in found.items() if what.startswith("FAULT")))


if __name__ == "__main__":
    main()
