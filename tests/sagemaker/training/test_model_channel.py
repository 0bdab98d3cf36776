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
from seriesbox.tables.csv import write_csv

LSTM = {"context-length": "20", "prediction-length": "5", "epochs": "1"}


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=3), 2).eval()


@pytest.fixture
def channel(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    return folder


def packed(folder, archive, change=lambda member: member):
    """A tar of the files in a folder, as SageMaker makes it, with every member changed."""
    with tarfile.open(archive, "w:gz") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, file.name, filter=change)


def test_an_archive_and_its_contents_are_the_same_model(model, channel, tmp_path):
    save(model, tmp_path / "saved")
    packed(tmp_path / "saved", channel / "model.tar.gz")
    tensors = load(tmp_path / "saved").tensors
    for earlier in (read_model_channel(channel), read_model_channel(tmp_path / "saved")):
        assert earlier.hyperparameters == model.hyperparameters
        assert all((earlier.tensors[name] == tensor).all() for name, tensor in tensors.items())
    assert read_model_channel(tmp_path / "no such channel") is None


def renamed(name):
    def change(member):
        member.name = name + member.name
        return member

    return change


def linked(member):
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (renamed("../"), "holds no model: model.json is missing"),
        (renamed("/"), "holds no model: model.json is missing"),
        (linked, "model.json is not a file"),
    ],
)
def test_no_path_leads_out_of_an_archive_and_no_link_is_followed(model, channel, tmp_path, change, reason):
    save(model, tmp_path / "saved")
    packed(tmp_path / "saved", channel / "model.tar.gz", change)
    with pytest.raises(DataError, match=reason):
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


HEADERS = {
    "a name": lambda size: tarfile.TarInfo._create_header(
        {"name": "././@LongLink", "type": tarfile.GNUTYPE_LONGNAME, "size": size}, tarfile.GNU_FORMAT, "utf-8", "strict"
    ),
    "attributes": lambda size: tarfile.TarInfo._create_header(
        {"name": "x", "type": tarfile.XHDTYPE, "size": size}, tarfile.USTAR_FORMAT, "utf-8", "strict"
    ),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_no_header_is_taken_into_memory(model, channel, tmp_path, header):
    """A megabyte of archive, a gigabyte of header."""
    save(model, tmp_path / "saved")
    packed(tmp_path / "saved", tmp_path / "model.tar.gz")
    size = 2**30
    with gzip.open(channel / "model.tar.gz", "wb", compresslevel=1) as archive:
        archive.write(header(size))
        for _ in range(2**10):
            archive.write(b"x" * 2**20)
        archive.write(gzip.decompress((tmp_path / "model.tar.gz").read_bytes()))
    program = (
        "import sys, pathlib, resource\n"
        "from seriesbox.sagemaker.training.model_channel import read_model_channel\n"
        "import seriesbox.algorithm; seriesbox.algorithm.predictor_class('lstm-ad')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(read_model_channel(pathlib.Path(sys.argv[1])).algorithm)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", program, channel], capture_output=True, text=True, check=True)
    name, kilobytes = done.stdout.split()
    assert name == "lstm-ad"
    assert int(kilobytes) < 100_000


def test_an_archive_that_is_cut_off_in_a_file_is_said_to_be(model, channel, tmp_path):
    save(model, tmp_path / "saved")
    packed(tmp_path / "saved", tmp_path / "model.tar.gz")
    body = gzip.decompress((tmp_path / "model.tar.gz").read_bytes())
    (channel / "model.tar").write_bytes(body[: body.index(b"forecaster") + 100])
    with pytest.raises(DataError, match=r"model\.tar in the `model` channel cannot be unpacked: model\.\S+ is cut off"):
        read_model_channel(channel)


@pytest.mark.parametrize("body", [b"no archive", b"\x1f\x8b\x08" + bytes(50)])
def test_what_is_no_archive_is_said_to_be_none(channel, body):
    (channel / "model.tar.gz").write_bytes(body)
    with pytest.raises(DataError, match=r"model\.tar\.gz in the `model` channel cannot be unpacked"):
        read_model_channel(channel)


def test_an_archive_of_nothing_holds_no_model(channel):
    (channel / "model.tar").touch()
    with pytest.raises(DataError, match=r"holds no model: model\.json is missing"):
        read_model_channel(channel)


def test_a_channel_without_or_with_several_archives_is_refused(channel):
    with pytest.raises(DataError, match=r"has 0 archives and no model\.json: give it one model\.tar\.gz"):
        read_model_channel(channel)


def test_a_job_goes_on_from_the_earlier_model_and_keeps_its_shape(job, model, wave):
    save(model, job.base / "saved")
    (job.base / "input" / "data" / "model").mkdir(parents=True)
    packed(job.base / "saved", job.base / "input" / "data" / "model" / "model.tar.gz")
    job.set({**LSTM, "lr": "1e-6"})
    job.put("training", "a.csv", write_csv(wave))
    done = job.run("train")
    assert done.returncode == 0, done.stderr
    assert '"hidden-size":3' in done.stdout
    before, after = model.state_dict(), load(job.base / "model").estimator().state_dict()
    assert set(after) == set(before)
    for name in ("forecaster.head.weight", "forecaster.layers.0.weight_hh_l0", "scaler.scale"):
        torch.testing.assert_close(after[name], before[name], rtol=0, atol=1e-5)
    assert not torch.equal(after["gaussian.mean"], before["gaussian.mean"])


@pytest.mark.parametrize(
    ("hyperparameters", "columns", "sentence"),
    [
        ({"hidden-size": "4", "num-layers": "1"}, 2, "`hidden-size` is 3 there, not 4, `num-layers` is 2 there, not 1"),
        ({"model": "cnn-kmeans"}, 2, "holds a model of lstm-ad, the job is cnn-kmeans's"),
        ({}, 1, "The training channel has rows of 1 cells, but the earlier model knows 2"),
    ],
)
def test_what_cannot_be_continued_is_said_in_a_sentence(job, model, wave, hyperparameters, columns, sentence):
    save(model, job.base / "input" / "data" / "model")
    job.set({"context-length": "20", "prediction-length": "5"} | hyperparameters if columns else {})
    job.put("training", "a.csv", write_csv(wave[:, :columns]))
    assert job.run("train").returncode == 1
    assert sentence in job.failure.read_text()
