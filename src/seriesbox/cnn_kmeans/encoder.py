"""The encoder: dilated causal convolutions, max-pooling over time, one linear layer.

Franceschi, Dieuleveut, Jaggi, "Unsupervised scalable representation learning for multivariate time series",
NeurIPS 2019, section 4 and figure 2. `onnx_encoder.py` is the same without torch: change both together.

Shapes: B series, V variables, C channels, T time steps, R ranges of them, Z channels of the last block, F features.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm
from torch.nn.utils.parametrize import remove_parametrizations


class CausalConv(nn.Conv2d):
    """Convolution over time that pads on the left only, so that step t never sees t + 1.

    It is two-dimensional with a height of one because only two-dimensional convolutions have a channels-last
    layout, in which they run about one and a half times as fast on a CPU.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, dilation: int):
        super().__init__(in_channels, out_channels, (1, kernel_size), dilation=(1, dilation))

    def forward(self, x: Tensor) -> Tensor:  # (B, C, 1, T) -> (B, K, 1, T)
        dilation = self.dilation[1]
        # Taps that reach back before the first step multiply padding alone: leaving them out changes no value.
        taps = min(self.kernel_size[1], (x.shape[-1] - 1) // dilation + 1)
        weight = self.weight[..., -taps:]
        return F.conv2d(F.pad(x, ((taps - 1) * dilation, 0)), weight, self.bias, dilation=self.dilation)


class CausalBlock(nn.Module):
    """Two causal convolutions of one dilation around a residual connection."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, dilation: int):
        super().__init__()
        self.first = weight_norm(CausalConv(in_channels, out_channels, kernel_size, dilation))
        self.second = weight_norm(CausalConv(out_channels, out_channels, kernel_size, dilation))
        self.residual = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:  # (B, C, 1, T) -> (B, K, 1, T)
        y = F.leaky_relu(self.first(x), inplace=True)
        y = F.leaky_relu(self.second(y), inplace=True)
        return y + self.residual(x)


class Encoder(nn.Module):
    """Turns series of any length, and of some variables, into `output_size` features.

    `blocks` blocks of `filters` channels, dilation 2^i in block i, then one block of `reduced_size` channels.
    gradient_bytes: those that memory holds for the gradient, at most, of every time step.
    """

    def __init__(
        self, blocks: int, filters: int, kernel_size: int, reduced_size: int, output_size: int, variables: int = 1
    ):
        super().__init__()
        self.sizes = blocks, filters, kernel_size, reduced_size, output_size, variables
        channels = [variables, *[filters] * blocks, reduced_size]
        self.blocks = nn.Sequential(
            *(CausalBlock(channels[i], channels[i + 1], kernel_size, 2**i) for i in range(blocks + 1))
        )
        self.head = nn.Linear(reduced_size, output_size)
        self.receptive_field = 1 + 2 * (kernel_size - 1) * (2 ** (blocks + 1) - 1)
        # Kept of every step: the inputs of two convolutions with their padding, two outputs, their sum with the
        # residual, and twice the last block's output, which is pooled. A padding may double an input.
        kept = sum(2 * (c_in + c_out) + 3 * c_out for c_in, c_out in pairwise(channels)) + 2 * reduced_size
        self.gradient_bytes = 4 * kept

    def convolve(self, x: Tensor) -> Tensor:
        """Return the output of the blocks at every step, (B, V, T) -> (B, T, Z). It depends on no later step."""
        return self.blocks(x[:, :, None].contiguous(memory_format=torch.channels_last))[:, :, 0].transpose(1, 2)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return the features, (B, V, T), (B,) -> (B, F). Steps from a length on are ignored, but must be finite."""
        ends = lengths[:, None]
        return self.head(self.pool(x, torch.zeros_like(ends), ends)[:, 0])

    def pool(self, x: Tensor, first: Tensor, end: Tensor) -> Tensor:
        """Return the maxima over ranges of steps, `first` to before `end`, (B, V, T), (B, R), (B, R) -> (B, R, Z)."""
        steps = self.convolve(x)[:, None]  # (B, 1, T, Z)
        step = torch.arange(x.shape[2], device=x.device)
        outside = (step < first[..., None]) | (step >= end[..., None])  # (B, R, T)
        return steps.masked_fill(outside[..., None], -torch.inf).amax(dim=2)

    def folded(self) -> "Encoder":
        """Return a copy with the weight normalisation folded into the weights: it is faster, and cannot learn."""
        with torch.device("meta"):  # a deep copy would share the parametrizations, and the original would lose them
            copy = Encoder(*self.sizes)
        copy.load_state_dict(self.state_dict(), assign=True)
        for module in list(copy.modules()):
            if isinstance(module, CausalConv):
                remove_parametrizations(module, "weight")
        return copy
