"""Write the tables of hyperparameters into docs/hyperparameters.md; with --check, only say if they are out of date."""

import re
import sys
from pathlib import Path

from seriesbox.algorithm import ALGORITHMS, predictor_class

PAGE = Path(__file__).parent.parent / "docs" / "hyperparameters.md"
BEGIN, END = "<!-- hyperparameters -->", "<!-- end of hyperparameters -->"


def table(name: str) -> str:
    """Return the hyperparameters of one algorithm as a Markdown table under its name."""
    rows = [f"## {name}", "", "| name | type | default | range | inherited | meaning |", "|---|---|---|---|---|---|"]
    for each in predictor_class(name).Hyperparameters.declarations():
        inherited = "yes" if each.inherited else ""
        cells = [f"`{each.name}`", each.type, str(each.default), each.range, inherited, each.description]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def renewed(text: str) -> str:
    """Return the page with its tables renewed."""
    tables = "\n\n".join(table(name) for name in ALGORITHMS)
    return re.sub(f"{BEGIN}.*{END}", f"{BEGIN}\n{tables}\n{END}", text, flags=re.DOTALL)


if __name__ == "__main__":
    text = PAGE.read_text()
    if "--check" in sys.argv:
        sys.exit(None if renewed(text) == text else "The tables are out of date: .venv/bin/python scripts/docs.py")
    PAGE.write_text(renewed(text))
