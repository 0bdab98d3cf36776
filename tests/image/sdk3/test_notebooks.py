"""The notebooks' code for version 3 of the SDK is right."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from aws import ARN, FOLDER, ROLE


@pytest.mark.parametrize(("name", "split"), [("cnn-kmeans", "Line"), ("lstm-ad", "None")])
def test_what_a_notebook_says_of_this_version_trains_transforms_and_leaves_nothing(name, split, s3, aws):
    folder = FOLDER / name
    answer, hyperparameters = (folder / each for each in ("samples/batch.csv.out", "hyperparameters.json"))
    prefix = f"seriesbox-notebook-{name}"
    s3.upload_file(str(answer), f"{prefix}/answers/batch.csv.out")  # which no job of this AWS writes

    subscribed = f"algorithm_arn, role = {(algorithm := f'{ARN}:algorithm/{name}')!r}, {ROLE!r}"
    *steps, clean_up = blocks(folder / "notebook.ipynb")
    program = "\n".join([subscribed, *steps, "print(session.list_s3_files(bucket, prefix))", clean_up])
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, stdout=subprocess.PIPE, check=True, text=True)

    assert answer.read_text() in done.stdout
    inputs = [f"{prefix}/{channel}/{channel}.csv" for channel in ("batch", "training", "validation")]
    assert done.stdout.splitlines()[-1] == str([f"{prefix}/answers/batch.csv.out", *inputs])
    training, transform = (aws.asked[f"Create{kind}Job"] for kind in ("Training", "Transform"))
    assert training["AlgorithmSpecification"]["AlgorithmName"] == algorithm
    assert training["HyperParameters"] == json.loads(hyperparameters.read_text())
    assert transform["TransformInput"]["SplitType"] == split

    assert not list(s3.objects.all())
    created, deleted = (
        {each.removeprefix(verb) for each in aws.asked if each.startswith(verb)} for verb in ("Create", "Delete")
    )
    assert created - deleted == {"TrainingJob", "TransformJob"}
    for kind in deleted:
        assert aws.asked[f"Delete{kind}"][f"{kind}Name"] == aws.asked[f"Create{kind}"][f"{kind}Name"]


def blocks(notebook: Path) -> list[str]:
    """Return a notebook's code for this version, except what subscribing provides."""
    cells = json.loads(notebook.read_text())["cells"]
    said = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    _, *blocks = re.findall(r"```python\n(.*?)```", said, flags=re.DOTALL)
    return blocks
