"""The page of a real server."""

import json

import numpy as np
import pytest

from tests.page.drawn import blank_charts, rows, send, violations, wait, wait_for_answer, whole


@pytest.mark.parametrize("name", ["cnn-kmeans", "lstm-ad"])
def test_a_file_is_answered_and_drawn(name, open_page, bodies, scheme):
    page = open_page(name)
    page.emulate_media(color_scheme=scheme)
    send(page, "rows.csv", bodies[name])
    assert blank_charts(page) == []
    assert violations(page) == []


def test_clusters_are_those_of_the_answer(open_page, servers, bodies):
    page = open_page("cnn-kmeans")
    send(page, "rows.csv", bodies["cnn-kmeans"])
    labels = servers["cnn-kmeans"].post(bodies["cnn-kmeans"]).values[:, 0]
    assert [whole(row[1]) for row in rows(page, "Clusters")] == [np.sum(labels == label) for label in (0, 1)]


def test_a_dropped_file_is_sent(open_page, bodies):
    page = open_page("cnn-kmeans")
    data = page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'dropped.csv')); return data; }",
        bodies["cnn-kmeans"].decode(),
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": data})
    wait_for_answer(page)
    assert "dropped.csv: 60 rows answered" in page.inner_text("[role=status]")


def test_pasted_rows_are_sent(open_page, bodies):
    page = open_page("cnn-kmeans")
    page.fill("#pasted", "\n".join(bodies["cnn-kmeans"].decode().splitlines()[:7]))
    page.click("text=Send the pasted rows")
    wait_for_answer(page)
    assert "pasted.csv: 7 rows answered" in page.inner_text("[role=status]")


def test_a_fault_is_a_sentence_with_its_row_marked(open_page, bodies):
    page = open_page("cnn-kmeans")
    lines = bodies["cnn-kmeans"].splitlines()
    lines[4] = b"0.5,what,0.2"
    send(page, "rows.csv", b"\n".join(lines))
    assert "row 5, column 2 is 'what'" in page.inner_text("[role=alert]")
    assert page.inner_text("[role=alert] mark").startswith("5: 0.5,what,0.2")


def test_many_models_are_listed(jobs, servers, make_job, page):
    many = make_job("many")
    with many.serve(SAGEMAKER_MULTI_MODEL="true") as server:
        page.goto(f"http://127.0.0.1:{server.port}/")
        wait(page)
        assert "This server has no model yet" in page.inner_text("main")
        for name, job in jobs.items():
            body = json.dumps({"model_name": name, "url": str(job.model)}).encode()
            assert server.request("POST", "/models", body).status == 200
        page.reload()
        wait(page)
        page.select_option("select", "lstm-ad")
        assert "pressure, flow" in page.inner_text("main")
        page.select_option("select", "cnn-kmeans")
        send(page, "rows.csv", b"0.5,0.1,0.2\n0.2,0.9,-0.5\n")
        assert "2 rows answered" in page.inner_text("[role=status]")


def test_quoted_cells_and_carriage_returns_are_read_as_the_server_reads_them(open_page):
    page = open_page("cnn-kmeans")
    send(page, "r.csv", b'"0.5","0.25"\r\n"0.125","0.75"\r\n')
    assert "2 rows answered" in page.inner_text("[role=status]")
    page.fill("section label:has-text('by its number') input", "2")
    page.keyboard.press("Tab")
    page.click("summary:has-text('Its values')")
    assert page.inner_text(".values") == "0.125, 0.75"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(b"0.1,0.2x\n0.3,0.4\n", "row 1, column 2 is '0.2x'"), (b"0,1,2\n0.1,0.2,0.3\n", "as pandas writes it")],
)
def test_a_first_row_of_data_is_not_taken_for_names(open_page, body, sentence):
    page = open_page("cnn-kmeans")
    send(page, "rows.csv", body)
    assert sentence in page.inner_text("[role=alert]")
    assert page.inner_text("[role=alert] mark").startswith("1: ")


def test_the_answer_to_the_newest_file_is_shown(open_page, bodies):
    page = open_page("cnn-kmeans")
    lines = bodies["cnn-kmeans"].splitlines()
    page.set_input_files("#file", [{"name": "old.csv", "mimeType": "text/csv", "buffer": b"\n".join(lines * 100)}])
    page.wait_for_timeout(50)
    send(page, "new.csv", b"\n".join(lines[:8]))
    page.wait_for_timeout(3000)
    assert "new.csv: 8 rows answered" in page.inner_text("[role=status]")


def test_a_model_that_is_gone_is_told(make_job, jobs, page):
    gone = make_job("gone")
    with gone.serve(SAGEMAKER_MULTI_MODEL="true") as server:
        body = json.dumps({"model_name": "one", "url": str(jobs["cnn-kmeans"].model)}).encode()
        assert server.request("POST", "/models", body).status == 200
        page.goto(f"http://127.0.0.1:{server.port}/")
        wait(page)
        assert server.request("DELETE", "/models/one").status == 200
        send(page, "rows.csv", b"0.5,0.1,0.2\n0.2,0.9,-0.5\n")
        assert "No model 'one' is loaded" in page.inner_text("[role=alert]")


def test_old_answers_are_forgotten(open_page, bodies):
    page = open_page("cnn-kmeans")
    counts = []
    for _ in range(4):
        send(page, "rows.csv", bodies["cnn-kmeans"])
        counts.append(page.evaluate("document.querySelectorAll('canvas').length"))
    assert len(set(counts)) == 1


def test_a_narrow_page_needs_no_scrolling_sideways(open_page, bodies):
    page = open_page("cnn-kmeans")
    page.set_viewport_size({"width": 375, "height": 800})
    send(page, "rows.csv", bodies["cnn-kmeans"])
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
