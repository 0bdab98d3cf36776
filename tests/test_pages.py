"""The code of docs/python.md and docs/command-line.md, as it is typed."""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from seriesbox.tables.csv import write_csv
from tests.job import COMMANDS

DOCS = Path(__file__).parents[1] / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


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
    assert "\nalgorithm: cnn-kmeans\n" in done.stdout
    assert len((tmp_path / "answer.csv").read_text().splitlines()) == 60
