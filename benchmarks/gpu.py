"""Measure both algorithms on a GPU: seconds of steps and epochs, rates, memory, and differences from a CPU.

All data is generated. Every figure is the product's own: `fit` with a listener that measures, and predictors. "Before"
is what version 0.2.0 showed on one NVIDIA H200, and "reach" what was to be reached there. `--device cpu` computes the
same in the same fixed shapes, slowly: `--share 0.02` keeps that short.

    .venv/bin/python -m benchmarks.gpu [--device cpu --share 0.02] [--record]
"""

import importlib.util
import os
import sys
from pathlib import Path

# A machine with torch alone: take what it lacks from wheels.
if importlib.util.find_spec("pydantic") is None and "SERIESBOX_GPU_PYTHON" not in os.environ:
    script = Path(__file__).parents[1] / "scripts" / "gpu-python"
    os.execv(script, [str(script), "-m", "benchmarks.gpu", *sys.argv[1:]])

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, NamedTuple
from unittest.mock import patch

import torch

from benchmarks import figures, gpu_differences, options
from benchmarks.cases.cnn_kmeans import DEFAULT, ECG200
from benchmarks.gpu_bench import Bench, Stack, table
from seriesbox.cnn_kmeans import estimator as cnn_kmeans
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.fixed_encoding import encode_fixed
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.network.gpu import free_memory

NO_GPU = "no GPU: torch finds none that it can use. `--device cpu` runs the same in fixed shapes on the CPU."
MEMORY_BATCHES = (10, 64, 256, 1024)
BLOCKS_4 = DEFAULT.model_copy(update={"blocks": 4, "filters": 32, "reduced_size": 64, "output_size": 64})
LSTM = LSTMADHyperparameters()
WIDE_LSTM = LSTM.model_copy(update={"hidden_size": 64, "batch_size": 1024})


REQUESTS: list[tuple[str, Any, Any, tuple[int, int]]] = [
    ("CNN-KMeans, ECG200's sizes, 1 of 96", CNNKMeans, ECG200, (1, 96)),
    ("CNN-KMeans, defaults, 1 of 1,000", CNNKMeans, DEFAULT, (1, 1000)),
    ("LSTM-AD, defaults, 200 rows", LSTMAD, LSTM, (200, 1)),
]


class Row(NamedTuple):
    """A row of the first table. before, reach: on one H200; empty if nobody has measured it."""

    work: str
    before: str
    reach: str
    now: float
    unit: str


def compare(bench: Bench) -> Iterator[Row]:
    """Yield the rows of the first table."""

    def batch(sizes: Any, size: int) -> Any:
        return sizes.model_copy(update={"batch_size": size})

    for name, before, reach, sizes, rows, columns in (
        ("ECG200's sizes, batch 64, 10,000 of 100", "102", "3", ECG200, 10_000, 100),
        ("defaults, batch 10, 1,000 of 1,000", "580", "15", batch(DEFAULT, 10), 1000, 1000),
        ("defaults, batch 64, 3,000 of 1,000", "2,929", "60", batch(DEFAULT, 64), 3000, 1000),
        ("blocks 4, batch 64, 3,000 of 1,000", "1,918", "25", batch(BLOCKS_4, 64), 3000, 1000),
        ("blocks 4, batch 64, 500 of 10,000", "", "", batch(BLOCKS_4, 64), 500, 10_000),
    ):
        seconds = bench.step(CNNKMeans, sizes, rows, columns).seconds
        yield Row(f"CNN-KMeans step: {name}", before, reach, 1000 * seconds, "ms")
    beats, trace = table(100, 96), table(bench.some(24_000, 3000), 1)
    yield Row(
        "CNN-KMeans, epoch of 100 of 96, with metrics", "41", "", 1000 * bench.epoch(CNNKMeans, ECG200, beats), "ms"
    )
    yield Row("the same by a plain loop, without metrics", "167", "", 1000 * bench.plain_epoch(beats), "ms")
    yield Row("LSTM-AD, epoch of 24,000 rows, with metrics", "53", "15", 1000 * bench.epoch(LSTMAD, LSTM, trace), "ms")
    for name, module in (("our layers", LSTMAD(LSTM, 1).forecaster), ("one stack of torch", Stack(LSTM))):
        seconds = bench.forecaster_step(module, bench.some(LSTM.batch_size, 2))
        yield Row(f"LSTM-AD step at the defaults, {name}", "", "", 1000 * seconds, "ms")
    steps = bench.step(LSTMAD, WIDE_LSTM, 1_000_000, 4)
    yield Row(
        "LSTM-AD, hidden 64, batch 1,024, 1M of 4",
        "106,000",
        "400,000",
        bench.some(1024, 2) / steps.seconds,
        "windows/s",
    )
    if bench.device.type == "cuda":
        steps = bench.step(CNNKMeans, batch(DEFAULT, 64), 3000, 1000, profiles=True)
        yield Row("GPU busy, defaults, batch 64, 3,000 of 1,000", "7 to 12", "80", 100 * steps.busy, "%")
    rate = bench.rate(CNNKMeans(ECG200, 96), table(bench.some(200_000, 1000), 96))
    yield Row("CNN-KMeans, prediction, ECG200's sizes", "38,000", "500,000", rate, "series/s")
    rate = bench.rate(LSTMAD(LSTM, 1), table(bench.some(2_000_000, 5000), 1))
    yield Row("LSTM-AD, prediction, defaults", "438,000", "5,000,000", rate, "rows/s")
    for name, kind, sizes, shape in REQUESTS:
        model = kind(sizes, shape[1])
        yield Row(f"request: {name}", "", "", 1000 * shape[0] / bench.rate(model, table(*shape)), "ms")
        if here := gpu_differences.onnx_seconds(model, table(*shape)):
            yield Row(f"request: {name}, by onnxruntime", "", "", 1000 * here, "ms")


@contextmanager
def fixed_shapes_on_a_cpu() -> Iterator[None]:
    """Let CNN-KMeans take the path of a GPU."""
    with patch.object(cnn_kmeans, "encode_ragged", partial(encode_fixed, steps_at_once=10**6)):
        yield


def main() -> None:
    """Print the tables, or that there is no GPU."""
    parser = options.parser(__doc__, "--record")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--share", type=float, default=1.0, help="of all sizes: of steps, batches, rows and columns")
    given = parser.parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        print(NO_GPU)
        return
    bench = Bench(torch.device(given.device), given.share)
    with fixed_shapes_on_a_cpu() if given.device == "cpu" else nullcontext():
        print("| work | before | reach | now | unit |\n|---|---|---|---|---|")
        measured: dict[str, Any] = {}
        for row in compare(bench):
            measured[row.work] = row.now
            print(
                f"| {row.work} | {row.before} | {row.reach} | {row.now:,.{1 if row.now < 100 else 0}f} | {row.unit} |",
                flush=True,
            )
        if given.device == "cuda":
            measured["gpu"] = f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
            measured["peak_gb"] = {str(batch): bench.peak(batch) for batch in MEMORY_BATCHES}
            free = free_memory(bench.device) / 1e9
            print(f"\n| batch | peak of {free:.0f} GB, GB |\n|---|---|")
            for batch, peak in measured["peak_gb"].items():
                print(f"| {batch} | {peak:.1f} |")
    measured["differences"] = gpu_differences.measure(bench.device)
    print("\n| difference | share of the largest |\n|---|---|")
    for name, difference in measured["differences"].items():
        print(f"| {name} | {difference:.1e} |")
    if given.record:
        figures.record("gpu", measured)


if __name__ == "__main__":
    main()
