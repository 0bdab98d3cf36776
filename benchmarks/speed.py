"""How long an epoch takes, beside a plain implementation of the same algorithm in the same run.

CNN-KMeans on ECG200 and on the published sample data, LSTM-AD on UCR anomaly 179, at the published hyperparameters.
The plain implementations are what one writes first: one encoder call per negative, with lengths shared by the batch
as in the paper's own code; a DataLoader over windows. Both compute in float32 and take turns with ours, epoch by
epoch, so that a noisy machine slows both. Ours includes its metrics (silhouette, errors of all windows), the plain ones
have none. Figures are medians over the epochs; on a noisy machine only the ratios mean much. Last comes the whole
`train` process, from its start to the saved model.

    .venv/bin/python -m benchmarks.speed --data FOLDER [--threads 2] [--epochs 15]
"""

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest.mock import patch

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import data
from benchmarks.clustering import ECG200, SAMPLE
from demo.container import lay_out, train
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.subsequences import encode_subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.tables.csv import write_csv
from seriesbox.tables.table import Table
from seriesbox.training import Run

Epoch = Callable[[], None]


class PlainEncoder(nn.Module):
    """The published encoder as it is usually written: pad both ends, convolve in one dimension, cut the future."""

    def __init__(self, blocks: int, filters: int, kernel_size: int, reduced_size: int, output_size: int):
        super().__init__()
        channels = [1, *[filters] * blocks, reduced_size]
        self.convolutions, self.residuals = nn.ModuleList(), nn.ModuleList()
        for i, (c, k) in enumerate(pairwise(channels)):
            for c_in in (c, k):
                padding = (kernel_size - 1) * 2**i
                self.convolutions.append(weight_norm(nn.Conv1d(c_in, k, kernel_size, padding=padding, dilation=2**i)))
            self.residuals.append(nn.Conv1d(c, k, 1) if c != k else nn.Identity())
        self.head = nn.Linear(reduced_size, output_size)

    def forward(self, x: Tensor) -> Tensor:  # (B, 1, T) -> (B, F)
        steps = x.shape[2]
        for i, residual in enumerate(self.residuals):
            y = F.leaky_relu(self.convolutions[2 * i](x)[:, :, :steps])
            x = F.leaky_relu(self.convolutions[2 * i + 1](y)[:, :, :steps]) + residual(x)
        return self.head(F.adaptive_max_pool1d(x, 1).squeeze(2))


def plain_triplets(series: Tensor, sizes: CNNKMeansHyperparameters) -> Epoch:
    """One epoch over (N, T) series of one length: an encoder call for the anchors, the positives and each negative."""
    encoder = PlainEncoder(sizes.blocks, sizes.filters, sizes.kernel_size, sizes.reduced_size, sizes.output_size)
    optimizer = torch.optim.Adam(encoder.parameters(), lr=sizes.lr)
    longest = series.shape[1]

    def cut(rows: Tensor, length: int) -> Tensor:
        starts = torch.randint(0, longest - length + 1, (len(rows),)).tolist()
        return torch.stack([series[row, s : s + length] for row, s in zip(rows.tolist(), starts, strict=True)])[:, None]

    def epoch() -> None:
        for batch in torch.randperm(len(series)).split(sizes.batch_size):
            length = int(torch.randint(1, longest + 1, ()))
            around = int(torch.randint(length, longest + 1, ()))
            anchors, positives = encoder(cut(batch, around)), encoder(cut(batch, length))
            loss = -F.logsigmoid((anchors * positives).sum(1)).mean()
            for _ in range(sizes.negative_samples):
                negatives = encoder(cut(torch.randint(0, len(series), (len(batch),)), length))
                loss = loss - F.logsigmoid(-(anchors * negatives).sum(1)).mean() / sizes.negative_samples
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def plain_forecasts(rows: Tensor, sizes: LSTMADHyperparameters) -> Epoch:
    """One epoch over the windows of (N, 1) rows: a DataLoader, torch's own stack of LSTMs and its dropout."""
    window = sizes.context_length + sizes.prediction_length
    windows = torch.stack([rows[i : i + window] for i in range(0, len(rows) - window + 1, sizes.sequence_stride)])
    dataset = TensorDataset(windows[:, : sizes.context_length], windows[:, sizes.context_length :])
    loader = DataLoader(dataset, sizes.batch_size, shuffle=True)
    lstm = nn.LSTM(1, sizes.hidden_size, sizes.num_layers, dropout=sizes.dropout, batch_first=True)
    head = nn.Linear(sizes.hidden_size, sizes.prediction_length)
    optimizer = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=sizes.lr)

    def epoch() -> None:
        for context, target in loader:
            optimizer.zero_grad()
            states, _ = lstm(context)
            F.mse_loss(head(states[:, -1])[..., None], target).backward()
            optimizer.step()

    return epoch


def in_turns(fit: Callable[[Run], object], metrics: tuple[type, str], plain: Epoch) -> tuple[float, float, float]:
    """Median seconds of one epoch of `fit`, of the method `metrics` in it, and of `plain`, which runs after each."""
    ours, inside, theirs = [], [], []
    measure = getattr(*metrics)
    started = time.perf_counter()

    def timed(*arguments: object) -> object:
        begun = time.perf_counter()
        result = measure(*arguments)
        inside.append(time.perf_counter() - begun)
        return result

    def report(_: int, __: Mapping[str, float]) -> None:
        nonlocal started
        ended = time.perf_counter()
        plain()
        ours.append(ended - started)
        started = time.perf_counter()
        theirs.append(started - ended)

    with patch.object(*metrics, timed):
        fit(Run(report=report))
    return median(ours[1:]), median(inside[1:]), median(theirs[1:])  # the first ones warm up


def gemm_peak() -> float:
    """FLOP per second of a large float32 matrix product."""
    x = torch.randn(2048, 2048)
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        torch.mm(x, x)
        seconds.append(time.perf_counter() - started)
    return 2 * 2048**3 / min(seconds)


def encoder_rate(series: Tensor, lengths: Tensor, sizes: CNNKMeansHyperparameters) -> float:
    """FLOP per second of one gradient step's encoding, forward and backward."""
    model = CNNKMeans(sizes, series.shape[1])
    where = sample_triplets(torch.arange(sizes.batch_size), lengths, sizes.negative_samples)

    def step() -> None:
        encode_subsequences(model.encoder, series, where).sum().backward()

    with FlopCounterMode(display=False) as counter:
        step()
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - started)
    return counter.get_total_flops() / median(seconds)


def whole_process(
    folder: Path, hyperparameters: CNNKMeansHyperparameters | LSTMADHyperparameters, table: Table
) -> float:
    """Seconds of the command `train`, from its start to its end."""
    lay_out(folder, hyperparameters.to_dict(), write_csv(table.values))
    started = time.perf_counter()
    train(folder, folder / "train.log", lambda line: None)
    return time.perf_counter() - started


def main() -> None:
    """Print the tables."""
    parser = data.arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=15, help="epochs of each")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    epochs = {"epochs": options.epochs}

    heartbeats = data.ecg200(options.data).train
    sample = data.table(options.data / "samples" / "cnn-kmeans" / "train.csv")
    trace = data.anomalies(options.data)[179].train
    series = torch.from_numpy(heartbeats.values).float()
    whole = torch.from_numpy(sample.values).float().nan_to_num()  # the plain one knows neither gaps nor lengths

    print("| one epoch | ours, s | of it metrics, s | plain, s | ours / plain |\n|---|---|---|---|---|")
    score, errors = (CNNKMeans, "_score"), (LSTMAD, "_errors_of")
    cases: list[tuple[str, Callable[[Run], object], tuple[type, str], Epoch]] = [
        (
            "CNN-KMeans, ECG200",
            lambda run: CNNKMeans.fit(ECG200.model_copy(update=epochs), [heartbeats], [], run),
            score,
            plain_triplets(series, ECG200),
        ),
        (
            "CNN-KMeans, sample data with gaps",
            lambda run: CNNKMeans.fit(SAMPLE.model_copy(update=epochs), [sample], [], run),
            score,
            plain_triplets(whole, SAMPLE),
        ),
        (
            "LSTM-AD, UCR anomaly 179",
            lambda run: LSTMAD.fit(LSTMADHyperparameters(**epochs), [trace], [], run),
            errors,
            plain_forecasts(
                torch.from_numpy(trace.values[: len(trace.values) * 4 // 5]).float(), LSTMADHyperparameters()
            ),
        ),
    ]
    for name, fit, metrics_method, plain in cases:
        ours, metrics, theirs = in_turns(fit, metrics_method, plain)
        print(f"| {name} | {ours:.3f} | {metrics:.3f} | {theirs:.3f} | {ours / theirs:.2f} |", flush=True)

    peak, rate = gemm_peak(), encoder_rate(series, torch.full((len(series),), series.shape[1]), ECG200)
    print(
        f"\nA gradient step on ECG200 runs at {rate / 1e9:.0f} GFLOP/s; a large matrix product at {peak / 1e9:.0f} "
        f"GFLOP/s ({rate / peak:.0%}), on {options.threads} threads."
    )

    print("\n| the whole of `train` | s |\n|---|---|")
    with TemporaryDirectory() as folder:
        print(f"| CNN-KMeans, ECG200, 50 epochs | {whole_process(Path(folder, 'cnn'), ECG200, heartbeats):.1f} |")
        print(
            f"| LSTM-AD, 179, 100 epochs | {whole_process(Path(folder, 'lstm'), LSTMADHyperparameters(), trace):.1f} |"
        )


if __name__ == "__main__":
    main()
