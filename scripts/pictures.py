"""Take the README's pictures of the page: the demo's models asked for the demo's test data, light and dark.

scripts/demo && .venv/bin/python -m scripts.pictures
"""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from demo.cnn_kmeans import synthetic as beats
from demo.container import csv, serve
from demo.lstm_ad import synthetic as recording
from demo.problem import Problem

PROJECT = Path(__file__).resolve().parents[1]
RESULTS, PICTURES = PROJECT / "demo/results/synthetic", PROJECT / "docs/pictures"
WIDTH, HEIGHT = 1000, 620


def take(page: Page, problem: Problem, name: str, scheme: str) -> None:
    """Send the test data, and take a picture of what is drawn."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_input_files("#file", [{"name": "test.csv", "mimeType": "text/csv", "buffer": csv(problem.test)}])
    page.wait_for_selector("[role=status] a[download]")
    if page.query_selector(".timeline"):
        page.click("table button >> nth=0")  # the worst event
    page.wait_for_timeout(500)
    top = page.evaluate("document.querySelector('h2:has(~ .summary)').getBoundingClientRect().top + scrollY")
    clip = {"x": 0, "y": top - 10, "width": WIDTH, "height": HEIGHT}
    page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True, clip=clip)  # type: ignore[arg-type]


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, problem in (("cnn-kmeans", beats.generate(0)), ("lstm-ad", recording.generate(0))):
            with serve(RESULTS / name / "opt/ml", RESULTS / name / "serve.log") as url:
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                page.goto(url)
                for scheme in ("light", "dark"):
                    take(page, problem, name, scheme)
        browser.close()


if __name__ == "__main__":
    main()
