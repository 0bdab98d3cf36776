import pytest
import torch

from seriesbox.artifact import save
from seriesbox.cnn_kmeans.estimator import CNNKMeans
from seriesbox.cnn_kmeans.hyperparameters import CNNKMeansHyperparameters
from seriesbox.lstm_ad.estimator import LSTMAD
from seriesbox.lstm_ad.hyperparameters import LSTMADHyperparameters


@pytest.fixture(scope="session")
def cnn():
    torch.manual_seed(0)
    sizes = CNNKMeansHyperparameters(blocks=1, filters=4, reduced_size=4, output_size=3)
    model = CNNKMeans(sizes, columns=40).eval()
    model.centroids.normal_()  # all the same, they would put everything into one cluster
    return model


@pytest.fixture(scope="session")
def lstm():
    torch.manual_seed(0)
    return LSTMAD(LSTMADHyperparameters(context_length=20, prediction_length=5, hidden_size=4), columns=2).eval()


@pytest.fixture(scope="session")
def one_column():
    torch.manual_seed(0)
    return LSTMAD(LSTMADHyperparameters(context_length=2, prediction_length=1, hidden_size=2), columns=1).eval()


@pytest.fixture(scope="session")
def serving(make_job):
    """Serve a model, by a command of its own or with some environment variables set."""

    def serving(model, *command, **environment):
        job = make_job("serve")
        save(model, job.base / "model")
        return job.serve(*command, **environment)

    return serving


@pytest.fixture(scope="session")
def cnn_server(serving, cnn):
    with serving(cnn) as server:
        yield server


@pytest.fixture(scope="session")
def lstm_server(serving, lstm):
    with serving(lstm) as server:
        yield server


@pytest.fixture(scope="session")
def one_column_server(serving, one_column):
    with serving(one_column) as server:
        yield server
