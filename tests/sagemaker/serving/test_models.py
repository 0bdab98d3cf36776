import pytest

from seriesbox.artifact import save
from seriesbox.sagemaker.machine import resident
from seriesbox.sagemaker.serving.models import LEAST_FREE, Models, NoMemoryError
from seriesbox.sagemaker.serving.settings import Settings


def test_a_model_that_does_not_fit_beside_what_is_in_use_is_refused(one_column, tmp_path):
    save(one_column, tmp_path)
    scarce = Models(Settings.read(), budget=resident() + LEAST_FREE - 1)
    with pytest.raises(NoMemoryError, match=r"The model 'a' needs \d+ MB, .*: unload another one"):
        scarce.load("a", str(tmp_path))
    assert scarce.all() == []
    ample = Models(Settings.read(), budget=2 * resident() + 2 * LEAST_FREE)
    ample.load("a", str(tmp_path))
    assert [loaded.name for loaded in ample.all()] == ["a"]
