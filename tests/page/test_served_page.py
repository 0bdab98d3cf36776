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
