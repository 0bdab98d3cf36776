"""The text of each product's page, field by field, as the seller pastes it into AWS Marketplace.

`page.template.md` is what both pages say, `NAME/words.md` what is said of one algorithm alone. A name that begins with
`$` is one of the facts or, in the template, a heading of `words.md`.

`.venv/bin/python -m marketplace.page` renews both pages and the EULA.
"""

from pathlib import Path
from string import Template

from marketplace import eula
from marketplace.facts import facts
from marketplace.folder import FOLDER
from marketplace.words import words
from seriesbox.algorithm import ALGORITHMS

TEMPLATE = FOLDER / "page.template.md"
REPOSITORY = "https://github.com/OWNER/seriesbox"  # where buyers find code, notebooks and samples; nobody's


def document(name: str) -> Path:
    """Where a page is kept."""
    return FOLDER / name / "page.md"


def placeholder(heading: str) -> str:
    """What stands in the template for the words under a heading."""
    return heading.lower().replace(" ", "_")


def page(name: str) -> str:
    """The page of the algorithm called `name`."""
    known = facts(name, REPOSITORY)
    said = {placeholder(heading): Template(text).substitute(known) for heading, text in words(name).items()}
    return Template(TEMPLATE.read_text()).substitute(known, **said)


if __name__ == "__main__":
    for name in ALGORITHMS:
        document(name).write_text(page(name))
    eula.EULA.write_text(eula.text())
