"""A training that is ended again and again at random moments, by SIGTERM and by SIGKILL, and started again each time.

In the end its model and metrics must be, byte for byte, those of the training that nothing ended. On the way every
stop by SIGTERM must end with 0 and a model that can be used, or, before there is anything to save, with 1 and a
sentence; and of the checkpoints that are there, one at least can be read, whenever the end came.

    .venv/bin/python -m benchmarks.stops [--stops 200] [--seed 0]
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from demo.container import COMMANDS, lay_out
from demo.problems import Hyperparameters
from seriesbox.algorithm import predict
from seriesbox.artifact import load
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table

Outcome = tuple[bytes, bytes]


def problems() -> dict[str, tuple[Hyperparameters, np.ndarray]]:
    """Hyperparameters that train for a few seconds, and data."""
    dice = np.random.default_rng(0)
    series = np.sin(dice.uniform(0, 6, (400, 1)) + np.arange(60) * dice.choice([0.5, 1.5], (400, 1)))
    wave = np.sin(np.arange(20_000) / 5)[:, None] + dice.normal(0, 0.05, (20_000, 1))
    sizes: Hyperparameters = {
        "clusters": 4,
        "blocks": 3,
        "filters": 16,
        "reduced-size": 16,
        "output-size": 16,
        "epochs": 8,
    }
    lengths: Hyperparameters = {"context-length": 50, "prediction-length": 5, "hidden-size": 16, "epochs": 8}
    return {"cnn-kmeans": (sizes, series), "lstm-ad": (lengths, wave)}


def start(folder: Path) -> subprocess.Popen[str]:
    """A training whose every step is kept."""
    environment = os.environ | {"SAGEMAKER_BASE_DIR": str(folder), "SERIESBOX_CHECKPOINT_SECONDS": "0"}
    log = (folder / "log").open("w")
    return subprocess.Popen(
        [COMMANDS / "train"], env=environment | {"OMP_NUM_THREADS": "1"}, stdout=log, stderr=log, text=True
    )


def outcome(folder: Path) -> Outcome:
    """Every byte that counts."""
    return (folder / "model/model.safetensors").read_bytes(), (folder / "output/data/metrics.csv").read_bytes()


def readable(file: Path) -> bool:
    """Whether a checkpoint is whole."""
    try:
        with safe_open(file, framework="np") as opened:
            return bool(opened.metadata())
    except (OSError, SafetensorError):
        return False


def ended(folder: Path, number: int, after: float, table: Table, found: Counter[str]) -> bool:
    """Whether the training came to its end before the signal did; what a stop left is counted, and checked."""
    process = start(folder)
    try:
        process.wait(timeout=after)
        return True
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    asked = time.perf_counter()
    code = process.wait()
    log = (folder / "log").read_text()
    phase = "at an epoch" if "epoch:" in log or "Going on" in log else "before the first epoch"
    found[f"{signal.Signals(number).name} {phase}: exit code {code}"] += 1
    checkpoints = sorted((folder / "checkpoints").glob("*.safetensors"))
    if checkpoints and not any(map(readable, checkpoints)):
        found["FAULT: no checkpoint can be read"] += 1
    if number == signal.SIGTERM:
        found["slowest stop, ms"] = max(found["slowest stop, ms"], round(1000 * (time.perf_counter() - asked)))
        if code == 0 and not np.isfinite(predict(load(folder / "model").predictor(), table)[-1]).all():
            found["FAULT: a model that cannot be used"] += 1
        if code not in (0, 1) or (code == 1 and not (folder / "output/failure").exists()):
            found["FAULT: no reason given"] += 1
    return False


def interrupted(
    folder: Path, seconds: float, expected: Outcome, table: Table, dice: random.Random, found: Counter[str]
) -> int:
    """One training from its beginning to its end; the number of stops on the way."""
    stops = 0
    while not ended(folder, dice.choice([signal.SIGTERM, signal.SIGKILL]), dice.uniform(0, seconds), table, found):
        stops += 1
    same = outcome(folder) == expected
    found["trainings that ended as the one that was not stopped" if same else "FAULT: another outcome"] += 1
    return stops


def main() -> None:
    """Print what was found; exit with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=int, default=200, help="for both algorithms together, at least")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    dice, wrong = random.Random(arguments.seed), False
    for name, (hyperparameters, values) in problems().items():
        with tempfile.TemporaryDirectory() as base:
            folder, found, stops = Path(base) / "ml", Counter[str](), 0

            def fresh(
                folder: Path = folder, given: Hyperparameters = hyperparameters, values: np.ndarray = values
            ) -> None:
                lay_out(folder, given, write_csv(values))
                (folder / "checkpoints").mkdir()

            fresh()
            began = time.perf_counter()
            if start(folder).wait():
                sys.exit((folder / "log").read_text())
            seconds, expected = time.perf_counter() - began, outcome(folder)
            while stops < arguments.stops // 2:
                fresh()
                stops += interrupted(folder, seconds, expected, Table.of(values), dice, found)
            shutil.rmtree(folder)
        print(f"{name}: {stops} stops, a whole training takes {seconds:.1f} s")
        for what, count in sorted(found.items()):
            print(f"  {what}: {count}", flush=True)
        wrong |= any(what.startswith("FAULT") for what in found)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
