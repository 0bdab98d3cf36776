"""Windows over several series: views of the rows, copied only a batch at a time."""

from collections.abc import Sequence

import torch
from torch import Tensor

CHUNK_WINDOWS = 1024  # that are looked at at once


class Windows:
    """Every window of `length` rows whose start is a multiple of `stride`, series by series; none spans two series.

    ```
    series  r0 r1 r2 r3 r4 | s0 s1 s2 s3        length 3, stride 2
    windows r0 r1 r2
                  r2 r3 r4   s0 s1 s2
    ```
    """

    def __init__(self, rows: Tensor, series: Sequence[slice], length: int, stride: int, missing: Tensor | None = None):
        """Take (N, D) contiguous rows, and the rows of each series in order.

        missing: (N, D) which cells of the rows are missing, and were filled; None if none was.
        """
        starts = [torch.arange(span.start, span.stop - length + 1, stride) for span in series]
        self.starts = torch.cat([torch.empty(0, dtype=torch.int64), *starts]).to(rows.device)
        self.views = _views(rows, length)
        self.missing = None if missing is None else _views(missing, length)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Tensor) -> Tensor:  # (B,) -> (B, length, D)
        return self.views.index_select(0, self.starts[index])

    def marked(self, errors: Tensor, index: Tensor, mark: float) -> Tensor:
        """Return the (B, S, E) errors of the last S rows of these windows, with a mark for those of missing cells.

        A row has E / D forecasts; columns vary fastest.
        """
        if self.missing is None:
            return errors
        missing = self.missing.index_select(0, self.starts[index])[:, -errors.shape[1] :]
        return errors.masked_fill(missing.tile(errors.shape[2] // missing.shape[2]), mark)

    def complete(self, steps: int) -> int:
        """Return how many of the last rows of all windows, `steps` of each, lack no cell."""
        if self.missing is None:
            return len(self) * steps
        chunks = self.starts.split(CHUNK_WINDOWS)
        return sum(int((~self.missing[chunk, -steps:].any(dim=2)).sum()) for chunk in chunks)


def _views(rows: Tensor, length: int) -> Tensor:
    """Return every window of (N, D) rows, (N - length + 1, length, D), in the memory of the rows."""
    columns = rows.shape[1]
    return rows.as_strided((max(0, len(rows) - length + 1), length, columns), (columns, columns, 1))
