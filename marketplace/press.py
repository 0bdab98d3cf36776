"""The telemetry of a hydraulic press that does stroke after stroke: motor current, oil pressure, oil temperature.

A stroke is a demand for force over time: approach, press, hold, return, rest. The motor's current follows the demand,
the pressure follows it with a lag, and the oil is warmed by the current and cooled by the air. No machine was measured:
the numbers are made up to be plausible.

Shapes: S strokes, T time steps.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]

PHASES = [0, 0.15, 0.3, 0.55, 0.65, 1]  # shares of a stroke
FORCE = [0, 0.25, 1, 1, 0, 0]  # that is demanded then
LAG, COOLING = 2, 200  # steps until all but a third of a change is done: of the pressure, of the temperature
NOISE = [0.3, 1.0, 0.03]  # A, bar, °C


class Stroke(NamedTuple):
    """One stroke, and what is wrong with it: nothing, by default."""

    steps: int = 40
    leak: float = 0  # share of the pressure that is lost
    friction: float = 0  # share of the current that comes on top
    jam: int = 0  # steps that the demand stays where it is, half way up


class Recording(NamedTuple):
    """What the three sensors said and where the strokes are."""

    sensors: Array  # (T, 3): A, bar, °C
    edges: NDArray[np.int64]  # (S + 1,): stroke i is rows edges[i] to edges[i + 1]


def record(strokes: Sequence[Stroke], rng: np.random.Generator) -> Recording:
    """Stroke after stroke, each a little longer or shorter, stronger or weaker; a pure function of `rng`'s state."""
    demands = [_demand(stroke, rng) for stroke in strokes]
    lengths = [len(demand) for demand in demands]
    demand = np.concatenate(demands)  # (T,)
    leak, friction = (
        np.repeat([getattr(stroke, fault) for stroke in strokes], lengths) for fault in ("leak", "friction")
    )
    current = 6 + 30 * demand * (1 + friction)
    pressure = 5 + _lagging(160 * demand * (1 - leak), LAG, before=0)
    temperature = 30 + _lagging(current, COOLING, before=current.mean())
    sensors = np.stack([current, pressure, temperature], axis=1)
    return Recording(sensors + NOISE * rng.standard_normal(sensors.shape), np.cumsum([0, *lengths]))


def _demand(stroke: Stroke, rng: np.random.Generator) -> Array:
    """(T,): the force that one stroke asks for."""
    steps = round(rng.normal(stroke.steps, 0.4))
    demand = rng.normal(1, 0.02) * np.interp(np.arange(steps) / steps, PHASES, FORCE)
    half_way = round(0.22 * steps)
    return np.insert(demand, half_way, np.full(stroke.jam, demand[half_way]))


def _lagging(cause: Array, steps: float, before: float) -> Array:
    """(T,) -> (T,): what follows its cause like exp(-t / steps), having been at `before` until then."""
    decay = np.exp(-1 / steps)
    follower, _ = lfilter([1 - decay], [1, -decay], cause, zi=[decay * before])
    return np.asarray(follower)
