"""Write the documents that take figures from benchmarks and tables from code, and the stub of the package.

With --check, only name the old ones.

docs/templates/NAME.md becomes docs/NAME.md. In a template, `{hyperparameters}` stands for a table of each algorithm,
`{api[load]}` for the reference of a name in Python, `{formats[columns]}` for a table of formats,
`{speed[ecg200][ratio]:.2f}` for a figure of benchmarks/figures.json, `{growth[lstm-ad]:table}` for a table of figures,
and `{speed[of]}` for the commit, the day and the machine that figures are of.
"""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import figures
from scripts import api, formats
from scripts.markdown import table
from scripts.stub import stub
from seriesbox.algorithm import ALGORITHMS, predictor_class

DOCS = Path(__file__).parents[1] / "docs"
STUB = DOCS.parent / "src" / "seriesbox" / "__init__.pyi"


class Figures(dict[str, Any]):
    """Figures by name. As `table`, rows by name, each with figures of the same names."""

    def __format__(self, kind: str) -> str:
        if kind != "table":
            raise ValueError(f"{', '.join(self)} are no single figure")
        rows = {name: row for name, row in self.items() if isinstance(row, dict)}
        columns = list(dict.fromkeys(column for row in rows.values() for column in row))
        cells = [[name, *(_text(row.get(column, "")) for column in columns)] for name, row in rows.items()]
        return table(["", *(column.replace("_", " ") for column in columns)], cells)


def _text(value: float | str) -> str:
    """Return three digits of a number that is not whole."""
    return f"{float(f'{value:.3g}'):,g}" if isinstance(value, float) else str(value)


def entries() -> dict[str, Figures]:
    """Return what benchmarks recorded, by benchmark; `of` is the commit, the day and the machine."""
    recorded = json.loads(figures.FILE.read_text(), object_hook=Figures)
    return {name: Figures(entry["figures"], of=_origin(entry)) for name, entry in recorded.items()}


def _origin(entry: dict[str, Any]) -> str:
    machine = entry["machine"]
    return f"commit {entry['commit']}, {entry['date']}, {machine['cores']} cores of an {machine['processor']}"


def hyperparameters() -> str:
    """Return the hyperparameters of every algorithm as a Markdown table under its name."""
    header = ["name", "type", "default", "range", "inherited", "meaning"]
    parts = []
    for name in ALGORITHMS:
        declared = predictor_class(name).Hyperparameters.declarations()
        rows = [
            [f"`{each.name}`", each.type, each.default, each.range, "yes" if each.inherited else "", each.description]
            for each in declared
        ]
        parts.append(f"## {name}\n\n{table(header, rows)}")
    return "\n\n".join(parts)


def documents() -> dict[Path, str]:
    """Return the text of the stub, and of every document that has a template."""
    values = {
        "hyperparameters": hyperparameters(),
        "api": api.reference(),
        "formats": formats.reference(),
        **entries(),
    }
    templates = sorted(DOCS.glob("templates/*.md"))
    return {STUB: stub()} | {DOCS / each.name: each.read_text().format_map(values) for each in templates}


if __name__ == "__main__":
    if "--check" in sys.argv:
        old = [document.name for document, text in documents().items() if document.read_text() != text]
        sys.exit(f"{', '.join(old)} are out of date: .venv/bin/python -m scripts.docs" if old else None)
    for document, text in documents().items():
        document.write_text(text)
