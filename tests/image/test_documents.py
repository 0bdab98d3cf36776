"""The documents' `docker run` lines, as they are typed."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from engine import answer_from_outside

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(("kind", "name"), [("clustering", "cnn-kmeans"), ("detection", "lstm-ad")])
def test_the_lines_of_the_readme_train_and_answer(kind, name, request, tmp_path):
    (block,) = re.findall(r"```bash\n(ml=.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
    problem = request.getfixturevalue(kind)
    problem.lay_out(tmp_path / "demo/results/synthetic" / name / "opt/ml", epochs=1)  # as the demo does
    lines = block.replace("cnn-kmeans", name)
    done = subprocess.run(["bash", "-ec", lines], cwd=tmp_path, stdout=subprocess.PIPE, check=True, timeout=120)
    *_, answer, stopped = re.split(rb"^[0-9a-f]{64}\n|^(?=seriesbox\n$)", done.stdout, flags=re.MULTILINE)
    assert stopped == b"seriesbox\n"
    replace(problem, test=problem.training).check(answer)


def test_the_lines_of_getting_started_train_and_serve(problem, tmp_path):
    train, serve = re.findall(r"^docker run .*", (PROJECT / "docs/getting-started.md").read_text(), re.MULTILINE)
    problem.lay_out(tmp_path / "ml", epochs=1)
    subprocess.run(["bash", "-c", train], cwd=tmp_path, check=True, timeout=120)
    server = subprocess.Popen(["bash", "-c", f"exec {serve}"], cwd=tmp_path)
    try:
        problem.check(answer_from_outside(8080, problem.test))
    finally:
        server.terminate()
    assert server.wait(timeout=30) == 0
