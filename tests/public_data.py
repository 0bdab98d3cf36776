"""Generated data in the formats of the archives that the benchmarks read."""

from pathlib import Path

import numpy as np

ANOMALIES = {179: "179_UCR_Anomaly_wave_1200_1500_1520.txt", 7: "007_UCR_Anomaly_short_800_900_910.txt"}
STEPS = 24


def write_public_data(folder: Path) -> Path:
    """Write a little of all that `benchmarks/data.py` describes, and return the folder."""
    random = np.random.default_rng(0)
    archives = ("ecg200", "ucr_anomaly", "ucr_classification/CBF", "uea/Waves")
    for directory in (*archives, "samples/cnn-kmeans", "samples/lstm-ad"):
        (folder / directory).mkdir(parents=True)
    for part in ("TRAIN", "TEST"):
        _write_variables(folder / "uea" / "Waves" / f"Waves_{part}.ts", ["slow", "quick"], random)
        _write_classes(folder / "ecg200" / f"ECG200_{part}.txt", [-1, 1], "  ", random)
        _write_classes(folder / "ucr_classification" / "CBF" / f"CBF_{part}.tsv", [1, 2, 3], "\t", random)
    for name in ANOMALIES.values():
        np.savetxt(folder / "ucr_anomaly" / name, _wave(2000, random), fmt="%.5f")

    series = folder / "samples" / "cnn-kmeans"
    for name in ("train", "test"):
        np.savetxt(series / f"{name}.csv", _series([1, 2, 3] * 4, random), fmt="%.5f", delimiter=",")
    np.savetxt(series / "batch_predictions.csv", [[label, 0.5] for label in [0, 1, 2] * 4], delimiter=",")
    recordings = folder / "samples" / "lstm-ad"
    for name in ("train", "valid", "test", "batch_predictions"):
        columns = 3 if name == "batch_predictions" else 2
        values = np.stack([_wave(1200, random) for _ in range(columns)], axis=1)
        np.savetxt(recordings / f"{name}.csv", values, fmt="%.5f", delimiter=",")
    return folder


def _write_classes(file: Path, classes: list[int], delimiter: str, random: np.random.Generator) -> None:
    """Write a class and a series per line."""
    labels = classes * 6
    np.savetxt(file, np.column_stack([labels, _series(labels, random)]), fmt="%.5f", delimiter=delimiter)


def _write_variables(file: Path, classes: list[str], random: np.random.Generator) -> None:
    """Write two variables and a class per line. The series of odd lines are shorter."""
    numbers = [1, 2] * 6
    waves = np.stack([_series(numbers, random), _series(numbers, random)], axis=1)
    lines = [
        ":".join([*(",".join(map(str, wave[: STEPS - line % 2])) for wave in both), classes[number - 1]])
        for line, (both, number) in enumerate(zip(waves, numbers, strict=True))
    ]
    file.write_text("\n".join(["#a comment", "@dimensions 2", "@data", *lines, ""]))


def _series(labels: list[int], random: np.random.Generator) -> np.ndarray:
    """Return a noisy sinusoid per label, whose frequency is that of the label."""
    waves = np.sin(np.arange(STEPS) * np.array(labels)[:, None] / 3)
    return waves + random.normal(0, 0.1, waves.shape)


def _wave(rows: int, random: np.random.Generator) -> np.ndarray:
    return np.sin(np.arange(rows) / 5) + random.normal(0, 0.02, rows)
