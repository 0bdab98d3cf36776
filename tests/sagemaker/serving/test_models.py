from contextlib import suppress
from dataclasses import replace

import pytest
import torch

from seriesbox.artifact import save
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters
from seriesbox.sagemaker.machine import resident_memory
from seriesbox.sagemaker.serving.models import MIN_FREE, LoadedModel, Models, NoMemoryError
from seriesbox.sagemaker.serving.settings import ServerSettings


def test_a_model_that_does_not_fit_beside_what_is_in_use_is_refused(one_column, tmp_path):
    save(one_column, tmp_path)
    scarce = Models(ServerSettings.read(), budget=resident_memory() + MIN_FREE - 1)
    with pytest.raises(NoMemoryError, match=r"The model 'a' needs \d+ MB, .*: unload another one"):
        scarce.load("a", str(tmp_path))
    assert scarce.all() == []
    ample = Models(ServerSettings.read(), budget=2 * resident_memory() + 2 * MIN_FREE)
    ample.load("a", str(tmp_path))
    assert [loaded.name for loaded in ample.all()] == ["a"]


def test_the_memory_of_an_unloaded_model_is_free_for_others(tmp_path):
    large = LSTMAD(LSTMADHyperparameters(hidden_size=1000), 1).eval()  # some 50 MB
    save(large, tmp_path)
    models = Models(ServerSettings.read(), budget=resident_memory() + MIN_FREE + 300_000_000)
    names: list[str] = []
    with suppress(NoMemoryError):
        for number in range(20):
            models.load(f"model-{number}", str(tmp_path))
            names.append(f"model-{number}")
    assert 0 < len(names) < 20
    for name in names:
        models.unload(name)
    models.load("another", str(tmp_path))


def test_a_model_goes_to_a_gpu_only_if_torch_can_use_it(one_column, tmp_path):
    save(one_column, tmp_path)
    driver_alone = replace(ServerSettings.read(), gpu=True)
    loaded = LoadedModel.of("a", str(tmp_path), driver_alone)
    assert type(loaded.predictor.network).__name__ == ("TorchNetwork" if torch.cuda.is_available() else "Session")
