import numpy as np
import pytest
import torch
from hypothesis import settings

from seriesbox.tables.table import Table
from tests.forked import ForkServer
from tests.job import Job

settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")

collect_ignore = ["image"]  # these need a Docker engine: scripts/test-image
LONGEST = ("test_hosts.py", "test_rendezvous.py")


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest, so that two processes end at about the same time."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def two_shapes() -> tuple[Table, np.ndarray]:
    """60 noisy oscillations of 30 or 40 steps, slow or fast, some with gaps; and which are fast."""
    random = np.random.default_rng(0)
    fast = np.arange(60) % 2 == 0
    phase = random.uniform(0, 2 * np.pi, (60, 1))
    values = np.sin(phase + np.arange(40) * np.where(fast, 1.5, 0.5)[:, None]) + random.normal(0, 0.1, (60, 40))
    values[::3, 30:] = np.nan
    values[::4, 10:12] = np.nan
    return Table.of(values.astype(np.float32), "two shapes"), fast


@pytest.fixture(scope="session")
def wave() -> np.ndarray:
    """(1200, 2): two noisy sinusoids of different scale."""
    random = np.random.default_rng(0)
    step = np.arange(1200)
    columns = [np.sin(step / 5), 100 + 40 * np.cos(step / 8)]
    return (np.stack(columns, axis=1) + random.normal(0, 0.02, (1200, 2)) * [1, 40]).astype(np.float32)


@pytest.fixture(scope="session")
def make_job(tmp_path_factory):
    """Make jobs, each in a folder of its own."""
    fork_server = ForkServer()
    yield lambda name: Job(tmp_path_factory.mktemp(name) / "ml", fork_server)
    fork_server.close()


@pytest.fixture
def job(make_job) -> Job:
    return make_job("job")
