"""Scored rows on the page of a real server."""

import re

import numpy as np
import pytest

from tests.page.drawn import blank_charts, rows, send, wait_for_answer, whole

VERBOSE = "text/csv; header=present; verbose=true"


def scores_of(server, body: bytes) -> np.ndarray:
    """Return the scores of a recording with a header, asked for without the page."""
    return server.post(body, "text/csv; header=present").values[:, 0]


def test_events_are_those_of_the_answer(open_page, servers, recording):
    page = open_page("lstm-ad")
    send(page, "rows.csv", recording)
    answer = servers["lstm-ad"].post(recording, "text/csv; header=present", "text/csv; verbose=true").values
    anomalies, events = int(np.nansum(answer[:, 3])), int(np.nanmax(answer[:, 4]))
    assert re.match(rf"{anomalies} rows? of .* in {events} event", page.inner_text(".summary"))


def test_the_slider_moves_the_threshold(open_page, servers, recording):
    page = open_page("lstm-ad")
    send(page, "rows.csv", recording)
    scores = scores_of(servers["lstm-ad"], recording)
    for place in (100, 500, 900):
        page.locator("#threshold-slider").fill(str(place))
        threshold = float(page.locator("[aria-label=Threshold]").input_value())
        shown = whole(re.match(r"([\d,]+) rows? of", page.inner_text(".summary"))[1])
        assert abs(shown - np.sum(scores < threshold)) <= 1  # the field is rounded


def test_a_click_on_an_event_shows_its_rows(open_page, recording):
    page = open_page("lstm-ad")
    send(page, "rows.csv", recording)
    first = page.evaluate("document.querySelector('.timeline').seen()")
    page.click("table button >> nth=0")
    event = rows(page, "Events")[0][0]
    assert event in [row[0] for row in rows(page, "The rows of the event")]
    seen = page.evaluate("document.querySelector('.timeline').seen()")
    assert seen[1] - seen[0] < first[1] - first[0]
    assert 400 < int(event.removeprefix("row ")) < 413  # the jump, after the header


def test_keys_zoom_and_move(open_page, recording):
    page = open_page("lstm-ad")
    send(page, "rows.csv", recording)
    width = "(([first, last]) => last - first)(document.querySelector('.timeline').seen())"
    page.focus(".timeline")
    all_rows = page.evaluate(width)
    page.keyboard.press("+")
    assert page.evaluate(width) == all_rows / 2
    page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    page.keyboard.press("Home")
    assert page.evaluate(width) == all_rows


def test_the_answer_can_be_downloaded_as_the_server_gave_it(open_page, servers, recording):
    page = open_page("lstm-ad")
    send(page, "rows.csv", recording)
    with page.expect_download() as download:
        page.click("text=Download the answer")
    given = servers["lstm-ad"].post(recording, "text/csv; header=present; ids=0", VERBOSE)
    assert download.value.path().read_bytes() == given.body
    assert download.value.suggested_filename == "answer-rows.csv"


def test_ids_come_back_beside_their_rows(open_page, recording):
    page = open_page("lstm-ad")
    head, *lines = recording.splitlines()
    with_ids = [b"time," + head, *(b'"a, %d",' % number + line for number, line in enumerate(lines))]
    page.click("summary:has-text('Ids')")
    page.fill("#ids", "1")
    send(page, "rows.csv", b"\n".join(with_ids))
    page.click("table button >> nth=0")
    assert re.fullmatch(r"a, \d+", rows(page, "The rows of the event")[0][1])


def test_a_million_rows_are_drawn(open_page, servers, wave):
    page = open_page("lstm-ad")
    body = b"pressure,flow\n" + b"\n".join(b"%.3f,%.2f" % tuple(row) for row in np.tile(wave, (834, 1))[:1_000_000])
    page.set_input_files("#file", [{"name": "million.csv", "mimeType": "text/csv", "buffer": body}])
    wait_for_answer(page, 250)
    print(page.inner_text("[role=status]"))
    assert "1,000,000 rows answered" in page.inner_text("[role=status]")
    assert blank_charts(page) == []
    page.focus(".timeline")
    page.keyboard.press("+")
    assert blank_charts(page) == []


def test_columns_in_another_order_are_matched_by_their_names(open_page, recording):
    page = open_page("lstm-ad")
    swapped = [b",".join(line.split(b",")[::-1]) for line in recording.splitlines()]
    send(page, "swapped.csv", b"\n".join(swapped))
    page.click("table button >> nth=0")
    head = [cell.inner_text() for cell in page.query_selector_all("table:has-text('The rows of the event') thead th")]
    row, _, _, pressure, *_ = rows(page, "The rows of the event")[0]
    assert head[3] == "pressure"
    number = int(row.removeprefix("row ")) - 1
    assert float(pressure) == pytest.approx(float(recording.splitlines()[number].split(b",")[0]), rel=1e-3)


def test_a_column_that_ends_early_is_drawn_as_far_as_it_goes(open_page, wave):
    page = open_page("lstm-ad")
    rows_of = [b"%g,%g" % tuple(row) if number < 21 else b"%g," % row[0] for number, row in enumerate(wave[:36])]
    send(page, "short.csv", b"\n".join([b"pressure,flow", *rows_of]))
    assert blank_charts(page) == []
    assert rows(page, "Errors of the forecast")[1][0] == "flow"
