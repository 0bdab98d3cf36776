"""Fetch the charting library of the page when the package is built. All else is in pyproject.toml."""

import base64
import hashlib
import io
import tarfile
import urllib.request
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

UPLOT = "https://registry.npmjs.org/uplot/-/uplot-1.6.32.tgz"
SHA512 = "KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw=="
FILES = ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE")
FOLDER = Path(__file__).parent / "src/seriesbox/page/uplot"
PINNED = FOLDER / "sha512"  # of the archive that the files are from


class BuildWithUPlot(build_py):
    """Builds the package with the three files of uPlot that it needs."""

    def run(self) -> None:
        if not PINNED.exists() or PINNED.read_text() != SHA512:
            fetch()
        super().run()


def fetch() -> None:
    """Write the files of uPlot beside the page. Raises SystemExit if they are not those that are pinned here."""
    with urllib.request.urlopen(UPLOT, timeout=60) as answer:
        content = answer.read()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != SHA512:
        raise SystemExit(f"{UPLOT} is not the file that setup.py knows: its SHA-512 differs.")
    FOLDER.mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for name in FILES:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise SystemExit(f"{UPLOT} has no {name}.")
            (FOLDER / Path(name).name).write_bytes(member.read())
    PINNED.write_text(SHA512)


setup(cmdclass={"build_py": BuildWithUPlot})
