"""The code of the pages on Python and the shell, of the reference of the API and of the gallery, as it is typed."""

import os
import re
import socket
import subprocess
from pathlib import Path

import numpy as np
import pytest

from scripts import api
from seriesbox.tables.csv import write_csv
from tests.job import COMMANDS

DOCS = Path(__file__).parents[1] / "docs"
# What the program of each page shows, beside what it asserts itself. Serving and training take longest.
SHOWN = {
    "api.md": "event.start == 400",
    "gallery/cluster-heartbeats.md": "model.labels_.tolist() == kinds.tolist()",
    "gallery/find-the-abnormal-beat.md": "min(events, key=lambda event: event.score).start < peaks[60] < event.stop",
    "gallery/choose-a-threshold.md": "wary.threshold_ > balanced.threshold_ and loose.threshold_ > strict.threshold_",
    "gallery/several-variables.md": "agreement(both.labels_) == 1 > agreement(alone.labels_)",
    "gallery/laptop-to-sagemaker.md": "server.returncode == 0",
}
SLOW = "gallery/laptop-to-sagemaker.md"


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    return [code for each, code in found if each == language]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_examples_in_python_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec("\n".join(blocks("python.md", "python")), names)
    np.testing.assert_array_equal(names["label"], names["clusters"].labels_)
    np.testing.assert_allclose(names["score"][0], names["detector"].score_samples(names["recording"])[50:60], rtol=1e-3)
    assert "2000 20" in capsys.readouterr().out  # the event


def test_the_examples_in_a_shell_work(tmp_path, two_shapes):
    (tmp_path / "beats.csv").write_bytes(write_csv(two_shapes[0].values))
    commands, completion = blocks("command-line.md", "bash")
    environment = os.environ | {"PATH": f"{COMMANDS}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    command = ["bash", "-c", f"set -e\n{completion}{commands}"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "epoch: 5 train_loss: " in done.stdout
    assert "\nlabel,feature_1," in done.stdout
    assert "\nmodel: cnn-kmeans\n" in done.stdout
    assert len((tmp_path / "answer.csv").read_text().splitlines()) == 60


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("page", [pytest.param(page, marks=pytest.mark.slow if page == SLOW else ()) for page in SHOWN])
def test_the_program_of_a_page_shows_what_the_page_says(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{COMMANDS}:{os.environ['PATH']}")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    names = {}
    exec("\n".join(blocks(page, "python")).replace("8080", port), names)
    assert eval(SHOWN[page], names)
    printed = capsys.readouterr().out
    for shown in blocks(page, "") if page.startswith("gallery/") else []:
        assert shown in printed


def test_every_page_of_the_gallery_is_run():
    pages = {str(page.relative_to(DOCS)) for page in DOCS.glob("gallery/*.md")}
    assert pages - {"gallery/README.md"} == {page for page in SHOWN if page.startswith("gallery/")}


def test_every_public_name_is_documented_and_used_in_an_example():
    page, code = (DOCS / "api.md").read_text(), "\n".join(blocks("api.md", "python"))
    for kind in (*api.classes().values(), *api.SHARED):
        assert api.members(kind)
        for name in api.members(kind):
            assert re.search(rf"^### ([A-Z]\w+\.)?{name}$", page, re.MULTILINE), name
        for name in api.attributes(kind):
            assert f"`{name}`" in page
        for name in (*api.members(kind), *api.attributes(kind)):
            assert re.search(rf"\.{name}\b", code), name
