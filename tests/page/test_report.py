"""The report of a training, opened from disk."""

import csv

import pytest

from tests.commands.command import run
from tests.page.drawn import blank_charts, rows, violations, wait, whole

NAMES = ("cnn-kmeans", "lstm-ad")
MEGABYTES = 3


@pytest.fixture(params=NAMES)
def report(request, jobs, page):
    """The report of each algorithm's training."""
    file = jobs[request.param].base / "output/data/report.html"
    assert file.stat().st_size < MEGABYTES * 1e6
    page.goto(file.as_uri())
    wait(page)
    return page


def test_every_chart_is_drawn(report):
    assert blank_charts(report) == []


def test_the_page_is_drawn_before_its_load_event(report):
    report.add_init_script("addEventListener('load', () => (window.atLoad = document.body.cloneNode(true)))")
    report.reload()
    assert report.evaluate("[atLoad.dataset.ready, atLoad.querySelectorAll('canvas').length > 3]") == ["true", True]
    assert not report.is_visible(".undrawn")


def test_who_cannot_run_the_script_is_told(report, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.url)
    assert "a browser of 2022 or later that may run scripts" in page.inner_text("body")
    context.close()


def test_a_checker_of_accessibility_finds_nothing(report, scheme):
    report.emulate_media(color_scheme=scheme)
    assert violations(report) == []


def test_what_was_read_and_how_it_went_is_told(report):
    text = report.inner_text("main")
    assert "training: 1 file (rows.csv)" in text
    assert "6 epochs: train_" in text


def test_the_clusters_are_those_of_the_training(jobs, page):
    folder = jobs["cnn-kmeans"].base / "output/data"
    page.goto((folder / "report.html").as_uri())
    wait(page)
    with (folder / "clusters.csv").open() as stream:
        clusters = list(csv.DictReader(stream))
    shown = rows(page, "Clusters")
    assert [(row[0], whole(row[1])) for row in shown] == [(each["label"], int(each["size"])) for each in clusters]
    assert [row[-1] for row in shown] == [f"{each['file']}, row {each['row']}" for each in clusters]


def test_classes_of_labelled_series_stand_against_the_clusters(jobs, page):
    page.goto((jobs["cnn-kmeans"].base / "output/data/report.html").as_uri())
    wait(page)
    counts = [[whole(cell) for cell in row[1:]] for row in rows(page, "Series of each class")]
    assert sum(map(sum, counts)) == 60
    assert [sum(row) for row in counts] == [30, 30]


def test_labelled_events_that_are_found_are_told(jobs, page):
    page.goto((jobs["lstm-ad"].base / "output/data/report.html").as_uri())
    wait(page)
    assert "1 of 1 labelled event in these rows is found" in page.inner_text("main")


def test_a_click_on_the_map_shows_the_series(jobs, page):
    page.goto((jobs["cnn-kmeans"].base / "output/data/report.html").as_uri())
    wait(page)
    over = page.locator("figure", has_text="principal components").locator(".u-over").first
    over.scroll_into_view_if_needed()
    over.hover(position={"x": 300, "y": 100})
    over.click(position={"x": 300, "y": 100})
    section = page.locator("section section", has_text="One series")
    assert "rows.csv, row" in section.inner_text()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_a_long_path_fits_the_page(jobs, bodies, page, tmp_path, name, width):
    file = tmp_path / ("folder" * 20) / ("file" * 25 + ".csv")
    file.parent.mkdir()
    file.write_bytes(bodies[name])
    header = ["--header"] if name == "lstm-ad" else []
    done = run("report", jobs[name].model, file, *header, "--out", tmp_path / "report.html")
    assert done.exit_code == 0, done.output
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    text = page.inner_text("main")
    assert file.name in text
    assert file.parent.name not in text
    assert all(len(section.inner_text().splitlines()) > 1 for section in page.query_selector_all("section"))


def test_where_events_are_listed_the_counting_of_rows_is_told(jobs, page):
    page.goto((jobs["lstm-ad"].base / "output/data/report.html").as_uri())
    assert "Rows are counted from 1, and a header is one." in page.inner_text("table:has-text('lowest score') caption")
