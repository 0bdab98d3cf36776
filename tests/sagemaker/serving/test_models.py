from dataclasses import replace

import pytest
import torch

from seriesbox.artifact import save
from seriesbox.errors import ArtifactError
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.machine import resident_memory
from seriesbox.sagemaker.serving.memory import MIN_FREE, Memory, NoMemoryError
from seriesbox.sagemaker.serving.models import FILE_SIZES, RUNTIME, LoadedModel, Models
from seriesbox.sagemaker.serving.settings import ServerSettings


def test_a_model_that_does_not_fit_beside_others_is_refused(one_column, tmp_path):
    save(one_column, tmp_path)
    scarce = Models(ServerSettings.read(), Memory(MIN_FREE + RUNTIME))
    with pytest.raises(NoMemoryError, match=r"The model 'a' needs .* MB, and .* MB are free: unload another one"):
        scarce.load("a", str(tmp_path))
    assert scarce.all() == []
    ample = Models(ServerSettings.read(), Memory(2 * MIN_FREE))
    ample.load("a", str(tmp_path))
    assert [loaded.name for loaded in ample.all()] == ["a"]


def test_the_memory_of_a_model_is_free_for_others_once_it_is_unloaded_or_cannot_be_loaded(one_column, tmp_path):
    save(one_column, tmp_path)
    models = Models(ServerSettings.read(), Memory(MIN_FREE + 2 * RUNTIME))
    (tmp_path / "model.json").rename(tmp_path / "kept")
    with pytest.raises(ArtifactError):
        models.load("broken", str(tmp_path))
    (tmp_path / "kept").rename(tmp_path / "model.json")
    models.load("a", str(tmp_path))
    with pytest.raises(NoMemoryError):
        models.load("b", str(tmp_path))
    models.unload("a")
    models.load("b", str(tmp_path))


def test_a_model_takes_no_more_memory_than_it_reserves(tmp_path):
    large = LSTMAD(LSTMADHyperparameters(hidden_size=1000), 1).eval()  # some 50 MB
    save(large, tmp_path)
    models = Models(ServerSettings.read(), Memory(1 << 40))
    models.load("first", str(tmp_path))
    before = resident_memory()
    models.load("second", str(tmp_path))
    assert resident_memory() - before <= FILE_SIZES * (tmp_path / "model.safetensors").stat().st_size + RUNTIME


def test_a_model_goes_to_a_gpu_only_if_torch_can_use_it(one_column, tmp_path):
    save(one_column, tmp_path)
    driver_alone = replace(ServerSettings.read(), gpu=True)
    loaded = LoadedModel.of("a", str(tmp_path), driver_alone)
    assert type(loaded.predictor.network).__name__ == ("TorchNetwork" if torch.cuda.is_available() else "Session")
