"""A multi-model endpoint, as SageMaker speaks to it."""

import json

import pytest

from seriesbox.artifact import save
from tests.clients import CSV


class Endpoint:
    """A server of many models, and the folders of two that it can load."""

    def __init__(self, server, folders):
        self.server = server
        self.folders = folders
        self.described = [{"modelName": name, "modelUrl": str(url)} for name, url in folders.items()]

    def load(self, name, url):
        return self.server.request("POST", "/models", json.dumps({"model_name": name, "url": str(url)}).encode())

    def unload(self, name):
        return self.server.request("DELETE", f"/models/{name}")

    def invoke(self, name, body):
        return self.server.request("POST", f"/models/{name}/invoke", body, CSV)


@pytest.fixture(scope="module")
def endpoint(make_job, one_column, cnn):
    job = make_job("many")
    folders = {name: job.base / "models" / name / "model" for name in ("a", "b")}
    save(one_column, folders["a"])
    save(cnn, folders["b"])
    with job.serve(SAGEMAKER_MULTI_MODEL="true") as server:
        yield Endpoint(server, folders)


@pytest.fixture
def loaded(endpoint):
    """The same with both models loaded."""
    assert [endpoint.load(name, url).status for name, url in endpoint.folders.items()] == [200, 200]
    yield endpoint
    for name in endpoint.folders:
        endpoint.unload(name)


def test_models_are_loaded_once_listed_and_described(loaded):
    assert loaded.load("a", loaded.folders["a"]).status == 409
    assert json.loads(loaded.server.get("/models").body) == {"models": loaded.described}
    assert json.loads(loaded.server.get("/models/b").body) == loaded.described[1]


def test_each_model_answers_for_itself_and_none_without_a_name(loaded):
    assert loaded.invoke("a", b"1\n2\n3\n").values.shape == (3, 2)
    assert loaded.invoke("b", b"1,2,3\n").values.shape == (1, 4)
    assert loaded.server.post(b"1\n").status == 404


def test_a_model_that_was_unloaded_is_not_found(loaded):
    assert loaded.unload("a").status == 200
    for answer in (loaded.unload("a"), loaded.server.get("/models/a"), loaded.invoke("a", b"1\n")):
        assert answer.status == 404
        assert answer.message == "No model 'a' is loaded."


def test_a_folder_without_a_model_and_a_malformed_request_are_refused(endpoint):
    folder = endpoint.folders["a"]
    nothing = endpoint.load("c", folder.parent)
    assert nothing.status == 400
    assert f"holds no model: model.safetensors is missing, which a training writes. {folder} holds " in nothing.message
    for malformed in (b"[]", b"[" * 100_000, b'{"model_name": "\\ud800", "url": "x"}', b"x" * 70_000):
        assert endpoint.server.request("POST", "/models", malformed).status in (400, 413)
    assert endpoint.load("a/b", endpoint.folders["a"]).status == 400
    for url in ("\0", "\ud800", "x" * 5000):
        assert endpoint.load("d", url).status == 400
