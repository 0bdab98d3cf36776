import json
import os

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from seriesbox.algorithm import predict
from seriesbox.artifact import load, save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.errors import ArtifactError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.model_folder import DESCRIPTION, TENSORS
from seriesbox.tables.table import Table
from tests.archive import pack


def models():
    torch.manual_seed(0)
    yield CNNKMeans(CNNKMeansHyperparameters(blocks=1, filters=4, reduced_size=4, output_size=4), 30)
    yield LSTMAD(LSTMADHyperparameters(context_length=5, prediction_length=2, hidden_size=4), 3)


@pytest.fixture
def folder(tmp_path):
    save(next(models()), tmp_path)
    return tmp_path


@pytest.mark.parametrize("model", list(models()), ids=lambda model: type(model).__name__)
def test_a_loaded_model_predicts_as_the_saved_one(model, tmp_path):
    save(model, tmp_path / "model")
    table = Table.of(np.random.default_rng(0).normal(size=(20, model.columns)).astype(np.float32))
    loaded = load(tmp_path / "model")
    assert loaded.hyperparameters == model.hyperparameters
    expected = predict(model.eval().predictor(), table)
    np.testing.assert_array_equal(predict(loaded.estimator().predictor(), table), expected)
    np.testing.assert_allclose(predict(loaded.predictor(), table), expected, rtol=1e-4, atol=1e-5)
    assert sorted(file.name for file in (tmp_path / "model").iterdir()) == [DESCRIPTION, TENSORS]


def edit(folder, change):
    description = json.loads((folder / DESCRIPTION).read_text())
    change(description)
    (folder / DESCRIPTION).write_text(json.dumps(description))


def alter_tensor(folder, name, value):
    save_file(load_file(folder / TENSORS) | {name: value}, folder / TENSORS)


DAMAGES = {
    "no folder": (lambda f: [file.unlink() for file in f.iterdir()], "holds no model: model.json is missing"),
    "a link": (
        lambda f: ((f / TENSORS).rename(f / "elsewhere"), (f / TENSORS).symlink_to(f / "elsewhere")),
        "model.safetensors is a link, or not a file",
    ),
    "a pipe": (
        lambda f: ((f / DESCRIPTION).unlink(), os.mkfifo(f / DESCRIPTION)),
        "model.json is a link, or not a file",
    ),
    "one folder down": (
        lambda f: ((f / "model").mkdir(), [(f / name).rename(f / "model" / name) for name in (DESCRIPTION, TENSORS)]),
        "/model holds model.json: the files belong into ",
    ),
    "packed": (
        lambda f: (pack(f, f / "model.tar.gz"), [(f / name).unlink() for name in (DESCRIPTION, TENSORS)]),
        "model.json is missing, which a training writes. It holds model.tar.gz: unpack it",
    ),
    "no tensors": (lambda f: (f / TENSORS).unlink(), "holds no model: model.safetensors is missing"),
    "no json": (lambda f: (f / DESCRIPTION).write_text("{"), "cannot be read"),
    "too many columns": (lambda f: edit(f, lambda d: d.update(columns=10**20)), "columns: Input should be"),
    "gigabytes": (
        lambda f: os.truncate(f / DESCRIPTION, 8 << 30),  # of a file that takes no space
        "model.json has 8589934592 bytes, that of a model at most",
    ),
    "a name that cannot be printed": (
        lambda f: edit(f, lambda d: d["hyperparameters"].update({"\ud800": 1})),
        r"Unknown hyperparameter `\\ud800`",
    ),
    "a value that cannot be printed": (lambda f: edit(f, lambda d: d.update(model="\ud800")), r"not '\\ud800'"),
    "nested": (lambda f: (f / DESCRIPTION).write_text("[" * 200_000), "cannot be"),
    "a later format": (lambda f: edit(f, lambda d: d.update(format=2)), "cannot be read"),
    "unknown algorithm": (lambda f: edit(f, lambda d: d.update(model="svm")), "must be one of cnn-kmeans, lstm-ad"),
    "bad hyperparameter": (lambda f: edit(f, lambda d: d["hyperparameters"].update(blocks=-1)), "`blocks` must be"),
    "no clusters": (
        lambda f: edit(f, lambda d: d["hyperparameters"].update(clusters=0)),
        "`clusters` of a model must be 2 or more, not 0",
    ),
    "other sizes": (
        lambda f: edit(f, lambda d: d["hyperparameters"].update(filters=5)),
        "does not fit its description",
    ),
    "truncated tensors": (lambda f: (f / TENSORS).write_bytes((f / TENSORS).read_bytes()[:-8]), "cannot be read"),
    "a pickle": (lambda f: torch.save({"centroids": torch.zeros(8, 4)}, f / TENSORS), "cannot be read"),
    "not finite": (lambda f: alter_tensor(f, "centroids", torch.full((8, 12), torch.nan)), "centroids is not finite"),
    "no scale": (
        lambda f: alter_tensor(f, "scaler.scale", torch.zeros(1).double()),
        "damaged: scaler.scale is not positive",
    ),
    "wrong type": (lambda f: alter_tensor(f, "centroids", torch.zeros(8, 12).double()), "does not fit its description"),
    "extra tensor": (lambda f: alter_tensor(f, "surplus", torch.zeros(1)), "surplus is missing or unknown"),
}


@pytest.mark.parametrize(("damage", "message"), list(DAMAGES.values()), ids=list(DAMAGES))
def test_a_damaged_model_is_refused_with_the_reason(folder, damage, message):
    damage(folder)
    with pytest.raises(ArtifactError, match=message) as caught:
        load(folder)
    str(caught.value).encode()  # can be printed


def test_both_files_can_be_read_by_other_users(folder):
    for name in (DESCRIPTION, TENSORS):
        assert (folder / name).stat().st_mode & 0o044 == 0o044


def test_a_model_that_could_not_be_loaded_is_not_saved(folder):
    model = next(iter(models()))
    model.centroids[0, 0] = torch.inf
    with pytest.raises(ArtifactError, match="centroids is not finite"):
        save(model, folder)
    load(folder)  # the one from before is still there


def test_other_files_beside_the_model_are_ignored(folder):
    (folder / "model.tar.gz").write_bytes(b"left over")
    load(folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("gaussian.cholesky", torch.zeros_like),
        ("gaussian.cholesky", torch.neg),
    ],
)
def test_numbers_that_are_finite_but_predict_nothing_are_refused(tmp_path, name, change):
    *_, model = models()
    save(model, tmp_path)
    alter_tensor(tmp_path, name, change(model.state_dict()[name]).contiguous())
    with pytest.raises(ArtifactError, match="The model is damaged"):
        load(tmp_path).predictor()
