"""Samples for LSTM-AD: three sensors of a hydraulic press, with three faulty strokes in the batch file."""

import numpy as np

from demo.container import csv
from marketplace.samples import press
from marketplace.samples.press import Stroke

FAULTS = {12: ("leak", Stroke(leak=0.15)), 25: ("jam", Stroke(jam=12)), 38: ("friction", Stroke(friction=0.15))}


def inputs() -> dict[str, bytes]:
    """Return the files by path. `planted.csv` has the first and the last row of each faulty stroke, and its fault."""
    rng = np.random.default_rng(0)
    training, validation = (press.record([Stroke()] * strokes, rng).sensors for strokes in (80, 25))
    batch, edges = press.record([FAULTS.get(number, ("", Stroke()))[1] for number in range(50)], rng)
    planted = [f"{edges[number]},{edges[number + 1] - 1},{fault}\n" for number, (fault, _) in FAULTS.items()]
    return {
        "training/training.csv": csv(training),
        "validation/validation.csv": csv(validation),
        "batch/batch.csv": csv(batch),
        "request.csv": csv(batch[edges[22] : edges[27]]),  # the jam, with strokes before and after it
        "planted.csv": "".join(planted).encode(),
    }
