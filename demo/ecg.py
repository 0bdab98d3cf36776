"""A dynamical model of the electrocardiogram (ECG).

McSharry, Clifford, Tarassenko, Smith, "A dynamical model for generating synthetic electrocardiogram signals", IEEE
Transactions on Biomedical Engineering 50(3), 2003, known as ECGSYN. A point runs around the unit circle once per
heartbeat; each wave of the ECG sits at an angle and pushes the point up or down as it passes:

    x' = (1 - r) x - omega y                r = sqrt(x^2 + y^2), omega = 2 pi / RR
    y' = (1 - r) y + omega x                theta = atan2(y, x), 0 at the R peak
    z' = -sum_waves a d exp(-d^2 / 2 b^2) - (z - z0)          d = theta - the wave's angle

z is the ECG, z0 its baseline, which moves with the breath. Started on the circle, the point never leaves it: theta is
then known for every time, and the one equation left is linear in z and solved for all times at once.

Shapes: B beats, W waves, T time steps.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]

SAMPLES_PER_SECOND = 128
MEAN_RR, SPREAD_RR = 0.8, 0.011  # seconds between two R peaks: 75 beats per minute, give or take one
SLOW, BREATH = 0.1, 0.25  # Hz: the two rhythms of the heart rate (section II-A of the paper)
BASELINE = 0.1  # mV
NOISE = 0.015  # mV
BREATH_NOISE = 0.02  # of its amplitude


class Wave(NamedTuple):
    """One wave of a heartbeat. The paper's `a` is `height * omega / b^2`, with `b` the width in radians."""

    angle: float  # degrees from the R peak
    height: float  # mV
    width: float  # degrees, one standard deviation


Beat = Sequence[Wave]
P, Q, R, S, T = Wave(-70, 0.15, 12), Wave(-15, -0.12, 5.7), Wave(0, 1.2, 5.7), Wave(15, -0.28, 5.7), Wave(100, 0.35, 23)
NORMAL: Beat = [P, Q, R, S, T]
# Myocardial ischaemia: the ST segment sinks and the T wave turns over.
ISCHAEMIC: Beat = [P, Q, R, S, Wave(48, -0.22, 17), Wave(100, -0.25, 21)]
# Left bundle branch block: the two ventricles follow each other, so QRS is wide and notched; T points the other way.
BLOCKED: Beat = [P, Wave(-2, 0.75, 8), Wave(21, 0.85, 9), Wave(105, -0.35, 24)]
# Premature ventricular beat: no P wave, QRS early, wide and tall. The sinus node keeps its pace, so a pause follows.
PREMATURE: Beat = [Wave(-105, 1.5, 12), Wave(-68, -0.55, 14), Wave(-12, -0.4, 22)]


class Recording(NamedTuple):
    """An ECG, and the rows of its beats."""

    millivolts: Array  # (T,), SAMPLES_PER_SECOND
    edges: NDArray[np.int64]  # (B + 1,): beat i has rows edges[i] to edges[i + 1], its R peak half way


def record(beats: Sequence[Beat], rng: np.random.Generator) -> Recording:
    """Return the ECG of these beats. Each differs a little from its model. All randomness comes from `rng`."""
    edges = np.concatenate([[0.0], rr_intervals(len(beats), rng).cumsum()])  # seconds
    time = np.arange(0, edges[-1], 1 / SAMPLES_PER_SECOND)  # (T,)
    turns = np.interp(time, edges, np.arange(len(edges)))
    beat = turns.astype(int)
    theta = 2 * np.pi * (turns - beat - 0.5)
    omega = 2 * np.pi / np.diff(edges)[beat]

    angle, height, width = _varied(beats, rng)[:, beat]  # each (T, W)
    d = theta[:, None] - angle
    push = -(height * omega[:, None] / width**2 * d * np.exp(-(d**2) / (2 * width**2))).sum(axis=1)
    z = _relax(push + BASELINE * np.sin(2 * np.pi * BREATH * time))
    noisy = z + NOISE * rng.standard_normal(len(time))
    return Recording(noisy, np.round(edges * SAMPLES_PER_SECOND).astype(int))


def breath(recording: Recording, rng: np.random.Generator) -> Array:
    """Return the breath during a recording, (T,), with noise; it moves the baseline of the ECG."""
    time = np.arange(len(recording.millivolts)) / SAMPLES_PER_SECOND
    return np.asarray(np.sin(2 * np.pi * BREATH * time) + BREATH_NOISE * rng.standard_normal(len(time)))


def rr_intervals(count: int, rng: np.random.Generator) -> Array:
    """Return (count,) seconds from beat to beat.

    Their power spectrum has two Gaussian peaks, with random phases (equation 2).
    """
    intervals = max(count, 512)  # enough to tell the two peaks apart
    frequency = np.fft.rfftfreq(intervals, d=MEAN_RR)
    power = sum(share * np.exp(-((frequency - peak) ** 2) / (2 * 0.01**2)) for share, peak in [(1, SLOW), (2, BREATH)])
    phase = rng.uniform(0, 2 * np.pi, len(frequency))
    rhythm = np.fft.irfft(np.sqrt(power) * np.exp(1j * phase), n=intervals)
    return np.asarray(MEAN_RR + SPREAD_RR * rhythm / rhythm.std())[:count]


def _varied(beats: Sequence[Beat], rng: np.random.Generator) -> Array:
    """Return (3, B, W): angle, height and width of each wave, in radians and mV. Missing waves have height 0."""
    waves = np.zeros((len(beats), max(map(len, beats)), 3)) + Wave(0, 0, 1)
    for row, beat in zip(waves, beats, strict=True):
        row[: len(beat)] = beat
    angle, height, width = np.moveaxis(waves, 2, 0)
    shape = angle.shape
    strength = rng.normal(1, 0.05, (len(beats), 1))  # breath turns the heart's axis, so whole beats grow and shrink
    return np.stack(
        [
            np.radians(angle + rng.normal(0, 1, shape)),
            height * strength * rng.normal(1, 0.06, shape),
            np.radians(width * rng.normal(1, 0.05, shape)),
        ]
    )


def _relax(push: Array) -> Array:
    """Solve z' = push - z from z = 0, (T,) -> (T,), by the trapezoidal rule on exp(t) z."""
    step = 1 / SAMPLES_PER_SECOND
    decay = np.exp(-step)
    return np.asarray(lfilter([step / 2, step / 2 * decay], [1, -decay], push))
