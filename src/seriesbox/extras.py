"""The extras of the package: what needs one that is not installed says so in one sentence."""

import re
from importlib.metadata import PackageNotFoundError, distribution, requires

from seriesbox.errors import UserError


def require(extra: str, what: str) -> None:
    """Check that the packages of an extra are installed, which `what` needs. Raises UserError."""
    ours = is_installed("seriesbox") and requires("seriesbox")  # what runs from its sources declares nothing
    declared = re.findall(rf'^([\w.-]+).*; extra == "{extra}"$', "\n".join(ours or ()), re.MULTILINE)
    if missing := [name for name in declared if not is_installed(name)]:
        raise UserError(f'{what} needs {" and ".join(missing)}: pip install "seriesbox[{extra}]"')


def is_installed(package: str) -> bool:
    """Return whether a package is installed."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True
