"""Floating-point operations per second: what `speed.py` measures the encoder by."""

from statistics import median

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import seconds_of
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.cnn_kmeans.ragged_encoding import encode_ragged
from seriesbox.cnn_kmeans.subsequences import Subsequences
from seriesbox.cnn_kmeans.triplet import sample_triplets

REPEATS = 10


def matrix_rate() -> float:
    """Return the highest rate of a large float32 matrix product."""
    x = torch.randn(2048, 2048)
    return 2 * 2048**3 / min(seconds_of(lambda: torch.mm(x, x), REPEATS))


def encoder_rate(series: Tensor, sizes: CNNKMeansHyperparameters) -> float:
    """Return the median rate of the encoding of one gradient step, forward and backward, on (N, T) series."""
    model, lengths = CNNKMeans(sizes, series.shape[1]), torch.full((len(series),), series.shape[1])
    anchors = torch.arange(min(len(series), sizes.batch_size))
    triplets = sample_triplets(anchors, lengths, sizes.negative_samples)
    subsequences = Subsequences(*(each.flatten() for each in triplets))

    def step() -> None:
        encode_ragged(model.encoder, series[:, None], subsequences).sum().backward()

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the counter sees what the thread it is in computes
    with FlopCounterMode(display=False) as counter:
        step()
    torch.set_num_threads(threads)
    return counter.get_total_flops() / median(seconds_of(step, REPEATS))
