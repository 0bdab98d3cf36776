"""The bill of materials, and what is known against it."""

import json
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> subprocess.CompletedProcess[str]:
    (PROJECT / "sbom.json").unlink(missing_ok=True)
    return subprocess.run(["scripts/audit"], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_no_vulnerability_is_known(audit):
    """As far as this machine can tell: where it reaches no service that knows them, the audit exits with 2."""
    assert audit.returncode in (0, 2), audit.stdout
    assert "Python packages checked, 0 known vulnerabilities" in audit.stdout or "nothing was checked" in audit.stdout


def test_the_bill_of_materials_lists_what_is_pinned(audit):
    bill = json.loads((PROJECT / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    listed = {f"{each['name']}=={each['version']}" for each in bill["components"]}
    assert listed >= {line for line in (PROJECT / "requirements.txt").read_text().splitlines() if line[:1].isalnum()}
