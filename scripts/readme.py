"""Write the README's hyperparameter tables from the declarations; with --check, only say whether they are current."""

import re
import sys
from pathlib import Path

from seriesbox.algorithm import ALGORITHMS, predictor_class

README = Path(__file__).parent.parent / "README.md"


def table(name: str) -> str:
    """The hyperparameters of one algorithm as a Markdown table."""
    rows = ["| name | type | default | range | meaning |", "|---|---|---|---|---|"]
    for each in predictor_class(name).Hyperparameters.declarations():
        rows.append(f"| `{each.name}` | {each.type} | {each.default} | {each.range} | {each.description} |")
    return "\n".join(rows)


def filled(text: str) -> str:
    """The text with every table between its two markers renewed."""
    for name in ALGORITHMS:
        begin, end = f"<!-- {name} hyperparameters -->", f"<!-- end of {name} hyperparameters -->"
        text = re.sub(f"{begin}.*?{end}", f"{begin}\n{table(name)}\n{end}", text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    text = README.read_text()
    if "--check" in sys.argv:
        sys.exit(None if filled(text) == text else "The tables are out of date: .venv/bin/python scripts/readme.py")
    README.write_text(filled(text))
