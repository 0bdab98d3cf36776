"""Rules of style that the formatter does not check."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
FOLDERS = ("benchmarks", "demo", "marketplace", "scripts", "src", "stress", "tests")
MAX_LINES = 150  # two screens
MAX_WIDTH = 120


def test_no_file_is_longer_than_two_screens():
    files = {str(file.relative_to(PROJECT)): file for folder in FOLDERS for file in (PROJECT / folder).rglob("*.py")}
    lines = {name: len(file.read_text().splitlines()) for name, file in files.items()}
    assert lines
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_scripts_and_styles_of_the_page_keep_to_the_same_sizes():
    files = [file for kind in ("js", "css", "html") for file in (PROJECT / "src/seriesbox/page").glob(f"*.{kind}")]
    assert files
    for file in files:
        lines = file.read_text().splitlines()
        assert len(lines) <= MAX_LINES, file.name
        assert max(map(len, lines)) <= MAX_WIDTH, file.name
