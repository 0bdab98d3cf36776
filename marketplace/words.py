"""What is said of one algorithm alone: its `words.md`, heading by heading."""

from marketplace.fields import sections
from marketplace.folder import FOLDER


def words(name: str) -> dict[str, str]:
    """Of the algorithm called `name`. Facts, which begin with `$`, are not filled in."""
    return sections((FOLDER / name / "words.md").read_text())
