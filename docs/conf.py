"""Sphinx's settings for the site that scripts/site builds: the Markdown files as they are, in the README's order."""

import re
import shutil
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]

project, author, copyright = "seriesbox", "the authors of seriesbox", "the authors of seriesbox"
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "docs/gallery/*.md", "marketplace/README.md"]
exclude_patterns = [".*", "build", "src", "tests"]
extensions = ["myst_parser"]
myst_heading_anchors = 6  # links name headings as GitHub does
highlight_language = "text"  # of blocks that name none
smartquotes = False  # options keep their two hyphens, and messages their quotes
html_theme = "furo"
html_title = "seriesbox"
html_show_sphinx = html_copy_source = False

ITEM = re.compile(r"^- ([A-Z][\w ]*): (.*(?:\n  .*)*)", re.MULTILINE)  # such as "- Use it: [data](docs/data.md), ..."
PAGE = re.compile(r"\]\(([\w/.-]+)\.md\)")


def navigate(_: Any, page: str, text: list[str]) -> None:
    """Give the pages that list others the trees which make the navigation of the site."""
    if page == root_doc:
        text[0] += "".join(_tree(PAGE.findall(links), caption) for caption, links in ITEM.findall(text[0]))
    elif page == "docs/gallery/README":
        text[0] += _tree(PAGE.findall(text[0]))
    elif page == "marketplace/README":  # for those who publish the products: docs/publishing.md leads there
        text[0] = "---\norphan: true\n---\n" + text[0]


def _tree(pages: list[str], caption: str = "") -> str:
    captions = [f":caption: {caption}"] if caption else []
    return "\n".join(["", "```{toctree}", ":hidden:", *captions, *pages, "```", ""]) if pages else ""


def complete(app: Any, fault: Exception | None) -> None:
    """Add what HTML in the pages refers to, and the page that a folder's address shows."""
    if not fault:
        shutil.copytree(PROJECT / "docs/pictures", Path(app.outdir) / "docs/pictures", dirs_exist_ok=True)
        (Path(app.outdir) / "index.html").write_text('<meta http-equiv="refresh" content="0; url=README.html">\n')


def setup(app: Any) -> None:
    """Have Sphinx call them."""
    app.connect("source-read", navigate)
    app.connect("build-finished", complete)
