import pytest

from seriesbox.tables.csv import write_csv
from tests.commands.command import options, run
from tests.job import CNN, LSTM


@pytest.fixture(scope="session")
def files(tmp_path_factory, two_shapes, wave):
    """A folder with data, and a model of each algorithm."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "series.csv").write_bytes(write_csv(two_shapes[0].values))
    rows = b"".join(b"t%d,%g,%g\n" % (step, *row) for step, row in enumerate(wave))
    (folder / "wave.csv").write_bytes(b"time,left,right\n" + rows)
    for small, file, more in ((CNN, "series.csv", ()), (LSTM, "wave.csv", ("--header", "--ids", "1"))):
        name = small["model"]
        done = run("fit", name, folder / file, *options(small), "--epochs", 2, *more, "--out", folder / name)
        assert done.exit_code == 0, done.output
    return folder
