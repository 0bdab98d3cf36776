"""An earlier model, as an archive or as what is in one."""

import gzip
import tarfile

import pytest

from seriesbox.artifact import load
from seriesbox.errors import DataError
from seriesbox.model_folder import DESCRIPTION
from seriesbox.sagemaker.training.model_channel import read_model_channel
from tests.archive import pack


def test_an_archive_and_its_contents_are_the_same_model(earlier_model, saved, channel, tmp_path):
    pack(saved, channel / "model.tar.gz")
    tensors = load(saved).tensors
    for artifact in (read_model_channel(channel), read_model_channel(saved)):
        assert artifact.hyperparameters == earlier_model.hyperparameters
        assert all((artifact.tensors[name] == tensor).all() for name, tensor in tensors.items())
    assert read_model_channel(tmp_path / "no such channel") is None


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


def test_a_model_one_folder_down_is_named(saved, channel):
    (channel / "job").mkdir()
    pack(saved, channel / "job" / "model.tar.gz")
    with pytest.raises(DataError, match=r"has 0 archives .*/job holds model\.tar\.gz: the files belong into "):
        read_model_channel(channel)
    (channel / "job" / "model.tar.gz").rename(channel / "outer.tar.gz")
    pack(saved, channel / "outer.tar.gz", in_folder)
    with pytest.raises(DataError, match=r"is missing\. It has job/model\.json: pack the files without "):
        read_model_channel(channel)


def in_folder(member):
    member.name = f"job/{member.name}"
    return member


def test_a_description_of_gigabytes_is_refused_unread(channel):
    member = tarfile.TarInfo(DESCRIPTION)
    member.size = 1 << 30
    (channel / "model.tar").write_bytes(member.tobuf() + bytes(1 << 20))
    with pytest.raises(DataError, match=r"model\.json has 1073741824 bytes"):
        read_model_channel(channel)


def test_a_channel_without_or_with_several_archives_is_refused(channel):
    with pytest.raises(DataError, match=r"has 0 archives and no model\.json: give it one model\.tar\.gz"):
        read_model_channel(channel)
    for name in ("a.tar.gz", "b.tar"):
        (channel / name).touch()
    with pytest.raises(DataError, match=r"has 2 archives and no model\.json: give it one model\.tar\.gz"):
        read_model_channel(channel)
