"""The text of each product's page, field by field, as the seller pastes it into AWS Marketplace.

`page.template.md` is what both pages say, `NAME/words.md` what is said of one algorithm alone. What begins with `$` in
them is a heading of `words.md`, or one of the facts.

`.venv/bin/python -m listing.page` renews both pages and the EULA.
"""

from pathlib import Path
from string import Template

from listing import eula
from listing.facts import facts
from listing.fields import sections
from listing.profile import FOLDER
from seriesbox.algorithm import ALGORITHMS

TEMPLATE = FOLDER / "page.template.md"
REPOSITORY = "https://github.com/OWNER/seriesbox"  # where buyers find code, notebooks and samples; nobody's


def document(name: str) -> Path:
    """Where a page is kept."""
    return FOLDER / name / "page.md"


def page(name: str) -> str:
    """The page of the algorithm called `name`."""
    known = facts(name, REPOSITORY)
    words = {
        heading.lower().replace(" ", "_"): Template(said).substitute(known)
        for heading, said in sections((FOLDER / name / "words.md").read_text()).items()
    }
    return Template(TEMPLATE.read_text()).substitute(known, **words)


if __name__ == "__main__":
    for name in ALGORITHMS:
        document(name).write_text(page(name))
    eula.EULA.write_text(eula.text())
