"""The command `seriesbox`: the bytes of `train` and of the server, and faults in one sentence."""

import gzip
import subprocess
import sys

import numpy as np
import pytest

from seriesbox.algorithm import ALGORITHMS
from seriesbox.estimators.parameters import declarations
from seriesbox.tables.csv import write_csv
from tests.commands.command import COMMAND, options, run
from tests.job import CNN, LSTM
from tests.server import running


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


def test_the_first_bytes_of_a_file_tell_its_format(files, tmp_path):
    body = (files / "series.csv").read_bytes()
    values = np.genfromtxt(body.decode().splitlines(), delimiter=",")[:, :10]
    (tmp_path / "series.csv").write_bytes(write_csv(values))
    (tmp_path / "series.csv.gz").write_bytes(gzip.compress(write_csv(values)))
    np.save(tmp_path / "series.npy", values)
    (tmp_path / "series.jsonl").write_text("".join(f"{row.tolist()}\n" for row in values))
    answers = {file.name: run("predict", files / "cnn-kmeans", file) for file in tmp_path.iterdir()}
    assert {answer.exit_code for answer in answers.values()} == {0}, answers
    expected = answers["series.csv"].stdout_bytes
    assert answers["series.csv.gz"].stdout_bytes == answers["series.npy"].stdout_bytes == expected
    lines = run("predict", files / "cnn-kmeans", tmp_path / "series.csv", "--accept", "jsonlines")
    assert answers["series.jsonl"].stdout_bytes == lines.stdout_bytes


def test_a_header_may_begin_with_a_bracket(files, tmp_path):
    body = (files / "series.csv").read_bytes()
    names = ",".join(f"[{number}]" for number in range(40))
    (tmp_path / "named.csv").write_bytes(names.encode() + b"\n" + body)
    done = run("predict", files / "cnn-kmeans", tmp_path / "named.csv", "--header")
    assert done.exit_code == 0, done.output
    assert done.stdout_bytes == run("predict", files / "cnn-kmeans", files / "series.csv").stdout_bytes


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
    assert {"model: lstm-ad", "columns: 2", "names: left, right", "context-length: 20"} <= {*lines}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_help_shows_every_hyperparameter_with_its_range_and_its_default(name):
    text = " ".join(run("fit", name, "--help").stdout.split())
    for each in declarations(name).values():
        assert f"--{each.name} " in text
        assert f"default: {each.default}]" in text
        assert each.type == "str" or f"[{each.range};" in text


@pytest.mark.parametrize(("word", "completed"), [("lstm-ad", "plain,--context-length"), ("lstm", "")])
def test_a_shell_completes_names(word, completed):
    words = {"COMP_WORDS": f"seriesbox fit {word} --context", "COMP_CWORD": "3"}
    environment = {"_SERIESBOX_COMPLETE": "bash_complete", **words}
    done = subprocess.run([COMMAND], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == (completed, "")
