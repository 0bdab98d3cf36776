"""An earlier model, as an archive or as what is in one, and archives that mean harm."""

import gzip
import io
import subprocess
import sys
import tarfile

import pytest
import torch

from seriesbox.artifact import load, save
from seriesbox.errors import DataError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.training.model_channel import read_model_channel
from tests.archive import pack


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=3), 2).eval()


@pytest.fixture
def saved(model, tmp_path):
    """The folder of a model."""
    save(model, tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def channel(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    return folder


def test_an_archive_and_its_contents_are_the_same_model(model, saved, channel, tmp_path):
    pack(saved, channel / "model.tar.gz")
    tensors = load(saved).tensors
    for earlier in (read_model_channel(channel), read_model_channel(saved)):
        assert earlier.hyperparameters == model.hyperparameters
        assert all((earlier.tensors[name] == tensor).all() for name, tensor in tensors.items())
    assert read_model_channel(tmp_path / "no such channel") is None


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


def test_an_archive_that_is_cut_off_in_a_file_is_refused(saved, channel, tmp_path):
    pack(saved, tmp_path / "model.tar.gz")
    body = gzip.decompress((tmp_path / "model.tar.gz").read_bytes())
    (channel / "model.tar").write_bytes(body[: body.index(b"forecaster") + 100])
    with pytest.raises(DataError, match=r"model\.tar in the `model` channel cannot be unpacked: model\.\S+ is cut off"):
        read_model_channel(channel)


@pytest.mark.parametrize("body", [b"no archive", b"\x1f\x8b\x08" + bytes(50)])
def test_a_file_that_is_no_archive_is_refused(channel, body):
    (channel / "model.tar.gz").write_bytes(body)
    with pytest.raises(DataError, match=r"model\.tar\.gz in the `model` channel cannot be unpacked"):
        read_model_channel(channel)


def test_an_empty_archive_holds_no_model(channel):
    (channel / "model.tar").touch()
    with pytest.raises(DataError, match=r"holds no model: model\.json is missing"):
        read_model_channel(channel)


def test_a_channel_without_or_with_several_archives_is_refused(channel):
    with pytest.raises(DataError, match=r"has 0 archives and no model\.json: give it one model\.tar\.gz"):
        read_model_channel(channel)
