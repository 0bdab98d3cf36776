"""Rules of style that the formatter does not check."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
FOLDERS = ("benchmarks", "demo", "marketplace", "scripts", "src", "stress", "tests")
MAX_LINES = 150  # two screens


def test_no_file_is_longer_than_two_screens():
    files = {str(file.relative_to(PROJECT)): file for folder in FOLDERS for file in (PROJECT / folder).rglob("*.py")}
    lines = {name: len(file.read_text().splitlines()) for name, file in files.items()}
    assert lines
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}
