"""The page of a server, as it is sent. What a browser makes of it: tests/page."""

import base64
import hashlib
import json
import re

import pytest

from seriesbox.page.document import Document


def data_of(page: bytes):
    """Return the data inside a page."""
    return json.loads(re.search(rb'<script type="application/json" id="data">(.*?)</script>', page)[1])


def test_the_page_knows_the_model(lstm_server):
    (model,) = data_of(lstm_server.get("/").body)["models"]
    assert model["path"] == "invocations"  # relative: a proxy may have a prefix
    assert model["algorithm"] == "lstm-ad"
    assert model["verbose"]
    assert model["hyperparameters"]["context-length"] == 20


def test_only_the_scripts_and_styles_of_the_page_may_be_used(cnn_server):
    answer = cnn_server.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        content = answer.body.decode().split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_no_data_end_the_element_that_they_are_in():
    data = {"file": "</script><script>alert(1)</script>.csv"}
    assert data_of(Document.of("a page", data).content) == data


def test_the_page_names_no_other_place(cnn_server):
    page = re.sub(rb"https://github.com/leeoniya/uPlot", b"", cnn_server.get("/").body)
    assert set(re.findall(rb"https?://[\w.:]+", page)) <= {b"http://localhost:8080"}  # how to ask, in words


@pytest.mark.parametrize("environment", [{"SERIESBOX_PAGE": "false"}, {"SAGEMAKER_BATCH": "true"}, {"AWS_REGION": "x"}])
def test_there_is_no_page_on_sagemaker_or_if_none_is_wanted(serving, cnn, environment):
    with serving(cnn, **environment) as server:
        assert server.get("/").status == 404
        assert server.lines("page") == []


def test_the_log_says_where_to_look(cnn_server):
    (line,) = cnn_server.lines("page", at_least=1)
    assert f"http://localhost:{cnn_server.port}/" in line["message"]


def test_the_page_can_be_turned_on_on_sagemaker(serving, cnn):
    with serving(cnn, AWS_REGION="x", SERIESBOX_PAGE="true") as server:
        assert server.get("/").content_type == "text/html; charset=utf-8"
