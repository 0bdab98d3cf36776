"""The behaviour that all estimators have in common."""

import logging
import os
import pickle
import re
import signal
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import seriesbox
from seriesbox import LSTMAD, CNNKMeans
from seriesbox.algorithm import ALGORITHMS, predictor_class
from seriesbox.errors import ArtifactError
from seriesbox.estimators.progress import logger
from tests.estimators.conftest import CLUSTERER, DETECTOR

WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, *_):
        if name in ("torch", "sklearn", "scipy"):
            raise ImportError(name)

sys.meta_path.insert(0, Missing())
import seriesbox
print(sorted({"numpy", "seriesbox.errors"} & sys.modules.keys()))
model = seriesbox.load(sys.argv[1])
print(len(model.predict([[0.0, 1.0] * 20] * 3)), model)
try:
    seriesbox.CNNKMeans().predict([[1.0, 2.0]])
except (ValueError, AttributeError) as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("name", ALGORITHMS)
def test_parameters_are_those_of_the_declaration(name):
    kind = getattr(seriesbox, ALGORITHMS[name][1])
    declared = {each.name.replace("-", "_"): each for each in predictor_class(name).Hyperparameters.declarations()}
    texts = {"verbose", "header", "id_columns"}
    assert kind().get_params() == {name: each.default for name, each in declared.items() if name not in texts}
    assert all(f"{each.description} {each.range}." in kind.__doc__ for each in declared.values() if each.name == "lr")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(TypeError, match=r"CNNKMeans has no parameter 'cluster': did you mean 'clusters'\?"):
        CNNKMeans(cluster=3)
    with pytest.raises(ValueError, match="Invalid parameter 'cluster' for estimator CNNKMeans"):
        CNNKMeans().set_params(cluster=3)


def test_a_clone_is_not_fitted(clusters):
    copy = clone(clusters)
    assert repr(copy) == repr(clusters)
    with pytest.raises(NotFittedError, match="CNNKMeans is not fitted yet: call `fit` first, or load a model"):
        copy.predict([[1.0, 2.0]])


def test_a_saved_model_is_loaded_as_what_it_was(clusters, detector, two_shapes, wave, tmp_path):
    for model, x in ((clusters, two_shapes[0].values), (detector, wave)):
        model.save(tmp_path)
        for same in (seriesbox.load(tmp_path), pickle.loads(pickle.dumps(model))):
            assert (type(same), same.get_params()) == (type(model), model.get_params())
            np.testing.assert_array_equal(same.predict(x), model.predict(x))
    assert not hasattr(seriesbox.load(tmp_path), "history_")


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(ArtifactError, match="holds no model"):
        seriesbox.load(tmp_path)


def test_predicting_needs_neither_torch_nor_scikit_learn(clusters, tmp_path):
    clusters.save(tmp_path)
    command = [sys.executable, "-c", WITHOUT, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", f"3 {clusters!r}", "NotFittedError"]


def test_the_package_knows_its_names():
    assert {"CNNKMeans", "LSTMAD", "load"} <= set(dir(seriesbox))
    assert seriesbox.__version__ == version("seriesbox")
    with pytest.raises(AttributeError, match="seriesbox has no KMeans: it has CNNKMeans, LSTMAD, load"):
        _ = seriesbox.KMeans


def test_a_fit_leaves_the_generators_of_torch_alone(two_shapes):
    before = torch.get_rng_state()
    CNNKMeans(**CLUSTERER | {"epochs": 1}).fit(two_shapes[0].values)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_terminal_sees_a_bar(tmp_path):
    terminal, other = os.openpty()
    program = (
        "import numpy as np; from seriesbox import LSTMAD\n"
        "LSTMAD(context_length=5, prediction_length=1, epochs=2).fit(np.random.default_rng(0).normal(size=(200, 2)))"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], stderr=other, check=True)
    seen = os.read(terminal, 10_000).decode()
    os.close(terminal)
    os.close(other)
    assert re.match(r"\r\x1b\[K\[ *=* *\] +\d+%", seen)
    assert seen.endswith("\r\x1b[K")


@pytest.fixture
def foreground():
    """A process that hears Ctrl-C, as those in the background do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("foreground")
def test_ctrl_c_ends_a_fit_with_what_it_has(wave, caplog):
    class Pressing(logging.Handler):
        def emit(self, record):
            if record.getMessage().startswith("epoch: 2 "):
                signal.raise_signal(signal.SIGINT)

    handler, pressing = signal.getsignal(signal.SIGINT), Pressing()
    logger.addHandler(pressing)
    with caplog.at_level(logging.INFO, "seriesbox"):
        model = LSTMAD(**DETECTOR | {"epochs": 100_000}).fit(wave)
    logger.removeHandler(pressing)
    assert len(model.history_) == 2
    assert np.isfinite(model.threshold_)
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.usefixtures("foreground")
def test_ctrl_c_before_the_first_step_is_an_interrupt(wave):
    class Pressing:
        def __array__(self, dtype=None, copy=None):
            signal.raise_signal(signal.SIGINT)
            return wave

    with pytest.raises(KeyboardInterrupt):
        LSTMAD(**DETECTOR).fit(Pressing())
