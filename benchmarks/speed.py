"""The time of an epoch, beside a plain implementation of the same algorithm in the same run.

CNN-KMeans on ECG200 and on the published sample data, LSTM-AD on UCR anomaly 179, at the published hyperparameters.
The plain implementations (`plain.py`) take turns with ours, epoch by epoch, so that a busy machine slows both. Our
epochs include their metrics, the plain ones have none. Figures are medians over the epochs but the first; on a busy
machine only the ratios mean much. Last comes the whole `train` process, from its start to the saved model.

    .venv/bin/python -m benchmarks.speed --data FOLDER [--threads 2] [--epochs 15] [--job-epochs N] [--record]
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import torch

from benchmarks import data, figures, options, plain
from benchmarks.cases.cnn_kmeans import ECG200
from benchmarks.clustering_published import SAMPLE
from benchmarks.epochs import Epochs
from benchmarks.flops import encoder_rate, matrix_rate
from demo.container import lay_out, train
from seriesbox.cnn_kmeans import kmeans
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.optimization import Optimization
from seriesbox.run import Run
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table


@contextmanager
def timed(owner: object, name: str) -> Iterator[list[float]]:
    """Measure every call of a function of a module or a class: yield the list of their seconds."""
    seconds: list[float] = []
    function = getattr(owner, name)

    def measured(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        result = function(*arguments, **named)
        seconds.append(time.perf_counter() - started)
        return result

    with patch.object(owner, name, measured):
        yield seconds


def take_turns(estimator: type[CNNKMeans | LSTMAD], sizes: Any, table: Table, epoch: plain.Epoch) -> dict[str, float]:
    """Return the median seconds of an epoch of ours and of the plain one, which runs after each of them.

    What an epoch spends on its metrics, and on the silhouettes among them, is a share of its time.
    """
    plain_seconds = []

    def run_plain() -> None:
        started = time.perf_counter()
        epoch()
        plain_seconds.append(time.perf_counter() - started)

    listener = Epochs(between=run_plain)
    with timed(estimator, "evaluate") as metrics, timed(kmeans, "score") as silhouettes:
        estimator.fit(sizes, [table], [], Run(listener=listener))
    ours, theirs = median(listener.seconds[1:]), median(plain_seconds[1:])
    shares = {"metrics_share": metrics, "silhouette_share": silhouettes}
    return {
        "seconds": ours,
        **{name: median(seconds[1:]) / ours for name, seconds in shares.items() if seconds},
        "plain_seconds": theirs,
        "ratio": ours / theirs,
    }


def train_seconds(hyperparameters: Optimization, table: Table) -> float:
    """Return the seconds of the command `train`, from its start to its end."""
    with TemporaryDirectory() as folder:
        lay_out(Path(folder, "ml"), hyperparameters.to_dict(), write_csv(table.values))
        started = time.perf_counter()
        train(Path(folder, "ml"), Path(folder, "log"), lambda line: None)
        return time.perf_counter() - started


def compare_epochs(beats: Table, sample: Table, trace: Table, epochs: int) -> dict[str, Any]:
    """Print the first table, and return its figures."""
    default = LSTMADHyperparameters()
    series = torch.from_numpy(beats.values).float()
    gaps_filled = torch.from_numpy(sample.values).float().nan_to_num()  # the plain one knows neither gaps nor lengths
    rows = torch.from_numpy(trace.values[: len(trace.values) * 4 // 5]).float()  # the last fifth is held out
    print("| one epoch | ours, s | metrics | silhouette | plain, s | ours / plain |\n|---|---|---|---|---|---|")
    measured = {}
    for name, estimator, sizes, table, epoch in (
        ("ecg200", CNNKMeans, ECG200, beats, plain.cnn_kmeans(series, ECG200)),
        ("cnn_kmeans_sample", CNNKMeans, SAMPLE, sample, plain.cnn_kmeans(gaps_filled, SAMPLE)),
        ("anomaly_179", LSTMAD, default, trace, plain.lstm_ad(rows, default)),
    ):
        row = measured[name] = take_turns(estimator, sizes.model_copy(update={"epochs": epochs}), table, epoch)
        shares = [f"{row[share]:.0%}" if share in row else "" for share in ("metrics_share", "silhouette_share")]
        cells = [f"{row['seconds']:.3f}", *shares, f"{row['plain_seconds']:.3f}", f"{row['ratio']:.2f}"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return measured


def main() -> None:
    """Print the tables."""
    parser = options.parser(__doc__, "--data", "--threads", "--record")
    parser.add_argument("--epochs", type=int, default=15, help="of each training that takes turns, two at least")
    parser.add_argument("--job-epochs", type=int, help="of `train`, instead of the published ones")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    beats = data.ecg200(given.data).train
    sample = data.cnn_kmeans_sample(given.data).train
    trace = data.anomaly(given.data / "ucr_anomaly", 179).train

    measured = compare_epochs(beats, sample, trace, given.epochs)
    peak, rate = matrix_rate() / 1e9, encoder_rate(torch.from_numpy(beats.values).float(), ECG200) / 1e9
    measured["gflops"] = {"encoder": rate, "matrix_product": peak, "share": rate / peak}
    print(f"\nA gradient step on ECG200 runs at {rate:.0f} GFLOP/s; a large matrix product at {peak:.0f} ", end="")
    print(f"GFLOP/s ({rate / peak:.0%}), on {given.threads} threads.")

    print("\n| the whole of `train` | epochs | s |\n|---|---|---|")
    measured["train_seconds"] = {}
    for name, sizes, table in (("ecg200", ECG200, beats), ("anomaly_179", LSTMADHyperparameters(), trace)):
        of_job = sizes.model_copy(update={"epochs": given.job_epochs or sizes.epochs})
        seconds = measured["train_seconds"][name] = train_seconds(of_job, table)
        print(f"| {name} | {of_job.epochs} | {seconds:.1f} |", flush=True)
    if given.record:
        figures.record("speed", measured)


if __name__ == "__main__":
    main()
