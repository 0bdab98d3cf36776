"""The figures that README and pages show: benchmarks record them in one file, `figures.json`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from seriesbox.sagemaker.machine import usable_cores

FILE = Path(__file__).with_name("figures.json")


def record(benchmark: str, figures: dict[str, Any]) -> None:
    """Replace the figures of one benchmark; commit and machine are added."""
    recorded = json.loads(FILE.read_text())
    machine = {"cores": usable_cores(), "processor": _processor()}
    recorded[benchmark] = {"commit": _commit(), "machine": machine, **figures}
    FILE.write_text(json.dumps(recorded, indent=2) + "\n")


def read(benchmark: str) -> dict[str, Any]:
    """Return what one benchmark recorded last."""
    figures: dict[str, Any] = json.loads(FILE.read_text())[benchmark]
    return figures


def _commit() -> str:
    """Return the commit that is checked out. In the image, which has no git, $COMMIT must name it."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    return os.environ.get("COMMIT") or subprocess.check_output(command, text=True).strip()


def _processor() -> str:
    """Return what the processor calls itself."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line for line in lines if line.startswith("model name")).partition(":")[2].strip()
