"""Windows over several series: views of the rows, copied only a batch at a time."""

from collections.abc import Sequence

import torch
from torch import Tensor


class Windows:
    """Every window of `length` rows whose start is a multiple of `stride`, series by series; none spans two series.

    ```
    series  r0 r1 r2 r3 r4 | s0 s1 s2 s3        length 3, stride 2
    windows r0 r1 r2
                  r2 r3 r4   s0 s1 s2
    ```
    """

    def __init__(self, rows: Tensor, series: Sequence[slice], length: int, stride: int):
        """Take (N, D) contiguous rows, and the rows of each series in order."""
        columns = rows.shape[1]
        starts = [torch.arange(span.start, span.stop - length + 1, stride) for span in series]
        self.starts = torch.cat([torch.empty(0, dtype=torch.int64), *starts]).to(rows.device)
        self.views = rows.as_strided((max(0, len(rows) - length + 1), length, columns), (columns, columns, 1))

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Tensor) -> Tensor:  # (B,) -> (B, length, D)
        return self.views.index_select(0, self.starts[index])
