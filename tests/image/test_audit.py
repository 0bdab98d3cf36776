"""The bill of materials, and what is known against it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from engine import IMAGE, installed

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> subprocess.CompletedProcess[str]:
    (PROJECT / "sbom.json").unlink(missing_ok=True)
    return subprocess.run(["scripts/audit", IMAGE], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_no_vulnerability_is_known_in_the_python_packages(audit):
    if "no Python package was checked" in audit.stdout:
        pytest.skip("pip-audit reaches no service that knows vulnerabilities")
    said = r"(\d+) Python packages checked, 0 known vulnerabilities; (\d+) could not be checked"
    found = re.search(said, audit.stdout)
    assert found, audit.stdout
    checked, unchecked = map(int, found.groups())
    assert checked + unchecked == len(installed())
    if not checked:
        pytest.skip("pip-audit reaches a package index that knows no vulnerabilities")


def test_no_high_or_critical_vulnerability_is_known_in_debians_packages(audit):
    if shutil.which("trivy") is None:
        pytest.skip("trivy is not installed")
    if "Debian's packages were not checked" in audit.stdout:
        pytest.skip("trivy reaches no database of vulnerabilities")
    assert "trivy knows no high or critical vulnerability." in audit.stdout


def test_the_bill_of_materials_lists_what_is_installed(audit):
    bill = json.loads((PROJECT / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert installed() <= {f"{each['name']}=={each.get('version')}" for each in bill["components"]}


def test_an_image_that_is_not_here_is_named():
    done = subprocess.run(["scripts/audit", "no:image"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Docker has no image no:image: scripts/build makes it.\n")
