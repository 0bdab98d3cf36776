"""The bill of materials, and what is known against it."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from engine import IMAGE, installed

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> subprocess.CompletedProcess[str]:
    (PROJECT / "sbom.json").unlink(missing_ok=True)
    return subprocess.run(["scripts/audit", IMAGE], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_no_vulnerability_is_known(audit):
    """As far as this machine can tell: where it reaches no service that knows them, the audit exits with 2."""
    assert audit.returncode in (0, 2), audit.stdout
    if "nothing was checked" not in audit.stdout:
        said = r"(\d+) Python packages checked, 0 known vulnerabilities; (\d+) could not be checked"
        checked, unchecked = re.search(said, audit.stdout).groups()
        assert int(checked) + int(unchecked) == len(installed())


def test_the_bill_of_materials_lists_what_is_installed(audit):
    bill = json.loads((PROJECT / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert installed() <= {f"{each['name']}=={each.get('version')}" for each in bill["components"]}


def test_an_image_that_is_not_here_is_named():
    done = subprocess.run(["scripts/audit", "no:image"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Docker has no image no:image: scripts/build makes it.\n")
