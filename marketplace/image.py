"""Is an image the one to list? Its labels say what it was built from, and for which CUDA."""

import shlex
import subprocess

from marketplace.errors import RefusedError
from marketplace.folder import FOLDER
from marketplace.instances import CUDA
from marketplace.shapes import Json

LOCAL = "seriesbox:gpu"
BUILD = f"cu{CUDA}0"  # of torch
SOURCES = (
    "Dockerfile",
    ".dockerignore",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "requirements.in",
    "requirements.txt",
    "docker",
    "src",
)


def build(image: str) -> str:
    """The command that makes it."""
    return f"scripts/build --build-arg TORCH_BUILD={BUILD} --tag {shlex.quote(image)}"


def is_current(commit: str) -> bool:
    """Whether the image of a commit is that of the commit checked out, too. Raises RefusedError without git."""
    command = ["git", "-C", str(FOLDER.parent), "diff", "--quiet", commit, "HEAD", "--", *SOURCES]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        raise RefusedError("There is no git command here, which says what the image was built from.") from None


def fits(image: str, version: str, labels: Json) -> None:
    """Raises RefusedError for an image of another version, of other sources, or for another CUDA."""

    def label(name: str) -> str:
        return labels.get(name) or "unknown"

    built = label("org.opencontainers.image.revision")
    if (labelled := label("org.opencontainers.image.version")) != version:
        reason = f"its version is {labelled}, not {version}."
    elif built.endswith("-dirty"):
        reason = "it was built from files that are in no commit: commit them first."
    elif not is_current(built):
        reason = f"it was built from the commit {built}, and its sources are others now."
    elif (torch := label("seriesbox.torch-build")) != BUILD:
        reason = f"its build of torch is {torch}, and the pages and the instances are for {BUILD}."
    else:
        return
    raise RefusedError(f"{image} is not the image to list: {reason} Build it with: {build(image)}")
