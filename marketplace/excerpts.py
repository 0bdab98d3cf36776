"""The rows of the samples that a page shows."""

from pathlib import Path

from marketplace.files import samples_folder
from marketplace.markdown import enumeration
from marketplace.samples import VERBOSE

SHOWN_CELLS = 6  # of a row that are shown
FIRST_CELLS, LAST_CELLS = 3, 8  # of a verbose row
SHOWN_FILES = {
    "request": "request.csv",
    "response": "response.csv",
    "batch": "batch/batch.csv",
    "batch_output": "batch.csv.out",
}


def excerpts(name: str) -> dict[str, str]:
    """Return the same rows of each sample: the first one, and if it has no answer, the first two that have one."""
    samples = samples_folder(name)
    answered = [row for row, line in enumerate(_lines(samples / "response.csv"), 1) if line.strip(",")]
    rows = sorted({1, *answered[:2]})
    return {
        "rows_shown": enumeration(rows),
        "rows_empty": str(answered[0] - 1),
        **{f"{key}_shown": _excerpt(_lines(samples / file), rows) for key, file in SHOWN_FILES.items()},
        "verbose_shown": _verbose(_lines(samples / VERBOSE), answered[0]),
    }


def _verbose(lines: list[str], row: int) -> str:
    """Return the names, and a row by its number, from 1 on; dots stand for what is left out."""
    rows = [line.split(",") for line in (lines[0], lines[row])]
    dots = ["..."] * (len(rows[0]) > FIRST_CELLS + LAST_CELLS)
    return "\n".join(",".join(cells[:FIRST_CELLS] + dots + cells[-LAST_CELLS:]) for cells in rows)


def _excerpt(lines: list[str], rows: list[int]) -> str:
    """Return rows by their numbers, from 1 on; dots stand for what is left out."""
    shown = []
    for row, before in zip(rows, [0, *rows], strict=False):
        cells = lines[row - 1].split(",")
        shown += ["..."] * (row > before + 1)
        shown += [",".join(cells[:SHOWN_CELLS] + ["..."] * (len(cells) > SHOWN_CELLS))]
    return "\n".join(shown)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()
