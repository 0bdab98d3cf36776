"""Imports point down: the shell knows the algorithms' protocol, the algorithms know nothing of the shell."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seriesbox

SOURCE = Path(seriesbox.__file__).parent
SHARED = {"errors", "group", "hyperparameters", "layers", "network", "onnx", "tables", "training"}
ALLOWED = {
    "errors": set(),
    "files": set(),
    "metrics": set(),
    "hyperparameters": {"errors"},
    "network": set(),
    "group": {"errors"},
    "onnx": {"onnx"},
    "tables": {"errors", "tables"},
    "training": {"errors", "group", "hyperparameters"},
    "layers": set(),
    "cnn_kmeans": SHARED | {"cnn_kmeans"},
    "lstm_ad": SHARED | {"lstm_ad"},
    "algorithm": {"errors", "group", "hyperparameters", "network", "tables", "training"},
    "artifact": {"algorithm", "errors", "files", "hyperparameters", "network", "onnx"},
    "agreement": {"algorithm", "layers", "network", "onnx", "tables"},
    "sagemaker": {
        "agreement",
        "algorithm",
        "artifact",
        "errors",
        "files",
        "group",
        "hyperparameters",
        "metrics",
        "tables",
        "training",
        "sagemaker",
    },
}


def imported(file: Path) -> set[str]:
    modules = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
    return {module.split(".")[1] for module in modules if module.startswith("seriesbox.")}


def test_the_sagemaker_shell_names_no_algorithm():
    for file in (SOURCE / "sagemaker").rglob("*.py"):
        assert not any(word in file.read_text().lower() for word in ("kmeans", "lstm", "cnn"))


@pytest.mark.parametrize(
    "file", [f for f in SOURCE.rglob("*.py") if f.parent != SOURCE or f.stem != "__init__"], ids=str
)
def test_imports_point_down(file):
    room = file.relative_to(SOURCE).parts[0].removesuffix(".py")
    assert imported(file) <= ALLOWED[room]


def test_serving_starts_without_the_packages_that_only_training_needs():
    program = (
        "import sys\n"
        "import seriesbox.artifact, seriesbox.sagemaker.serving.app\n"
        "from seriesbox.algorithm import ALGORITHMS, predictor\n"
        "for name in ALGORITHMS: predictor(name)\n"
        "unwanted = {'torch', 'sklearn', 'scipy', 'pandas', 'boto3', 'sagemaker_training'}\n"
        "print(*sorted(unwanted & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
