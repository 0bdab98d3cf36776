"""The contents of the image: nothing is missing, and nothing is too much."""

import json
import re
import subprocess
import tarfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from engine import IMAGE, docker, installed

PROJECT = Path(__file__).parents[2]
PACKAGES = "/opt/seriesbox/lib/python3.11/site-packages"


def shell(command: str) -> list[str]:
    return docker("run", "--rm", "--network", "none", IMAGE, "sh", "-c", command).decode().split()


@pytest.fixture(scope="module")
def build() -> str:
    """The build of torch in the image, such as `cpu` or `cu130`."""
    return shell('python -c "import torch; print(torch.__version__)"')[0].partition("+")[2]


def test_the_packages_are_the_pinned_ones_and_with_cuda_nvidias(build):
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    pinned = {line for line in lines if line[:1].isalnum()}
    assert installed() >= pinned
    kinds = {re.split("[-=]", package)[0] for package in installed() - pinned}
    assert kinds == (set() if build == "cpu" else {"cuda", "nvidia", "triton"})
    assert shell("pip check") == ["No", "broken", "requirements", "found."]


def test_torch_computes_with_its_own_kernels():
    """On a GPU, torch prefers Triton's kernels for some products. They need a compiler at run time."""
    program = "import torch; print(torch._C._dispatch_dump('aten::bmm'))"
    assert "torch/_native" not in " ".join(shell(f'python -c "{program}"'))


def test_there_is_no_compiler_no_cache_and_no_test_code():
    assert shell("command -v gcc cc ld make || true") == []
    assert shell("ls -A /root/.cache /tmp /var/lib/apt/lists 2>/dev/null | grep -v :$ || true") == []
    assert shell(f"find {PACKAGES} -type d -name tests -o -name '*.a' -o -name '*.h'") == []


def test_the_build_s_package_sources_are_not_in_the_image():
    assert shell("ls /etc/pip.conf /run/secrets 2>/dev/null || true") == []
    assert "PIP" not in docker("history", "--no-trunc", IMAGE).decode()


def test_the_machine_that_made_the_base_is_not_in_the_image():
    """An engine replaces these files in a container, so the test reads the layers."""
    base = json.loads(docker("image", "inspect", IMAGE))[0]["Config"]["Labels"]["org.opencontainers.image.base.name"]
    if base != "seriesbox-base:stand-in":
        pytest.skip(f"the base is {base}, which was made elsewhere")
    names = set()
    with (
        subprocess.Popen(["docker", "save", IMAGE], stdout=subprocess.PIPE) as save,
        tarfile.open(fileobj=save.stdout, mode="r|") as parts,
    ):
        for part in filter(tarfile.TarInfo.isfile, parts):
            with suppress(tarfile.ReadError), tarfile.open(fileobj=parts.extractfile(part), mode="r|*") as layer:
                names |= {file.name.removeprefix("./") for file in layer}
    assert "etc/debian_version" in names
    assert not names & {"etc/hostname", "etc/resolv.conf"}


def test_train_and_serve_are_commands_of_ours():
    for command, module in {"train": "training.command", "serve": "serving.command"}.items():
        assert f"from seriesbox.sagemaker.{module} import main" in " ".join(shell(f"cat $(command -v {command})"))


def test_it_starts_as_sagemaker_wants_and_says_what_it_is(build):
    config = json.loads(docker("image", "inspect", IMAGE))[0]["Config"]
    assert config["Entrypoint"] == ["entrypoint"]
    assert config["User"] == ""
    labels = config["Labels"]
    assert labels["org.opencontainers.image.title"] == "seriesbox"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.version"] in (PROJECT / "CHANGELOG.md").read_text()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert labels["org.opencontainers.image.revision"].removesuffix("-dirty") == head.strip()
    assert "org.opencontainers.image.source" in labels  # empty if the checkout has no web address
    assert labels["org.opencontainers.image.base.name"] in ("python:3.11-slim-bookworm", "seriesbox-base:stand-in")
    assert labels["seriesbox.torch-build"] == build
    assert labels["com.amazonaws.sagemaker.capabilities.accept-bind-to-port"] == "true"
    assert labels["com.amazonaws.sagemaker.capabilities.multi-models"] == "true"


@pytest.mark.timeout(900)  # all of it is compressed
def test_it_is_as_large_as_its_page_says(build):
    uncompressed = int(docker("image", "inspect", "--format", "{{.Size}}", IMAGE))
    compressor, compressed = zlib.compressobj(), 0  # gzip's algorithm and level, which registries use
    with subprocess.Popen(["docker", "save", IMAGE], stdout=subprocess.PIPE) as save:
        for chunk in iter(lambda: save.stdout.read(1 << 20), b""):
            compressed += len(compressor.compress(chunk))
    compressed += len(compressor.flush())
    row = "size" if build == "cpu" else "size with CUDA"
    said = re.search(rf"\| {row} \| ([0-9.]+) GB, ([0-9.]+) GB compressed", (PROJECT / "docs/image.md").read_text())
    assert (float(said[1]) * 1e9, float(said[2]) * 1e9) == pytest.approx((uncompressed, compressed), rel=0.1)
