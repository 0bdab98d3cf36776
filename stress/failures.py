"""The messages of training jobs that fail: each fault of `faults.py` is provoked in a real `train`.

Prints a table; docs/errors.md shows the recorded one. Exits with 1 if a job does not fail, if something is left in the
place of a model, or if the reason is missing, longer than SageMaker shows, or a traceback. Only a job that is killed
says nothing.

    .venv/bin/python -m stress.failures [--faults "too few rows" ...] [--record]
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from benchmarks import figures, options
from demo.container import COMMANDS
from seriesbox.sagemaker.training.failure import MAX_CHARACTERS
from stress.faults import FAULTS, Fault

SECONDS_TO_FAIL = 100  # that a job may take


def train(folder: Path, fault: Fault) -> tuple[int, str]:
    """Return the exit code and the failure file of a training."""
    limits = (fault.memory, fault.memory)
    process = subprocess.Popen(
        [COMMANDS / "train"],
        env=os.environ | {"SAGEMAKER_BASE_DIR": str(folder), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limits),
    )
    timer = threading.Timer(SECONDS_TO_FAIL, process.kill)
    timer.start()
    text, number = fault.signal or ("", None)
    for line in process.stdout or []:
        if number and text in line:
            process.send_signal(number)
            number = None
    code = process.wait()
    timer.cancel()
    reason = ""
    with suppress(FileNotFoundError):
        reason = (folder / "output/failure").read_text()
    return code, reason


def provoke(fault: Fault) -> tuple[int, str, bool]:
    """Return the exit code and the reason of a job with a fault, and whether anything is left in place of a model."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "ml"
        fault.lay_out(folder)
        if fault.then:
            train(folder, fault)
            shutil.rmtree(folder / "model")
            fault.then(folder)
        code, reason = train(folder, fault)
        return code, reason.replace(str(folder), "/opt/ml"), any((folder / "model").glob("*"))


def is_right(fault: Fault, code: int, reason: str) -> bool:
    """Return whether a job has failed as it should: killed jobs without a word, the others with one line."""
    if fault.signal and fault.signal[1] == signal.SIGKILL:
        return code == -signal.SIGKILL and not reason
    is_line = 0 < len(reason) <= MAX_CHARACTERS and "\n" not in reason
    return code == 1 and is_line and not reason.startswith(("Traceback", "Framework Error"))


def main() -> None:
    """Print the table. Exits with the faults that did not end as they should."""
    parser = options.parser(__doc__, "--record")
    parser.add_argument("--faults", nargs="+", default=list(FAULTS), choices=list(FAULTS), metavar="FAULT")
    given = parser.parse_args()
    print("| fault | exit code | what SageMaker shows |\n|---|---|---|")
    shown, wrong = {}, []
    for name in given.faults:
        code, reason, left = provoke(FAULTS[name])
        shown[name] = {"exit code": code, "what SageMaker shows": reason or "nothing"}
        print(f"| {name} | {code} | {reason or 'nothing'} |", flush=True)
        if left or not is_right(FAULTS[name], code, reason):
            wrong.append(name)
    if wrong:
        sys.exit(f"Not as it should be: {', '.join(wrong)}.")
    if given.record:
        figures.record("failures-training", shown)


if __name__ == "__main__":
    main()
