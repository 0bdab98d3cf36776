import numpy as np
import pytest

from seriesbox.algorithm import ALGORITHMS
from seriesbox.tables.csv import write_csv

SMALL = {
    "cnn-kmeans": {"clusters": "2", "blocks": "1", "filters": "4", "reduced-size": "4", "output-size": "4"},
    "lstm-ad": {"context-length": "20", "prediction-length": "4", "hidden-size": "4"},
}


@pytest.fixture(params=ALGORITHMS)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def logs(make_job) -> dict[str, str]:
    """What two real trainings of either algorithm print."""
    series = np.sin(np.random.default_rng(0).uniform(0, 6, (30, 1)) + np.arange(30) / 3)
    data = {"cnn-kmeans": series, "lstm-ad": series.reshape(-1, 1)}
    logs = {}
    for name in ALGORITHMS:
        job = make_job(name)
        job.set({"model": name, **SMALL[name], "epochs": "2"})
        for channel in ("training", "validation"):
            job.put(channel, "data.csv", write_csv(data[name].astype(np.float32)))
        done = job.run("train")
        assert done.returncode == 0, done.stdout + done.stderr
        logs[name] = done.stdout + done.stderr
    return logs
