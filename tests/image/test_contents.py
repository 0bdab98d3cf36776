"""What is in the image, and what is not."""

import json
import re
import subprocess
import zlib
from pathlib import Path

import pytest
from engine import IMAGE, docker

PROJECT = Path(__file__).parents[2]
UNCOMPRESSED, COMPRESSED = 1.2e9, 0.4e9  # bytes, at most
PACKAGES = "/opt/seriesbox/lib/python3.11/site-packages"


def shell(command: str) -> list[str]:
    return docker("run", "--rm", "--network", "none", IMAGE, "sh", "-c", command).decode().split()


def test_the_packages_are_the_pinned_ones():
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    pinned = {line for line in lines if line[:1].isalnum()}
    installed = {_normal(package) for package in shell("pip list --format freeze")}
    assert {package for package in installed if not package.startswith("seriesbox==")} == pinned
    assert shell("pip check") == ["No", "broken", "requirements", "found."]


def test_torch_has_no_cuda():
    assert shell('python -c "import torch; print(torch.version.cuda)"') == ["None"]


def test_there_is_no_compiler_no_cache_and_no_test_code():
    assert shell("command -v gcc cc ld make || true") == []
    assert shell("ls -A /root/.cache /tmp /var/lib/apt/lists 2>/dev/null | grep -v :$ || true") == []
    assert shell(f"find {PACKAGES} -type d -name tests -o -name '*.a' -o -name '*.h'") == []


def test_how_the_build_was_reached_is_not_in_the_image():
    assert shell("ls /etc/pip.conf /run/secrets 2>/dev/null || true") == []
    assert "PIP" not in docker("history", "--no-trunc", IMAGE).decode()


def test_train_and_serve_are_commands_of_ours():
    for command, module in {"train": "train", "serve": "serving.server"}.items():
        assert f"from seriesbox.sagemaker.{module} import main" in " ".join(shell(f"cat $(command -v {command})"))


def test_it_starts_as_sagemaker_wants_and_says_what_it_is():
    config = json.loads(docker("image", "inspect", IMAGE))[0]["Config"]
    assert config["Entrypoint"] == ["entrypoint"]
    assert config["User"] == ""
    labels = config["Labels"]
    assert labels["org.opencontainers.image.title"] == "seriesbox"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.version"] in (PROJECT / "CHANGELOG.md").read_text()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert labels["org.opencontainers.image.revision"].removesuffix("-dirty") == head.strip()
    assert "org.opencontainers.image.source" in labels  # empty where the checkout comes from no web address
    assert labels["org.opencontainers.image.base.name"] in ("python:3.11-slim-bookworm", "seriesbox-base:stand-in")
    assert labels["com.amazonaws.sagemaker.capabilities.accept-bind-to-port"] == "true"
    assert labels["com.amazonaws.sagemaker.capabilities.multi-models"] == "true"


def test_it_is_small_enough_and_as_large_as_the_readme_says():
    uncompressed = int(docker("image", "inspect", "--format", "{{.Size}}", IMAGE))
    compressor, compressed = zlib.compressobj(), 0  # gzip's algorithm and level, which registries use
    with subprocess.Popen(["docker", "save", IMAGE], stdout=subprocess.PIPE) as save:
        for chunk in iter(lambda: save.stdout.read(1 << 20), b""):
            compressed += len(compressor.compress(chunk))
    compressed += len(compressor.flush())
    assert uncompressed <= UNCOMPRESSED
    assert compressed <= COMPRESSED
    said = re.search(r"\| size \| ([0-9.]+) GB, ([0-9]+) MB compressed", (PROJECT / "README.md").read_text())
    assert float(said[1]) * 1e9 == pytest.approx(uncompressed, rel=0.1)
    assert float(said[2]) * 1e6 == pytest.approx(compressed, rel=0.1)


def _normal(package: str) -> str:
    """`Zope.Interface==1+cpu` as the pins have it: PyPI's normal form of the name, and no build."""
    name, _, version = package.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version.partition('+')[0]}"
