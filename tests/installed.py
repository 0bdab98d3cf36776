"""The package as others install it: a wheel, in an environment with the packages of the core alone."""

import shutil
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")


def pip(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)


def wheel_in(folder: Path) -> Path:
    """Build the wheel from a copy of what it needs, so that nothing of an earlier build gets in."""
    shutil.copytree(PROJECT / "src", folder / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in SOURCES:
        shutil.copy(PROJECT / name, folder)
    pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder / "dist", folder)
    (wheel,) = (folder / "dist").iterdir()
    return wheel


def environment(folder: Path, wheel: Path) -> Path:
    """Make an environment with nothing but the wheel in it. Returns its folder of commands."""
    venv.create(folder, symlinks=True)
    pip("--python", folder, "install", "--no-deps", "--no-index", wheel)
    return folder / "bin"


def add_core(commands: Path) -> None:
    """Add the packages that the wheel needs without an extra: links to those of the tests' own environment."""
    (packages,) = commands.parent.glob("lib/*/site-packages")
    for name in requirements("seriesbox") - {"seriesbox"}:
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(installed.locate_file(top))))


def requirements(name: str) -> set[str]:
    """Return the names of a package and of all that it needs without an extra."""
    found, open_ = set(), [name]
    while open_:
        found.add(each := open_.pop())
        needed = [Requirement(text) for text in distribution(each).requires or ()]
        open_ += {one.name for one in needed if not one.marker or one.marker.evaluate({"extra": ""})} - found
    return found
