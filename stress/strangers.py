"""Trainings of two hosts, to whose ports a stranger connects who knows everything but what the hosts are given.

Each attack goes on from before the hosts meet until they end. Forgeries must change nothing: the model must be, byte
for byte, that of a training that nobody attacks. Who deletes or replaces what the hosts have left for each other can
prevent a training: then it must fail on both hosts, with sentences that are the hosts' own. No training may hang, or
end in success with another model.

    .venv/bin/python -m stress.strangers [--attacks stops causes ...]
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from torch.distributed import TCPStore  # type: ignore[attr-defined]

from benchmarks import cases, options
from demo.container import csv, free_port, lay_out
from seriesbox.sagemaker.training.failure import MAX_CHARACTERS
from stress.attacks import DENIALS, FORGED, FORGERIES, HOSTS, Attack

SECONDS_TO_END = 150  # that a training may take
SECONDS_BETWEEN_ATTACKS = 0.02
# The command `train`, at a port of its own, for hosts that do not wait long for each other.
TRAIN = """
from seriesbox.sagemaker.training import command, host, rendezvous, watch
host.PORT = rendezvous.PORT = {port}
watch.SECONDS_TO_START = rendezvous.SECONDS_TO_START = 40
command.main()
"""


class Outcome(NamedTuple):
    """The end of a training: what both hosts say, None for the code of one that hangs; the model; how many attacks."""

    codes: list[int | None]
    reasons: list[str]
    model: bytes
    attacks: int

    def has_model_of(self, other: "Outcome") -> bool:
        """Return whether both hosts succeeded, with the same model."""
        return self.codes == [0, 0] and self.model == other.model

    def has_failed(self) -> bool:
        """Return whether both hosts failed, each with a sentence that is not the stranger's."""
        are_sentences = all(0 < len(each) <= MAX_CHARACTERS and FORGED not in each for each in self.reasons)
        return self.codes == [1, 1] and are_sentences and not self.model


def start(folder: Path, host: str, port: int) -> subprocess.Popen[bytes]:
    """Start one host of a training."""
    job = cases.load(cases.names()[-1]).short
    lay_out(folder, job.hyperparameters, csv(job.rows))
    resources = {"current_host": host, "hosts": HOSTS}
    (folder / "input/config/resourceconfig.json").write_text(json.dumps(resources))
    settings = {"SAGEMAKER_BASE_DIR": str(folder), "OMP_NUM_THREADS": "1", "TRAINING_JOB_NAME": "attacked"}
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-c", TRAIN.format(port=port)], env=os.environ | settings, stdout=log, stderr=log
        )


def attack_until(has_ended: Callable[[], bool], attack: Attack, port: int, hosts: Sequence[int]) -> int:
    """Attack again and again. Returns how often that succeeded."""
    store, count = None, 0
    while not has_ended():
        with suppress(OSError, RuntimeError):
            socket.create_connection((HOSTS[0], port)).close()  # torch would say at length that nobody listens yet
            store = store or TCPStore(HOSTS[0], port, None, False, timeout=timedelta(seconds=1))
            attack(store, set().union(*map(descendants, hosts)))
            count += 1
        time.sleep(SECONDS_BETWEEN_ATTACKS)
    return count


def descendants(process: int) -> set[int]:
    """Return a process and all that it has started."""
    found = {process}
    with suppress(OSError):
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            found |= descendants(int(child))
    return found


def train(base: Path, attack: Attack | None = None) -> Outcome:
    """Train on two hosts while a stranger attacks. Leaves no process behind."""
    port, folders, attacks = free_port(), [base / host for host in HOSTS], 0
    processes = [start(folder, host, port) for folder, host in zip(folders, HOSTS, strict=True)]
    deadline = time.monotonic() + SECONDS_TO_END

    def has_ended() -> bool:
        return time.monotonic() > deadline or all(process.poll() is not None for process in processes)

    try:
        if attack:
            attacks = attack_until(has_ended, attack, port, [process.pid for process in processes])
        while not has_ended():
            time.sleep(SECONDS_BETWEEN_ATTACKS)
        codes = [process.poll() for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    reasons = [file.read_text() if (file := folder / "output/failure").exists() else "" for folder in folders]
    model = folders[0] / "model/model.safetensors"
    return Outcome(codes, reasons, model.read_bytes() if model.exists() else b"", attacks)


def main() -> None:
    """Print the table. Exits with the attacks that should not have had their effect."""
    parser = options.parser(__doc__)
    attacks = FORGERIES | DENIALS
    parser.add_argument("--attacks", nargs="+", default=list(attacks), choices=list(attacks), metavar="ATTACK")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        undisturbed = train(Path(base))
    if undisturbed.codes != [0, 0]:
        sys.exit("\n".join(undisturbed.reasons))
    print("| attack | times | exit codes | what the hosts say |\n|---|---|---|---|")
    wrong = []
    for name in given.attacks:
        with tempfile.TemporaryDirectory() as base:
            outcome = train(Path(base), attacks[name])
        said = "; ".join(sorted(set(outcome.reasons) - {""})) or "nothing"
        print(f"| {name} | {outcome.attacks} | {', '.join(map(str, outcome.codes))} | {said} |", flush=True)
        prevented = name in DENIALS and outcome.has_failed()
        if not outcome.attacks or not (prevented or outcome.has_model_of(undisturbed)):
            wrong.append(name)
    sys.exit(f"Not as it should be: {', '.join(wrong)}." if wrong else 0)


if __name__ == "__main__":
    main()
