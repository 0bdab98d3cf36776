import os
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from seriesbox.tables.csv import write_csv
from tests.job import CNN, LSTM, Job
from tests.page.drawn import wait
from tests.server import Server

CHROMIUM = os.environ["CHROMIUM"]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)


@pytest.fixture(scope="session")
def bodies(two_shapes, wave) -> dict[str, bytes]:
    """The training data: series without a header, and a recording with one."""
    return {"cnn-kmeans": write_csv(two_shapes[0].values), "lstm-ad": b"pressure,flow\n" + write_csv(wave)}


@pytest.fixture(scope="session")
def tests(two_shapes, wave) -> dict[str, bytes]:
    """The labelled data: which series are fast, and a recording with a jump in rows 401 to 410."""
    table, is_fast = two_shapes
    labels = np.zeros(len(wave))
    labels[400:410] = 1
    jumped = wave + labels[:, None] * [3, 0]
    names = b"anomaly,pressure,flow\n"
    return {
        "cnn-kmeans": write_csv(np.column_stack([is_fast, table.values])),
        "lstm-ad": names + write_csv(np.column_stack([labels, jumped])),
    }


@pytest.fixture(scope="session")
def jobs(make_job, bodies, tests) -> dict[str, Job]:
    """A finished training of each algorithm."""
    jobs = {}
    for hyperparameters in (CNN, LSTM):
        name = hyperparameters["model"]
        jobs[name] = job = make_job(name)
        job.set(hyperparameters | {"epochs": "6", "header": "present" if name == "lstm-ad" else "absent"})
        job.put("training", "rows.csv", bodies[name])
        job.put("test", "labelled.csv", tests[name])
        assert job.train().returncode == 0, job.failure.read_text()
    return jobs


@pytest.fixture(scope="session")
def servers(jobs) -> Iterator[dict[str, Server]]:
    """A server of each model."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(job.serve()) for name, job in jobs.items()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request) -> str:
    return request.param


def is_fault(message: ConsoleMessage) -> bool:
    """Return whether a line of the console is an error; a request that is refused leaves one too."""
    return message.type == "error" and "status of 4" not in message.text


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """A page whose console must stay without errors, and whose requests must stay where it came from."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, accept_downloads=True)
    page, faults, places = context.new_page(), [], set()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: is_fault(message) and faults.append(message.text))
    page.on("request", lambda request: places.add(request.url.split("/")[2]))
    yield page
    storage = page.evaluate("location.protocol === 'file:' ? 0 : localStorage.length + sessionStorage.length")
    cookies = context.cookies()
    context.close()
    assert faults == []
    assert len(places - {""}) <= 1, places  # nothing but the server; a file has no host
    assert storage == 0
    assert cookies == []


@pytest.fixture
def recording(tests) -> bytes:
    """A recording with a header and a jump."""
    lines = [line.split(b",", 1)[1] for line in tests["lstm-ad"].splitlines()]
    return b"\n".join(lines) + b"\n"


@pytest.fixture
def open_page(servers, page):
    """Open the page of a server."""

    def open_page(name):
        page.goto(f"http://127.0.0.1:{servers[name].port}/")
        wait(page)
        return page

    return open_page
