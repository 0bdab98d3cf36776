"""The command `seriesbox`: the bytes of `train` and of the server, and faults in one sentence."""

import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from seriesbox.algorithm import ALGORITHMS
from seriesbox.commands.main import main
from seriesbox.estimators.parameters import declarations
from seriesbox.tables.csv import write_csv
from tests.job import CNN, COMMANDS, LSTM
from tests.server import running

COMMAND = COMMANDS / "seriesbox"


def run(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


def options(hyperparameters):
    return [part for name, value in hyperparameters.items() if name != "model" for part in (f"--{name}", value)]


@pytest.fixture(scope="module")
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


def test_a_fitted_model_has_the_bytes_of_a_job(job, files):
    job.set({**LSTM, "epochs": "2", "header": "present", "id-columns": "1"})
    job.put("training", "a.csv", (files / "wave.csv").read_bytes())
    assert job.train().returncode == 0
    for name in ("model.safetensors", "model.json"):
        assert (files / "lstm-ad" / name).read_bytes() == (job.model / name).read_bytes()


@pytest.mark.parametrize("model", ["cnn-kmeans", "lstm-ad"])
def test_an_answer_has_the_bytes_of_the_server(job, files, model):
    file = files / ("series.csv" if model == "cnn-kmeans" else "wave.csv")
    command = (COMMAND, "serve", files / model, "--port", str(job.port))
    with running(command, job.environment, job.port, job.base / "serve.log") as server:
        for accept, arguments in {
            "text/csv": [],
            "text/csv; verbose=true; header=present": ["--verbose", "--names"],
            "text/csv; threshold=-3": ["--threshold", "-3"] if model == "lstm-ad" else None,
            "application/json": ["--accept", "json"],
            "application/jsonlines; verbose=true": ["--accept", "jsonlines", "--verbose"],
        }.items():
            if arguments is not None:
                expected = server.post(file.read_bytes(), accept=accept)
                done = run("predict", files / model, file, *arguments)
                assert (done.exit_code, expected.status) == (0, 200)
                assert done.stdout_bytes == expected.body


def test_predicting_needs_no_package_that_trains_or_serves(files):
    program = (
        "import sys\n"
        "from seriesbox.commands.main import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "unwanted = {'torch', 'sklearn', 'scipy', 'flask', 'werkzeug', 'gunicorn', 'sagemaker_training'}\n"
        "print(*sorted(unwanted & sys.modules.keys()), file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "predict", files / "lstm-ad", files / "wave.csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "\n"


def test_files_come_from_standard_input_too(files):
    body = (files / "series.csv").read_bytes()
    command = [COMMAND, "predict", files / "cnn-kmeans"]
    done = subprocess.run([*command, "-"], input=body, capture_output=True, check=True)
    assert done.stdout == run("predict", files / "cnn-kmeans", files / "series.csv").stdout_bytes
    fit = [COMMAND, "fit", "cnn-kmeans", "-", *options(CNN), "--epochs", "2", "--out", files / "piped"]
    subprocess.run(fit, input=body, capture_output=True, check=True)
    piped, fitted = (files / name / "model.safetensors" for name in ("piped", "cnn-kmeans"))
    assert piped.read_bytes() == fitted.read_bytes()


def test_labels_and_other_data_judge_a_model(files, two_shapes):
    values, is_fast = two_shapes
    (files / "labelled.csv").write_bytes(write_csv(np.column_stack([is_fast, values.values])))
    given = ("--validation", files / "series.csv", "--test", files / "labelled.csv", "--out", files / "judged")
    done = run("fit", "cnn-kmeans", files / "series.csv", *options(CNN), "--epochs", 2, *given)
    assert done.exit_code == 0
    assert "epoch: 2 train_loss: " in done.stdout
    assert " valid_score: " in done.stdout
    assert "test_ari: " in done.stdout


def test_a_model_is_described(files):
    lines = run("info", files / "lstm-ad").stdout.splitlines()
    assert {"algorithm: lstm-ad", "columns: 2", "names: left, right", "context-length: 20"} <= {*lines}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_help_shows_every_hyperparameter_with_its_range_and_its_default(name):
    text = " ".join(run("fit", name, "--help").stdout.split())
    for each in declarations(name).values():
        assert f"--{each.name} " in text
        assert f"default: {each.default}]" in text
        assert each.type == "str" or f"[{each.range};" in text


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("predict", "nowhere"), 1, "nowhere holds no model: model.json is missing"),
        (("serve", "nowhere"), 1, "nowhere holds no model: model.json is missing"),
        (("fit", "cnn-kmeans", "-", "--clusters", "1", "--out", "x"), 1, "`clusters` must be 0, for a number that is"),
        (("fit", "cnn-kmeans", "-", "--out", "x"), 1, "standard input is empty: it needs at least one row of numbers."),
        (("fit", "k-means", "-", "--out", "x"), 2, "No such command 'k-means'"),
        (("fit", "cnn-kmeans", "--out", "x"), 2, "Missing argument 'FILES...'"),
        (("fit", "cnn-kmeans", "-", "--out", "x", "--cluster", "1"), 2, "No such option"),
    ],
)
def test_faults_are_told_in_one_sentence(arguments, code, sentence, tmp_path):
    done = subprocess.run([COMMAND, *arguments], input="", capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_cells_are_named_by_row_and_column(files):
    (files / "wrong.csv").write_text("1,2,3\n4,a,6\n")
    done = run("predict", files / "cnn-kmeans", files / "wrong.csv")
    assert done.exit_code == 1
    assert "wrong.csv has cells that are not numbers" in done.stderr
    assert "row 2, column 2 is 'a'" in done.stderr
    refused = run("predict", files / "cnn-kmeans", files / "series.csv", "--names", "--accept", "json")
    assert "`--names` is for CSV" in refused.stderr


def test_a_shell_completes_names():
    words = {"COMP_WORDS": "seriesbox fit lstm-ad --context", "COMP_CWORD": "3"}
    done = subprocess.run(
        [COMMAND], env={"_SERIESBOX_COMPLETE": "bash_complete", **words}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "plain,--context-length\n"
