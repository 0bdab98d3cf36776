"""The house's rules: imports point down, in no circle; the shell knows no algorithm, and algorithms know no shell."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import seriesbox
from seriesbox.algorithm import ALGORITHMS

SOURCE = Path(seriesbox.__file__).parent
PROJECT = SOURCE.parents[1]
FILES = {
    ".".join(("seriesbox", *file.relative_to(SOURCE).with_suffix("").parts)): file
    for file in sorted(SOURCE.rglob("*.py"))
    if file.stem != "__init__"
}
PUBLIC = "public"  # the file of each algorithm's package that is Python's door to it, and stands above all others
# From the ground up. A room imports itself and lower floors; those on one floor do not import each other.
FLOORS = [
    {"description", "errors", "files", "host_group", "listener", "metrics", "network", "page", "threads"},
    {"codec", "extras", "model_folder", "model_tensors", "scaler", "hyperparameter_text", "tables", "distributed"},
    {"hyperparameters", "run", "shard", "shared_stack"},
    {"channel", "optimization"},
    {"answers", "schedule", "training_state"},
    {"evaluation", "gradient_step"},
    {"training"},
    {package.split(".")[1] for package, _ in ALGORITHMS.values()},
    {"protocols"},
    {"algorithm"},
    {"agreement", "artifact", "formats"},
    {"report"},
    {"fitting"},
    {"estimators"},
    {PUBLIC},
    {"sagemaker"},
    {"commands"},
]
SHELL_FLOORS = [
    {"command_line", "paths", "machine", "device", "signals"},
    {"training", "serving"},
]
SERVE = "seriesbox.commands.serving"  # the one command that the shell carries out
SHELL_WORDS = re.compile(r"sagemaker|splittype|fullyreplicated|s3://|/opt/ml|\b(aws|amazon)\b", re.IGNORECASE)


def imports(file: Path) -> set[str]:
    """Our modules that a file imports, anywhere in it, except what only type checkers import."""
    tree = ast.parse(file.read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names & FILES.keys()


def room(module: str, depth: int = 1) -> str:
    parts = module.split(".")
    return PUBLIC if depth == 1 and parts[-1] == PUBLIC else parts[depth]


def floor(name: str, floors: list[set[str]]) -> int:
    (number,) = (number for number, rooms in enumerate(floors) if name in rooms)
    return number


def test_every_room_has_its_floor():
    assert {room(module) for module in FILES} == set().union(*FLOORS)
    assert {room(module, 2) for module in FILES if room(module) == "sagemaker"} == set().union(*SHELL_FLOORS)


@pytest.mark.parametrize("module", FILES)
def test_imports_point_down(module):
    for other in imports(FILES[module]):
        depth, floors = (2, SHELL_FLOORS) if room(module) == room(other) == "sagemaker" else (1, FLOORS)
        here, there = room(module, depth), room(other, depth)
        assert here == there or floor(here, floors) > floor(there, floors), other


def test_no_files_import_each_other_in_a_circle():
    TopologicalSorter({module: imports(file) for module, file in FILES.items()}).prepare()


def test_no_module_is_named_by_a_text_that_nothing_checks():
    """Processes and SageMaker's toolkit start modules by name: only the registry's names are written as texts."""
    named = {
        (module, node.value)
        for module, file in FILES.items()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("seriesbox.")
    }
    assert named == {("seriesbox.algorithm", package) for package, _ in ALGORITHMS.values()}


def test_the_console_commands_are_there():
    commands = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["scripts"]
    for entry in commands.values():
        module, _, function = entry.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_the_shell_names_no_algorithm():
    for file in (SOURCE / "sagemaker").rglob("*.py"):
        assert not any(word in file.read_text().lower() for word in ("kmeans", "lstm", "cnn"))


@pytest.mark.parametrize("module", [module for module in FILES if room(module) != "sagemaker" and module != SERVE])
def test_nothing_beside_the_shell_knows_a_word_of_sagemaker(module):
    assert not SHELL_WORDS.search(FILES[module].read_text())


def test_serving_starts_without_the_packages_that_only_training_needs():
    program = (
        "import sys\n"
        "import seriesbox.artifact, seriesbox.sagemaker.serving.app\n"
        "from seriesbox.algorithm import ALGORITHMS, predictor_class\n"
        "for name in ALGORITHMS: predictor_class(name)\n"
        "unwanted = {'torch', 'sklearn', 'scipy', 'pandas', 'boto3', 'sagemaker_training'}\n"
        "print(*sorted(unwanted & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
