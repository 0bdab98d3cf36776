"""Say what pip-audit found. Exits with 3 for a known vulnerability, with 2 if a package could not be checked."""

import json
import sys
from pathlib import Path

try:
    packages = json.loads(Path(sys.argv[1]).read_text())["dependencies"]
    vulnerable = [(each["name"], each["version"], flaw["id"]) for each in packages for flaw in each.get("vulns", [])]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
except (OSError, ValueError, KeyError, TypeError, AttributeError):
    print("pip-audit reached no service that knows vulnerabilities: no Python package was checked.")
    sys.exit(2)
for name, version, flaw in vulnerable:
    print(f"{name} {version}: {flaw}")
checked = len(packages) - len(skipped)
print(
    f"{checked} Python packages checked, {len(vulnerable)} known vulnerabilities; {len(skipped)} could not be checked."
)
sys.exit(3 if vulnerable else 2 if skipped else 0)
