"""The page as its reader sees it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

INKED = """
canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let inked = 0;
    for (let place = 3; place < pixels.length; place += 4) inked += pixels[place] > 0;
    return inked;
}
"""


def wait(page: Page) -> None:
    """Wait until the page is there."""
    page.wait_for_selector("body[data-ready]")


def send(page: Page, name: str, body: bytes) -> None:
    """Choose a file, and wait until its answer is drawn or refused."""
    page.set_input_files("#file", [{"name": name, "mimeType": "text/csv", "buffer": body}])
    wait_for_answer(page)


def wait_for_answer(page: Page, seconds: int = 60) -> None:
    """Wait until the status says how the request ended."""
    page.wait_for_selector("[role=status] a[download], [role=status] [role=alert]", timeout=1000 * seconds)


def blank_charts(page: Page) -> list[str]:
    """Return the captions of the charts in which next to nothing is drawn."""
    page.wait_for_timeout(200)  # charts take their width from the page once it is laid out
    figures = page.query_selector_all("figure")
    assert figures
    inked = {figure.inner_text(): figure.query_selector("canvas").evaluate(INKED) for figure in figures}
    return [caption for caption, pixels in inked.items() if pixels < 200]


def rows(page: Page, caption: str) -> list[list[str]]:
    """Return the cells of the table with a caption that begins like this."""
    for table in page.query_selector_all("table"):
        if table.query_selector("caption").inner_text().startswith(caption):
            lines = table.query_selector_all("tbody tr")
            return [[cell.inner_text() for cell in line.query_selector_all("th, td")] for line in lines]
    raise AssertionError(f"no table {caption!r}")


def whole(text: str) -> int:
    """Return a number as the page writes it."""
    return int(text.replace(",", ""))


def violations(page: Page) -> list[tuple[str, Any]]:
    """Return what axe finds wrong for people who cannot see, or use no mouse."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    # By the developer tools, which the page's policy does not bind.
    page.evaluate(script.read_text())
    found = page.evaluate("axe.run().then(results => results.violations)")
    return [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]
