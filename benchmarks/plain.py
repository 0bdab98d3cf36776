"""Both algorithms as one writes them first: what `speed.py` compares with.

Both compute in float32 and have no metrics. CNN-KMeans calls its encoder once per negative, and all subsequences of a
batch have one length, as in the paper's own code. LSTM-AD takes its windows from a DataLoader.

Shapes: N series or rows, B subsequences, T time steps, F features.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm
from torch.utils.data import DataLoader, TensorDataset

from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters

Epoch = Callable[[], None]


class PlainEncoder(nn.Module):
    """The published encoder as it is usually written: pad both ends, convolve in one dimension, cut the future off."""

    def __init__(self, sizes: CNNKMeansHyperparameters):
        super().__init__()
        self.convolutions, self.residuals = nn.ModuleList(), nn.ModuleList()
        for i, (c, k) in enumerate(pairwise(sizes.channels)):
            for c_in in (c, k):
                padding = (sizes.kernel_size - 1) * 2**i
                convolution = nn.Conv1d(c_in, k, sizes.kernel_size, padding=padding, dilation=2**i)
                self.convolutions.append(weight_norm(convolution))
            self.residuals.append(nn.Conv1d(c, k, 1) if c != k else nn.Identity())
        self.head = nn.Linear(sizes.reduced_size, sizes.output_size)

    def forward(self, x: Tensor) -> Tensor:  # (B, 1, T) -> (B, F)
        steps = x.shape[2]
        for i, residual in enumerate(self.residuals):
            y = F.leaky_relu(self.convolutions[2 * i](x)[:, :, :steps])
            x = F.leaky_relu(self.convolutions[2 * i + 1](y)[:, :, :steps]) + residual(x)
        return self.head(F.adaptive_max_pool1d(x, 1).squeeze(2))


def cnn_kmeans(series: Tensor, sizes: CNNKMeansHyperparameters) -> Epoch:
    """Return a function that trains an epoch on (N, T) series of one length."""
    encoder = PlainEncoder(sizes)
    optimizer = torch.optim.Adam(encoder.parameters(), lr=sizes.lr)
    longest = series.shape[1]

    def cut(rows: Tensor, length: int) -> Tensor:
        starts = torch.randint(0, longest - length + 1, (len(rows),)).tolist()
        return torch.stack([series[row, s : s + length] for row, s in zip(rows.tolist(), starts, strict=True)])[:, None]

    def epoch() -> None:
        for batch in torch.randperm(len(series)).split(sizes.batch_size):
            positive_length = int(torch.randint(1, longest + 1, ()))
            anchor_length = int(torch.randint(positive_length, longest + 1, ()))
            anchors, positives = encoder(cut(batch, anchor_length)), encoder(cut(batch, positive_length))
            loss = -F.logsigmoid((anchors * positives).sum(1)).mean()
            for _ in range(sizes.negative_samples):
                negatives = encoder(cut(torch.randint(0, len(series), (len(batch),)), positive_length))
                loss = loss - F.logsigmoid(-(anchors * negatives).sum(1)).mean() / sizes.negative_samples
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def lstm_ad(rows: Tensor, sizes: LSTMADHyperparameters) -> Epoch:
    """Return a function that trains an epoch on the windows of (N, 1) rows, by torch's own stack of LSTMs."""
    length = sizes.context_length + sizes.prediction_length
    windows = torch.stack([rows[i : i + length] for i in range(0, len(rows) - length + 1, sizes.sequence_stride)])
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
