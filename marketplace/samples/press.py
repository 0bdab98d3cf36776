"""The telemetry of a hydraulic press: motor current, oil pressure and oil temperature, stroke after stroke.

A stroke demands a force over time: approach, press, hold, return, rest. The motor's current follows the demand at once,
the pressure with a lag. The current warms the oil, and the air cools it. No machine was measured: the numbers are
made up to be plausible.

Shapes: S strokes, T time steps.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]

PHASES = [0, 0.15, 0.3, 0.55, 0.65, 1]  # shares of a stroke's time
FORCE = [0, 0.25, 1, 1, 0, 0]  # the demand at these times
PRESSURE_LAG, COOLING_LAG = 2, 200  # time constants, in steps
NOISE = [0.3, 1.0, 0.03]  # standard deviations, in A, bar and °C


class Stroke(NamedTuple):
    """One stroke and its fault, by default none."""

    leak: float = 0  # share of the pressure that is lost
    friction: float = 0  # extra share of the current
    jam: int = 0  # steps that the demand stands still, halfway up


class Telemetry(NamedTuple):
    """Three sensors over time, and where the strokes begin and end."""

    sensors: Array  # (T, 3): A, bar, °C
    edges: NDArray[np.int64]  # (S + 1,): stroke i is rows edges[i] to edges[i + 1]


def record(strokes: Sequence[Stroke], rng: np.random.Generator) -> Telemetry:
    """Return strokes that differ a little in length and strength; a pure function of the state of `rng`."""
    demands = [_demand(stroke, rng) for stroke in strokes]
    lengths = [len(demand) for demand in demands]
    demand = np.concatenate(demands)  # (T,)
    leak, friction = (
        np.repeat([getattr(stroke, fault) for stroke in strokes], lengths) for fault in ("leak", "friction")
    )
    current = 6 + 30 * demand * (1 + friction)
    pressure = 5 + _follow(160 * demand * (1 - leak), PRESSURE_LAG, start=0)
    temperature = 30 + _follow(current, COOLING_LAG, start=current.mean())
    sensors = np.stack([current, pressure, temperature], axis=1)
    return Telemetry(sensors + NOISE * rng.standard_normal(sensors.shape), np.cumsum([0, *lengths]))


def _demand(stroke: Stroke, rng: np.random.Generator) -> Array:
    """Return the force that one stroke demands, step by step: (T,)."""
    steps = round(rng.normal(40, 0.4))
    demand = rng.normal(1, 0.02) * np.interp(np.arange(steps) / steps, PHASES, FORCE)
    halfway = round(0.22 * steps)
    return np.insert(demand, halfway, np.full(stroke.jam, demand[halfway]))


def _follow(cause: Array, lag: float, start: float) -> Array:
    """Filter (T,) -> (T,): approach the cause exponentially, from `start`, with a time constant of `lag` steps."""
    decay = np.exp(-1 / lag)
    followed, _ = lfilter([1 - decay], [1, -decay], cause, zi=[decay * start])
    return np.asarray(followed)
