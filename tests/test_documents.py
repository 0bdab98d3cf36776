"""The documents: what they refer to exists, and their code can be parsed."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seriesbox.algorithm import ALGORITHMS, estimator_class, predictor_class
from seriesbox.formats.content_type import FORMATS

PROJECT = Path(__file__).parents[1]
PLACES = ("*.md", "docs/*.md", "docs/gallery/*.md", "marketplace/**/*.md")
FILES = [file for place in PLACES for file in PROJECT.glob(place)]
DOCUMENTS = {str(file.relative_to(PROJECT)): file.read_text() for file in FILES if ".template" not in file.name}
LINK = re.compile(r"""(?:\]\(|src="|srcset=")(?!https?://)([^)\s"]+)[)"]""")  # in Markdown, and pictures in HTML
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The names that a forge gives to headings."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def links() -> list[tuple[str, str]]:
    """Every document and link in it, except those that lead elsewhere."""
    texts = {name: BLOCK.sub("", text) for name, text in DOCUMENTS.items()}
    return [(name, link) for name, text in texts.items() for link in LINK.findall(text)]


@pytest.mark.parametrize(("document", "link"), links())
def test_every_link_leads_somewhere(document, link):
    file, _, anchor = link.partition("#")
    target = (PROJECT / document).parent / file if file else PROJECT / document
    assert target.exists()
    if anchor:
        assert anchor in anchors(target.read_text())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_of_code_can_be_read(document):
    for language, code in BLOCK.findall(DOCUMENTS[document]):
        if language == "python":
            ast.parse(code if not code.startswith(" ") else f"{{\n{code}}}")
        elif language == "json":
            json.loads(code)
        elif language == "bash":
            subprocess.run(["bash", "-n"], input=code, text=True, check=True, capture_output=True)
        else:
            assert language in ("", "diff")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_program_that_is_named_is_there(document):
    text = DOCUMENTS[document]
    for script in re.findall(r"(?<![\w/])scripts/[\w.-]+\w", text):
        assert (PROJECT / script).exists(), script
    for package, module in re.findall(r"(?<![\w.])(benchmarks|stress|marketplace)\.(\w+)\b(?!\.md)", text):
        if module not in ("NAME", "py", "json"):
            assert list((PROJECT / package).glob(f"{module}*")), module
    for file in re.findall(r"`((?:src|tests|docs|docker|benchmarks|stress|marketplace|demo)/[\w/.-]+)`", text):
        made = document == "docs/adding-an-algorithm.md" or re.search("/results/|NAME", file)
        assert made or (PROJECT / file).exists(), file


def test_the_readme_is_short():
    lines = DOCUMENTS["README.md"].splitlines()
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 120


def test_the_pages_that_are_generated_are_up_to_date():
    check = [sys.executable, "-m", "scripts.docs", "--check"]
    done = subprocess.run(check, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for algorithm in ALGORITHMS:
        for declaration in predictor_class(algorithm).Hyperparameters.declarations():
            row = f"| `{declaration.name}` | {declaration.type} | {declaration.default} |"
            assert row in DOCUMENTS["docs/hyperparameters.md"]


def test_every_format_is_named():
    assert all(f"`{form}`" in DOCUMENTS["docs/requests.md"] for form in FORMATS)


def test_every_metric_is_explained():
    for algorithm in ALGORITHMS:
        estimator = estimator_class(algorithm)
        for metric in (*estimator.metrics, *estimator.test_metrics):
            assert f"`{metric}`" in DOCUMENTS["docs/hyperparameters.md"]
