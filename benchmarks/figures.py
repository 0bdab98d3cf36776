"""The figures that README and pages show. Benchmarks record them in one file, `figures.json` or that of $FIGURES."""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from seriesbox.sagemaker.machine import usable_cores

PROJECT = Path(__file__).parents[1]
FILE = Path(os.environ.get("FIGURES") or PROJECT / "benchmarks" / "figures.json")


def record(benchmark: str, figures: dict[str, Any]) -> None:
    """Replace the entry of one benchmark. It names the commit, the day and the machine that the figures are of."""
    entries = json.loads(FILE.read_text()) if FILE.exists() else {}
    machine = {"processor": _processor(), "cores": usable_cores()}
    entries[benchmark] = {
        "commit": _commit(),
        "date": date.today().isoformat(),
        "machine": machine,
        "figures": _rounded(figures),
    }
    FILE.write_text(json.dumps(dict(sorted(entries.items())), indent=2) + "\n")


def recorder(benchmark: str, wanted: bool) -> Callable[[str, dict[str, Any]], None]:
    """Return a function that records each table of a benchmark by itself, or does nothing if that is not wanted."""
    return lambda table, figures: record(f"{benchmark}-{table}", figures) if wanted else None


def read(benchmark: str) -> dict[str, Any]:
    """Return what one benchmark recorded last: `figures`, and the `commit`, `date` and `machine` they are of."""
    entry: dict[str, Any] = json.loads(FILE.read_text())[benchmark]
    return entry


def _rounded(value: Any) -> Any:
    """Return the figures with four digits: the others differ from run to run."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _commit() -> str:
    """Return the short hash of the commit; "-dirty" if a file is not as it has it. An image has no git, but $COMMIT."""
    if "COMMIT" in os.environ:
        return os.environ["COMMIT"]
    git = ["git", "-C", str(PROJECT)]
    commit = subprocess.check_output([*git, "rev-parse", "--short", "HEAD"], text=True).strip()
    differs = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", ":!benchmarks/figures.json"], check=False)
    return f"{commit}-dirty" if differs.returncode else commit


def _processor() -> str:
    """Return the name of the processor."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line for line in lines if line.startswith("model name")).partition(":")[2].strip()
