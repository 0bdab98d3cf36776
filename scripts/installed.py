"""Print the Python packages beside seriesbox as pins: PyPI's form of their names, versions without the build."""

import re
from importlib.metadata import distributions

packages = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version.partition("+")[0] for each in distributions()}
print(*(f"{name}=={version}" for name, version in sorted(packages.items()) if name != "seriesbox"), sep="\n")
