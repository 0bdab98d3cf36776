"""The memory that a request takes, per byte of its body, for ten shapes of body: the peak of the real server above what
it holds when it is idle.

    .venv/bin/python -m benchmarks.request_memory [--megabytes 20] [--record]
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks import cases, figures, options
from benchmarks.server import RunningServer, serving
from seriesbox.artifact import save
from seriesbox.formats.content_type import CSV, JSON, JSON_LINES
from seriesbox.tables.csv import write_csv

RAGGED = (50, 100, 150, 200)  # lengths of rows


def bodies(independent: bool, columns: int, size: int) -> Iterator[tuple[str, str, bytes]]:
    """Yield shapes of about `size` bytes: a title, the content type, and the body. `independent`: rows are series."""
    digits = b"1,2,3,4,5,6,7,8,9,1"

    def filled(line: bytes) -> bytes:
        return line * (size // len(line))

    values = np.random.default_rng(0).normal(size=(size // (11 * columns), columns)).astype(np.float32)
    yield "usual numbers, CSV", CSV, write_csv(values)
    if not independent:
        one = b"1," * (columns - 1) + b"1\n"
        yield "one digit a cell", CSV, filled(one)
        yield "one digit a cell, JSON", JSON, b"[" + filled(b"[" + one[:-1] + b"],") + b"[" + one[:-1] + b"]]"
        return
    yield "rows of ten digits", CSV, filled(digits + b"\n")
    yield "rows of different lengths", CSV, filled(b"".join(b"1," * (length - 1) + b"1\n" for length in RAGGED))
    yield "rows with gaps", CSV, filled(b"1" + b"," * 100 + b"2\n")
    yield "quoted cells", CSV, filled(b'"1","2","3"\n')
    yield "one long row", CSV, filled(b"1,") + b"1\n"
    yield "one long row with gaps", CSV, b"1" + filled(b",") + b"2\n"
    yield "rows of ten digits, JSON", JSON, b"[" + filled(b"[" + digits + b"],") + b"[" + digits + b"]]"
    yield "one long row, JSON", JSON, b"[[" + filled(b"1,") + b"1]]"
    yield "one long row, JSON Lines", JSON_LINES, b"[" + filled(b"1,") + b"1]\n"


def peak(server: RunningServer, content_type: str, body: bytes) -> tuple[int, int]:
    """Return the status of the answer, and the peak of the server above what it held before, in megabytes."""
    process = next(line for line in server.lines() if line["event"] == "start")["process"]
    Path(f"/proc/{process}/clear_refs").write_text("5")  # resets the peak
    before, _ = server.megabytes()
    with closing(server.connect()) as connection:
        connection.request("POST", "/invocations", body, {"Content-Type": content_type})
        response = connection.getresponse()
        while response.read(1 << 20):
            pass
    return response.status, server.megabytes()[1] - before


def main() -> None:
    """Print the table."""
    parser = options.parser(__doc__, "--algorithms", "--record")
    parser.add_argument("--megabytes", type=float, default=20, help="size of a body")
    given = parser.parse_args()
    torch.manual_seed(0)
    print("| algorithm | body | MB | status | peak above idle, MB | per byte |\n|---|---|---|---|---|---|")
    measured: dict[str, dict[str, Any]] = {}
    for name in given.algorithms:
        model = cases.load(name).tiny()
        independent, columns = model.predictor().rows_are_independent, cases.load(name).tiny_table.values.shape[1]
        for title, content_type, body in bodies(independent, columns, int(given.megabytes * 1e6)):
            with tempfile.TemporaryDirectory() as folder:
                save(model, Path(folder) / "model")
                with serving(Path(folder), MAX_CONTENT_LENGTH="0", OMP_NUM_THREADS="1") as (server, _):
                    status, megabytes = peak(server, content_type, body)
            per_byte = megabytes / (len(body) / (1 << 20))
            print(f"| {name} | {title} | {len(body) / 1e6:.0f} | {status} | {megabytes} | {per_byte:.1f} |", flush=True)
            measured[f"{name}, {title}"] = {"status": status, "per_byte": round(per_byte, 1)}
    if given.record:
        figures.record("request_memory", measured)


if __name__ == "__main__":
    main()
