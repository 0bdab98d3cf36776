import re
import subprocess
import sys
from pathlib import Path

import pytest

from seriesbox.algorithm import ALGORITHMS, estimator_class, predictor_class

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text()


def test_the_hyperparameter_tables_are_those_of_the_declarations():
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "readme.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for algorithm in ALGORITHMS:
        for declaration in predictor_class(algorithm).Hyperparameters.declarations():
            assert f"| `{declaration.name}` | {declaration.type} | {declaration.default} |" in README


def test_every_metric_is_explained():
    for algorithm in ALGORITHMS:
        for metric in estimator_class(algorithm).metrics:
            assert f"`{metric}`" in README


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?://|#)([^)#]+)", README))
def test_every_link_into_the_project_leads_somewhere(link):
    assert (PROJECT / link).exists()
