"""Checkpoints of a process that does nothing but write them, and is killed at random moments.

The contents of a checkpoint follow from its number. Whenever the process ended, the newest checkpoint must be whole,
hold what was saved, and be the last one that the process has reported, or the next. What a killed process left
unfinished must be gone once the next one has saved. SIGKILL ends a process, not the machine: whether `fsync` keeps its
promise when the power fails is not shown.

    .venv/bin/python -m stress.kills [--kills 500] [--seed 0]
"""

import logging
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from itertools import count
from logging.handlers import BufferingHandler
from pathlib import Path
from random import Random
from typing import NoReturn

import numpy as np
import torch

from benchmarks import options
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.network.torch_network import arrays
from seriesbox.network.types import Tensors
from seriesbox.sagemaker.training.checkpoints import KEPT, Checkpoints
from seriesbox.sagemaker.training.log import logger

MODEL = arrays(CNNKMeans(CNNKMeansHyperparameters(), columns=100).state_dict())
STATE = {  # of a training at default sizes: the network, and two moments that the optimizer has of it
    f"{group}.{name}": tensor for group in ("module", "first", "second") for name, tensor in MODEL.items()
}
MAX_SAVES = 5  # about as many as a process does before it is killed


def contents(number: int) -> Tensors:
    """Return the tensors of the checkpoint with this number."""
    return {name: tensor + np.asarray(number, tensor.dtype) for name, tensor in STATE.items()}


def save(checkpoints: Checkpoints, number: int) -> None:
    """Write the checkpoint with this number."""
    checkpoints.save(contents(number), {"progress": {"epoch": number, "steps": 0}})


def write_all(folder: Path, first: int, pipe: int) -> NoReturn:
    """Save checkpoint after checkpoint, and report the number of each that is written."""
    checkpoints = Checkpoints(folder, {})
    for number in count(first):
        save(checkpoints, number)
        os.write(pipe, f"{number} ".encode())
    os._exit(1)


def write_and_kill(folder: Path, first: int, seconds: float) -> int:
    """Let a process write from the first number on, kill it, and return the last number that it has reported."""
    output, pipe = os.pipe()
    writer = os.fork()  # has imported everything
    if not writer:
        write_all(folder, first, pipe)
    os.close(pipe)
    time.sleep(seconds)
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    with open(output) as numbers:
        return max(map(int, numbers.read().split()), default=first - 1)


def newest(folder: Path) -> tuple[int, bool]:
    """Return the number that a training would continue from, and whether it is the newest and holds what was saved.

    The number is -1 if there is none.
    """
    messages = BufferingHandler(capacity=100)
    logger.handlers, logger.propagate = [messages], False
    state = Checkpoints(folder, {}).load()
    if state is None:
        return -1, not any(folder.glob("*.safetensors"))
    tensors, facts = state
    number: int = facts["progress"]["epoch"]
    expected = contents(number)
    same = tensors.keys() == expected.keys() and all(np.array_equal(tensors[name], expected[name]) for name in expected)
    warned = any(message.levelno >= logging.WARNING for message in messages.buffer)  # one could not be read
    return number, same and not warned


def unfinished(folder: Path) -> set[tuple[str, int]]:
    """Return the files that are no checkpoints: their names, and the times at which they were written."""
    return {(file.name, file.stat().st_mtime_ns) for file in folder.iterdir() if file.suffix != ".safetensors"}


def kill_often(folder: Path, kills: int, seconds: float, random: Random) -> tuple[Counter[str], Counter[str]]:
    """Kill a writer again and again. Returns how often it was in the middle of something, and the faults.

    seconds: that a checkpoint takes.
    """
    moments, faults, last = Counter[str](), Counter[str](), -1
    for _ in range(kills):
        before = unfinished(folder)
        reported = write_and_kill(folder, last + 1, random.uniform(0, MAX_SAVES * seconds))
        last, same = newest(folder)
        moments["while a file was written, which was left unfinished"] += unfinished(folder) != before
        moments["after a file was written, before that was reported"] += last == reported + 1
        faults["the newest is not what was saved"] += not same
        faults["the newest is not the last one"] += last not in (reported, reported + 1)
    save(Checkpoints(folder, {}), last + 1)
    faults["files beside two checkpoints after the next save"] = max(0, len(list(folder.iterdir())) - KEPT)
    return moments, faults


def main() -> None:
    """Print what the kills left. Exits with 1 if there are faults."""
    parser = options.parser(__doc__, "--seed")
    parser.add_argument("--kills", type=int, default=500)
    given = parser.parse_args()
    torch.set_num_threads(1)  # a fork has no other threads
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(KEPT):
            started = time.perf_counter()
            save(Checkpoints(folder, {}), number)
            seconds = time.perf_counter() - started
        size = sum(file.stat().st_size for file in folder.iterdir()) / KEPT
    with tempfile.TemporaryDirectory() as name:
        moments, faults = kill_often(Path(name), given.kills, seconds, Random(given.seed))
    print(f"{given.kills} kills; a checkpoint of {size / 1e6:.1f} MB is written in {seconds:.3f} s")
    for title, counts in (("killed", moments), ("fault", faults)):
        print(f"\n| {title} | times |\n|---|---|", *(f"| {key} | {n} |" for key, n in counts.items()), sep="\n")
    sys.exit(any(faults.values()))


if __name__ == "__main__":
    main()
