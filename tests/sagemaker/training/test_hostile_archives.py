"""Archives in the `model` channel that would lead elsewhere or fill memory."""

import gzip
import io
import subprocess
import sys
import tarfile

import pytest

from seriesbox.errors import DataError
from seriesbox.sagemaker.training.model_channel import read_model_channel
from tests.archive import pack


def renamed(prefix):
    def change(member):
        member.name = prefix + member.name
        return member

    return change


def linked(member):
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (renamed("../"), "holds no model: model.json is missing"),
        (renamed("/"), "holds no model: model.json is missing"),
        (linked, "model.json is not a file"),
    ],
)
def test_no_path_leads_out_of_an_archive_and_no_link_is_followed(saved, channel, tmp_path, change, message):
    pack(saved, channel / "model.tar.gz", change)
    with pytest.raises(DataError, match=message):
        read_model_channel(channel)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "saved"]


def test_an_archive_that_would_fill_memory_is_refused_unread(channel, monkeypatch):
    monkeypatch.setattr("seriesbox.sagemaker.training.model_channel.memory_limit", lambda: 1000)
    with tarfile.open(channel / "model.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("zeros")
        member.size = 10_000
        tar.addfile(member, io.BytesIO(bytes(10_000)))
    with pytest.raises(DataError, match="holds more than fits into memory"):
        read_model_channel(channel)


def name_header(size):
    header = {"name": "././@LongLink", "type": tarfile.GNUTYPE_LONGNAME, "size": size}
    return tarfile.TarInfo._create_header(header, tarfile.GNU_FORMAT, "utf-8", "strict")


def attribute_header(size):
    header = {"name": "x", "type": tarfile.XHDTYPE, "size": size}
    return tarfile.TarInfo._create_header(header, tarfile.USTAR_FORMAT, "utf-8", "strict")


MEMORY = """
import sys, pathlib, resource
from seriesbox.sagemaker.training.model_channel import read_model_channel
import seriesbox.algorithm
seriesbox.algorithm.predictor_class("lstm-ad")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(read_model_channel(pathlib.Path(sys.argv[1])).algorithm)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("header", [name_header, attribute_header])
def test_no_header_is_taken_into_memory(saved, channel, tmp_path, header):
    pack(saved, tmp_path / "model.tar.gz")
    megabytes = 300  # of a header, in an archive of less than one
    with gzip.open(channel / "model.tar.gz", "wb", compresslevel=1) as archive:
        archive.write(header(megabytes << 20))
        for _ in range(megabytes):
            archive.write(b"x" * 2**20)
        archive.write(gzip.decompress((tmp_path / "model.tar.gz").read_bytes()))
    done = subprocess.run([sys.executable, "-c", MEMORY, channel], capture_output=True, text=True, check=True)
    name, kilobytes = done.stdout.split()
    assert name == "lstm-ad"
    assert int(kilobytes) < 100_000
